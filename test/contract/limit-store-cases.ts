/** What every store of limits must do, whatever counts behind it. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  dayOf,
  type Hold,
  type LimitStore,
  MINUTE_MS,
  SETTLED_MS,
  toNextDay,
} from '../../server/tenants/port.ts';

/** Epoch milliseconds, moved by the case alone. */
export interface TestWall {
  now(): number;
  advance(ms: number): void;
}

export interface LimitStoreUnderTest {
  /** Nothing is counted in it, and time is the wall's. Called once a case. */
  make(wall: TestWall): Promise<LimitStore>;
}

/** A Wednesday, 10:00 UTC. */
const MORNING = Date.UTC(2026, 10, 25, 10);
const DAY_MS = 86_400_000;

export function createTestWall(start: number = MORNING): TestWall {
  let at = start;
  return {
    now: () => at,
    advance(ms) {
      at += ms;
    },
  };
}

export function limitStoreContract(name: string, { make }: LimitStoreUnderTest): void {
  describe(`limit store contract: ${name}`, () => {
    let wall: TestWall;
    let store: LimitStore;
    let names = 0;
    /** of this case alone */
    let tenant: string;
    beforeEach(async () => {
      wall = createTestWall();
      store = await make(wall);
      tenant = `key_${++names}`;
    });
    afterEach(() => store?.close());

    const job = (id: string, of = tenant): Hold => ({ kind: 'job', tenant: of, id });
    const minutes = (count: number) => count * MINUTE_MS;

    describe('requests a minute', () => {
      test('of many at once exactly as many are granted as there is room for', async () => {
        const answers = await Promise.all(Array.from({ length: 100 }, () => store.takeRequest(tenant, 30)));
        expect(answers.filter(({ granted }) => granted)).toHaveLength(30);
        const left = answers.filter(({ granted }) => granted).map(({ remaining }) => remaining);
        expect(left.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, index) => index));
      });

      test('who waits as long as it is told gets in, and not a moment before', async () => {
        await store.takeRequest(tenant, 2);
        wall.advance(20_000);
        await store.takeRequest(tenant, 2);
        const refused = await store.takeRequest(tenant, 2);
        expect(refused).toEqual({ granted: false, remaining: 0, resetMs: 40_000 });
        wall.advance(refused.resetMs - 1);
        expect(await store.takeRequest(tenant, 2)).toMatchObject({ granted: false });
        wall.advance(1);
        expect(await store.takeRequest(tenant, 2)).toEqual({ granted: true, remaining: 0, resetMs: 20_000 });
      });

      test('in any minute at most the limit, and all that is due', async () => {
        const pauses = fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 1, maxLength: 40 });
        let run = 0;
        await fc.assert(
          fc.asyncProperty(pauses, fc.integer({ min: 1, max: 6 }), async (steps, most) => {
            run += 1;
            const granted: number[] = [];
            for (const ms of steps) {
              wall.advance(ms);
              const now = wall.now();
              const recent = granted.filter((at) => at > now - MINUTE_MS);
              const answer = await store.takeRequest(`${tenant}-${run}`, most);
              // Granted where there is room, refused where there is none: no more, no less.
              expect(answer.granted).toBe(recent.length < most);
              if (answer.granted) granted.push(now);
              const held = granted.filter((at) => at > now - MINUTE_MS);
              expect(answer.remaining).toBe(most - held.length);
              expect(answer.resetMs).toBe((held[0] ?? now) + MINUTE_MS - now);
            }
          }),
          { numRuns: 25 },
        );
      });

      test('tenants do not share, and a lower limit holds at once', async () => {
        for (let count = 0; count < 3; count += 1) await store.takeRequest(tenant, 3);
        expect(await store.takeRequest(tenant, 3)).toMatchObject({ granted: false });
        expect(await store.takeRequest(`${tenant}-other`, 3)).toMatchObject({ granted: true, remaining: 2 });
        wall.advance(30_000);
        expect(await store.takeRequest(tenant, 5)).toMatchObject({ granted: true, remaining: 1 });
        // Four are in the last minute: with a limit of 2 three have to leave first.
        expect(await store.takeRequest(tenant, 2)).toEqual({ granted: false, remaining: 0, resetMs: 30_000 });
      });
    });

    describe('holds', () => {
      test('of many at once exactly as many are granted; what is released is free at once', async () => {
        const answers = await Promise.all(
          Array.from({ length: 40 }, async (_, index) => {
            const { granted } = await store.hold(job(`j${index}`), 7);
            return { id: `j${index}`, granted };
          }),
        );
        const held = answers.filter(({ granted }) => granted);
        expect(held).toHaveLength(7);
        expect(await store.hold(job('late'), 7)).toEqual({ granted: false, inUse: 7 });
        await store.release(job(held[0]?.id ?? ''));
        await store.release(job(held[0]?.id ?? ''));
        await store.release(job('never held'));
        expect(await store.hold(job('late'), 7)).toEqual({ granted: true, inUse: 7 });
        expect(await store.hold(job('later'), 7)).toEqual({ granted: false, inUse: 7 });
      });

      test('the same thing is held once; kinds and tenants are counted apart', async () => {
        expect(await store.hold(job('a'), 1)).toEqual({ granted: true, inUse: 1 });
        expect(await store.hold(job('a'), 1)).toEqual({ granted: true, inUse: 1 });
        expect(await store.hold({ kind: 'session', tenant, id: 'a' }, 1)).toEqual({
          granted: true,
          inUse: 1,
        });
        expect(await store.hold(job('a', `${tenant}-other`), 1)).toEqual({ granted: true, inUse: 1 });
        expect(await store.hold(job('b'), 1)).toEqual({ granted: false, inUse: 1 });
      });

      test('without a limit it is counted and never refused', async () => {
        await store.hold(job('a'), 1);
        expect(await store.hold(job('b'), undefined)).toEqual({ granted: true, inUse: 2 });
        expect(await store.hold(job('c'), 2)).toEqual({ granted: false, inUse: 2 });
      });

      test('what nobody renews lapses; what is renewed does not', async () => {
        await store.hold(job('dead'), 2);
        await store.hold(job('alive'), 2);
        for (let third = 0; third < 4; third += 1) {
          wall.advance(store.ttlMs / 3);
          await store.renew([job('alive')], []);
        }
        expect(await store.hold(job('next'), 2)).toEqual({ granted: true, inUse: 2 });
        expect(await store.hold(job('more'), 2)).toEqual({ granted: false, inUse: 2 });
      });

      test('what lapsed and goes on all the same counts again, beyond the limit too', async () => {
        await store.hold(job('stopped for a while'), 1);
        wall.advance(store.ttlMs + 1);
        expect(await store.hold(job('newcomer'), 1)).toMatchObject({ granted: true });
        await store.renew([job('stopped for a while')], []);
        expect(await store.hold(job('third'), 2)).toEqual({ granted: false, inUse: 2 });
      });
    });

    describe('audio seconds a day', () => {
      const of = (id: string) => ({ tenant, id });
      const settle = (id: string, seconds: number, more: { model?: string; requests?: number } = {}) =>
        store.settleAudio({ ...of(id), seconds, model: 'a/model', requests: 1, ...more });

      test('of many at once no more is promised than there is, and no less than fits', async () => {
        const answers = await Promise.all(
          Array.from({ length: 50 }, (_, index) => store.reserveAudio(of(`r${index}`), 10, 100)),
        );
        expect(answers.filter(({ granted }) => granted)).toHaveLength(10);
        expect(await store.audio(tenant, 100)).toMatchObject({ granted: false, remainingSeconds: 0 });
      });

      test('what was read counts, more or less than was reserved', async () => {
        await store.reserveAudio(of('less'), 60, 100);
        await settle('less', 20.5);
        expect(await store.audio(tenant, 100)).toMatchObject({ granted: true, remainingSeconds: 79.5 });
        await store.reserveAudio(of('more'), 10, 100);
        await settle('more', 90);
        // Audio that was read was read: never below nothing, and nothing more is granted.
        expect(await store.audio(tenant, 100)).toMatchObject({ granted: false, remainingSeconds: 0 });
        expect(await store.reserveAudio(of('none'), 0, 100)).toMatchObject({ granted: false });
        expect(await store.reserveAudio(of('none'), 0, 111)).toMatchObject({ granted: true });
      });

      test('a reservation grows and shrinks under its id; a refused change leaves it', async () => {
        expect(await store.reserveAudio(of('a'), 0, 100)).toMatchObject({
          granted: true,
          remainingSeconds: 100,
        });
        expect(await store.reserveAudio(of('a'), 70, 100)).toMatchObject({ remainingSeconds: 30 });
        expect(await store.reserveAudio(of('b'), 31, 100)).toMatchObject({
          granted: false,
          remainingSeconds: 30,
        });
        expect(await store.reserveAudio(of('a'), 101, 100)).toMatchObject({
          granted: false,
          remainingSeconds: 30,
        });
        expect(await store.reserveAudio(of('a'), 40, 100)).toMatchObject({
          granted: true,
          remainingSeconds: 60,
        });
        expect(await store.reserveAudio(of('b'), 60, 100)).toMatchObject({
          granted: true,
          remainingSeconds: 0,
        });
      });

      test('an id is settled once, and reserves nothing after that', async () => {
        await store.reserveAudio(of('a'), 30, 100);
        await settle('a', 30);
        await settle('a', 30);
        await store.reserveAudio(of('a'), 50, 100);
        await store.renew([], [{ ...of('a'), seconds: 50 }]);
        expect(await store.audio(tenant, 100)).toMatchObject({ remainingSeconds: 70 });
        const day = dayOf(wall.now());
        expect(await store.usage(tenant, day, day)).toEqual([
          { day, model: 'a/model', requests: 1, seconds: 30 },
        ]);
        wall.advance(SETTLED_MS - 1);
        await settle('a', 30);
        expect(await store.audio(tenant, 100)).toMatchObject({ remainingSeconds: 70 });
      });

      test('what nobody renews lapses, and counts all the same when it is settled', async () => {
        await store.reserveAudio(of('lapsed'), 60, 100);
        await store.reserveAudio(of('kept'), 20, 100);
        for (let third = 0; third < 4; third += 1) {
          wall.advance(store.ttlMs / 3);
          await store.renew([], [{ ...of('kept'), seconds: 20 }]);
        }
        expect(await store.audio(tenant, 100)).toMatchObject({ remainingSeconds: 80 });
        await store.renew([], [{ ...of('lapsed'), seconds: 60 }]);
        expect(await store.audio(tenant, 100)).toMatchObject({ remainingSeconds: 20 });
        wall.advance(store.ttlMs + 1);
        await settle('lapsed', 60);
        expect(await store.audio(tenant, 100)).toMatchObject({ remainingSeconds: 40 });
      });

      test('a day ends at midnight in UTC; what was reserved before counts for its own day', async () => {
        const evening = dayOf(wall.now());
        await settle('morning', 40);
        wall.advance(toNextDay(wall.now()) - 1_000);
        expect(await store.reserveAudio(of('late'), 30, 100)).toEqual({
          granted: true,
          remainingSeconds: 30,
          resetMs: 1_000,
        });
        wall.advance(1_000);
        expect(await store.audio(tenant, 100)).toEqual({
          granted: true,
          remainingSeconds: 100,
          resetMs: DAY_MS,
        });
        await settle('late', 25);
        const morning = dayOf(wall.now());
        expect(morning > evening).toBe(true);
        expect(await store.usage(tenant, evening, morning)).toEqual([
          { day: evening, model: 'a/model', requests: 2, seconds: 65 },
        ]);
        expect(await store.audio(tenant, 100)).toMatchObject({ remainingSeconds: 100 });
      });

      test('without a limit it is counted and never refused', async () => {
        expect(await store.reserveAudio(of('a'), 1e6, undefined)).toMatchObject({
          granted: true,
          remainingSeconds: Number.POSITIVE_INFINITY,
        });
        await settle('a', 1e6);
        expect(await store.audio(tenant, 100)).toMatchObject({ granted: false, remainingSeconds: 0 });
      });

      test('used and reserved are never more than the limit, whatever is asked in whatever order', async () => {
        const step = fc.record({
          id: fc.integer({ min: 0, max: 5 }),
          seconds: fc.integer({ min: 0, max: 60 }),
          what: fc.constantFrom('reserve', 'reserve', 'settle' as const),
        });
        let run = 0;
        await fc.assert(
          fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
            run += 1;
            const who = `${tenant}-${run}`;
            const reserved = new Map<string, number>();
            const settled = new Set<string>();
            let used = 0;
            for (const { id: number, seconds, what } of steps) {
              const id = `${who}-${number}`;
              if (settled.has(id)) continue;
              const others = [...reserved].reduce((sum, [of, each]) => (of === id ? sum : sum + each), 0);
              if (what === 'settle') {
                // Read no more than was reserved, as the service does.
                const read = Math.min(seconds, reserved.get(id) ?? 0);
                await store.settleAudio({ tenant: who, id, model: 'm', seconds: read, requests: 1 });
                used += read;
                reserved.delete(id);
                settled.add(id);
                continue;
              }
              const { granted } = await store.reserveAudio({ tenant: who, id }, seconds, 100);
              const fits = seconds > 0 ? used + others + seconds <= 100 : used + others < 100;
              expect(granted).toBe(fits);
              if (granted) reserved.set(id, seconds);
              const now = used + [...reserved.values()].reduce((sum, each) => sum + each, 0);
              expect(now).toBeLessThanOrEqual(100);
              expect((await store.audio(who, 100)).remainingSeconds).toBeCloseTo(100 - now, 6);
            }
          }),
          { numRuns: 25 },
        );
      });
    });

    test('usage is told by day and model, in order, within the days that are asked for', async () => {
      const use = (id: string, model: string, seconds: number, requests = 1) =>
        store.settleAudio({ tenant, id, model, seconds, requests });
      const first = dayOf(wall.now());
      await Promise.all([use('1', 'b', 10), use('2', 'a', 5.25), use('3', 'b', 2.5), use('4', 'b', 1, 0)]);
      wall.advance(DAY_MS);
      const second = dayOf(wall.now());
      await use('5', 'a', 7);
      await store.settleAudio({ tenant: `${tenant}-other`, id: '6', model: 'a', seconds: 99, requests: 1 });
      expect(await store.usage(tenant, first, second)).toEqual([
        { day: first, model: 'a', requests: 1, seconds: 5.25 },
        { day: first, model: 'b', requests: 2, seconds: 13.5 },
        { day: second, model: 'a', requests: 1, seconds: 7 },
      ]);
      expect(await store.usage(tenant, second, second)).toHaveLength(1);
      expect(await store.usage(tenant, '2020-01-01', '2020-12-31')).toEqual([]);
    });

    test('a minute is a minute, whatever the numbers of its tenant', async () => {
      for (let round = 0; round < 3; round += 1) {
        expect(await store.takeRequest(tenant, 1)).toEqual({
          granted: true,
          remaining: 0,
          resetMs: MINUTE_MS,
        });
        wall.advance(minutes(1));
      }
    });
  });
}
