import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SottoError } from '../../shared/errors.ts';
import { createAdmission } from '../../shared/queue/admission.ts';
import { waits } from '../../shared/queue/estimate.ts';
import type {
  AdmissionLimits,
  AdmissionRequest,
  Lease,
  Priority,
  QueuePlace,
  Ticket,
} from '../../shared/queue/port.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

const LIMITS: AdmissionLimits = { maxActive: 1, maxLive: 1, maxWaiting: 3, maxWaitMs: undefined };

type Fate = 'waiting' | 'active' | 'done' | 'failed' | 'cancelled' | 'refused';

function gate(limits: Partial<AdmissionLimits> = {}) {
  const clock = createVirtualClock();
  const admission = createAdmission({ ...LIMITS, ...limits }, clock);
  const order: string[] = [];
  return {
    clock,
    admission,
    order,
    /** Enters a job by name and records what becomes of it. */
    enter(name: string, request: Partial<AdmissionRequest> = {}) {
      const controller = new AbortController();
      const job = {
        fate: 'waiting' as Fate,
        code: undefined as string | undefined,
        lease: undefined as Lease | undefined,
        places: [] as QueuePlace[],
        abort: () => controller.abort(),
        leave(end: 'done' | 'failed' | 'cancelled') {
          job.lease?.leave(end);
          if (job.fate === 'active') job.fate = end;
        },
      };
      admission
        .enter({
          priority: 'file',
          signal: controller.signal,
          onPlace: (place) => job.places.push(place),
          ...request,
        })
        .then(
          (lease) => {
            expect(job.fate).toBe('waiting');
            job.fate = 'active';
            job.lease = lease;
            order.push(name);
          },
          (error: unknown) => {
            expect(job.fate).toBe('waiting');
            expect(error).toBeInstanceOf(SottoError);
            job.code = (error as SottoError).code;
            job.fate = job.code === 'cancelled' ? 'cancelled' : 'refused';
          },
        );
      return job;
    },
  };
}

describe('admission', () => {
  test('admits up to its places, then first come first served', async () => {
    const { admission, enter, clock, order } = gate({ maxActive: 2 });
    const [a, , c] = [enter('a'), enter('b'), enter('c'), enter('d')];
    await clock.settle();
    expect(order).toEqual(['a', 'b']);
    expect(admission.stats()).toMatchObject({ active: 2, waiting: 2 });
    a?.leave('done');
    a?.leave('failed');
    await clock.settle();
    expect(order).toEqual(['a', 'b', 'c']);
    expect(admission.stats()).toMatchObject({ active: 2, waiting: 1, done: 1, failed: 0 });
    c?.leave('failed');
    await clock.settle();
    expect(order).toEqual(['a', 'b', 'c', 'd']);
  });

  test('live jobs use their own places, and files never wait for them nor they for files', async () => {
    const { enter, clock, order } = gate();
    enter('file 1');
    enter('file 2');
    const live = enter('live 1', { priority: 'live' });
    enter('live 2', { priority: 'live' });
    await clock.settle();
    expect(order).toEqual(['file 1', 'live 1']);
    live.leave('done');
    await clock.settle();
    expect(order).toEqual(['file 1', 'live 1', 'live 2']);
  });

  test('refuses at once when the line is full, and when a priority has no place at all', async () => {
    const { admission, enter, clock } = gate({ maxWaiting: 1, maxLive: 0 });
    enter('active');
    enter('waits');
    const [full, live] = [enter('full'), enter('live', { priority: 'live' })];
    await clock.settle();
    expect([full.code, live.code]).toEqual(['queue_full', 'queue_full']);
    expect(admission.stats()).toMatchObject({ refused: 2, waiting: 1 });
  });

  test('gives up a wait at its time limit, not earlier, and not once admitted', async () => {
    const { enter, clock } = gate({ maxWaitMs: 1000 });
    const active = enter('active');
    const [first, late] = [enter('first'), enter('late')];
    await clock.advance(999);
    expect(late.fate).toBe('waiting');
    active.leave('done');
    await clock.advance(1);
    expect([first.fate, late.code]).toEqual(['active', 'queue_timeout']);
    await clock.advance(10_000);
    expect(first.fate).toBe('active');
    expect(clock.pending).toBe(0);
  });

  test('an abort frees the place in line; one before entering never joins it', async () => {
    const { admission, enter, clock, order } = gate();
    const active = enter('active');
    const [gone, next] = [enter('gone'), enter('next')];
    const before = enter('before', { signal: AbortSignal.abort() });
    gone.abort();
    await clock.settle();
    expect([gone.code, before.code]).toEqual(['cancelled', 'cancelled']);
    expect(next.places.at(-1)?.position).toBe(0);
    active.leave('done');
    active.abort();
    await clock.settle();
    expect(order).toEqual(['active', 'next']);
    expect(admission.stats()).toEqual({
      active: 1,
      waiting: 0,
      done: 1,
      failed: 0,
      cancelled: 2,
      refused: 0,
    });
  });

  test('says the position at each change, with an estimate from measured jobs only', async () => {
    const { enter, clock } = gate({ maxWaiting: 9 });
    const first = enter('first', { seconds: 60 });
    const second = enter('second', { seconds: 30 });
    const third = enter('third', { seconds: 10 });
    const unknown = enter('unknown');
    const last = enter('last', { seconds: 5 });
    await clock.advance(6000);
    first.leave('done'); // 100 ms a second of audio; 6 s a job
    await clock.settle();
    expect(second.places).toEqual([{ position: 0, etaMs: undefined }]);
    expect(third.places).toEqual([
      { position: 1, etaMs: undefined },
      { position: 0, etaMs: 3000 },
    ]);
    expect(last.places.at(-1)).toEqual({ position: 2, etaMs: 3000 + 1000 + 6000 });
    await clock.advance(1000);
    third.abort();
    await clock.settle();
    expect(unknown.places.at(-1)).toEqual({ position: 0, etaMs: 2000 });
    second.leave('failed'); // says nothing about how long a whole job takes
    await clock.settle();
    expect(last.places.at(-1)).toEqual({ position: 0, etaMs: 6000 });
  });

  test('a listener that throws or re-enters disturbs nobody', async () => {
    const thrown: unknown[] = [];
    const onThrow = (error: unknown) => thrown.push(error);
    process.once('uncaughtException', onThrow);
    const { enter, clock, order } = gate();
    const active = enter('active');
    enter('throws', {
      onPlace: () => {
        throw new Error('listener');
      },
    });
    const leaves = enter('leaves', { onPlace: () => active.leave('done') });
    await clock.settle();
    process.removeListener('uncaughtException', onThrow);
    expect(order).toEqual(['active', 'throws']);
    expect(leaves.fate).toBe('waiting');
    expect(thrown).toHaveLength(1);
  });

  test('close refuses who waits and who comes, and resolves when the active have left', async () => {
    const { admission, enter, clock } = gate({ maxWaitMs: 5000 });
    const active = enter('active');
    const waits = enter('waits');
    let closed = false;
    void admission.close().then(() => {
      closed = true;
    });
    const late = enter('late');
    await clock.settle();
    expect([waits.code, late.code, closed, clock.pending]).toEqual(['closed', 'closed', false, 0]);
    active.leave('cancelled');
    await clock.settle();
    expect(closed).toBe(true);
    await admission.close();
    expect(admission.stats()).toEqual({
      active: 0,
      waiting: 0,
      done: 0,
      failed: 0,
      cancelled: 1,
      refused: 2,
    });
  });
});

describe('a ticket', () => {
  test('counts as waiting before its job can begin, holds back nobody who can, and keeps its place', async () => {
    const { admission, enter, clock, order } = gate({ maxWaiting: 2 });
    const uploading = admission.reserve({ priority: 'file' });
    const quick = enter('quick');
    const behind = enter('behind');
    await clock.settle();
    expect(order).toEqual(['quick']);
    expect(admission.stats()).toMatchObject({ active: 1, waiting: 2 });
    expect(() => admission.reserve({ priority: 'file' })).toThrow(
      expect.objectContaining({ code: 'queue_full' }),
    );
    expect([uploading.place.position, behind.places.at(-1)?.position]).toEqual([0, 1]);
    const lease = uploading.enter();
    quick.leave('done');
    await clock.settle();
    expect(order).toEqual(['quick']);
    (await lease).leave('done');
    await clock.settle();
    expect(order).toEqual(['quick', 'behind']);
  });

  test('gives the place to the next when released; forced, it is never refused for want of room', async () => {
    const { admission, enter, clock } = gate({ maxWaiting: 1 });
    enter('active');
    const ticket = admission.reserve({ priority: 'file' });
    const forced = admission.reserve({ priority: 'file', force: true });
    expect(forced.place.position).toBe(1);
    ticket.release();
    ticket.release();
    expect(forced.place.position).toBe(0);
    await expect(ticket.enter()).rejects.toMatchObject({ code: 'cancelled' });
    const full = enter('full');
    await clock.settle();
    expect(full.code).toBe('queue_full');
    void admission.close();
    await expect(forced.enter()).rejects.toMatchObject({ code: 'closed' });
    expect(() => admission.reserve({ priority: 'file', force: true })).toThrow(
      expect.objectContaining({ code: 'closed' }),
    );
    expect(admission.stats()).toMatchObject({ waiting: 0, cancelled: 1 });
  });

  test('waits as long as it says itself, counted from when it can begin', async () => {
    const { admission, enter, clock } = gate({ maxWaitMs: 1000, maxWaiting: 3 });
    enter('active');
    const ticket = admission.reserve({ priority: 'file' });
    await clock.advance(5000);
    const outcome = ticket
      .enter({ maxWaitMs: Number.POSITIVE_INFINITY })
      .catch((error: SottoError) => error.code);
    const late = enter('late');
    await clock.advance(60_000);
    expect(late.code).toBe('queue_timeout');
    void admission.close();
    expect(await outcome).toBe('closed');
    expect(clock.pending).toBe(0);
  });

  test('the estimate for a newcomer: none before anything was measured, what a job says of itself counts first', async () => {
    const { admission, enter, clock } = gate();
    expect(admission.etaMs('file')).toBe(0);
    const first = enter('first');
    await clock.settle();
    expect(admission.etaMs('file')).toBeUndefined();
    await clock.advance(4000);
    first.leave('done');
    const second = enter('second');
    await clock.settle();
    expect(admission.etaMs('file')).toBe(4000);
    second.lease?.expect(90_000);
    await clock.advance(1000);
    expect(admission.etaMs('file')).toBe(89_000);
    enter('waits');
    await clock.settle();
    expect(admission.etaMs('file')).toBe(93_000);
  });

  test('whatever happens: one fate each, the bound holds but for forced ones, order among those who can begin', async () => {
    type Step =
      | { do: 'reserve'; force: boolean }
      | { do: 'begin' | 'release' | 'leave' | 'enter'; which: number };
    const step: fc.Arbitrary<Step> = fc.oneof(
      fc.record({ do: fc.constant('reserve' as const), force: fc.boolean() }),
      fc.record({
        do: fc.constantFrom('begin' as const, 'release' as const, 'leave' as const, 'enter' as const),
        which: fc.nat(20),
      }),
    );
    const bounds = fc.record({
      maxActive: fc.integer({ min: 1, max: 3 }),
      maxWaiting: fc.integer({ min: 0, max: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(
        bounds,
        fc.array(step, { maxLength: 50 }),
        async ({ maxActive, maxWaiting }, steps) => {
          const { admission, clock } = gate({ maxActive, maxWaiting });
          type Job = { fate: 'reserved' | 'ready' | Fate; ticket: Ticket; lease: Lease | undefined };
          const jobs: Job[] = [];
          let refusals = 0;
          const count = (...fates: Job['fate'][]) => jobs.filter(({ fate }) => fates.includes(fate)).length;
          const reserve = (force: boolean): Job | undefined => {
            const before = count('reserved', 'ready', 'active');
            try {
              const job: Job = {
                fate: 'reserved',
                ticket: admission.reserve({ priority: 'file', force }),
                lease: undefined,
              };
              if (!force) expect(before).toBeLessThan(maxActive + maxWaiting);
              jobs.push(job);
              return job;
            } catch {
              expect(force).toBe(false);
              expect(before).toBeGreaterThanOrEqual(maxActive + maxWaiting);
              refusals += 1;
              return undefined;
            }
          };
          const begin = (job: Job) => {
            job.fate = 'ready';
            void job.ticket.enter().then((lease) => {
              expect(jobs.find(({ fate }) => fate === 'ready')).toBe(job);
              Object.assign(job, { fate: 'active', lease });
            });
          };
          for (const each of steps) {
            if (each.do === 'reserve') reserve(each.force);
            else if (each.do === 'enter') {
              const job = reserve(false);
              if (job !== undefined) begin(job);
            } else {
              const job = jobs[each.which];
              if (each.do === 'begin' && job?.fate === 'reserved') begin(job);
              if (each.do === 'release') {
                job?.ticket.release();
                if (job?.fate === 'reserved') job.fate = 'cancelled';
              }
              if (each.do === 'leave' && job?.fate === 'active') {
                job.lease?.leave('done');
                job.fate = 'done';
              }
            }
            await clock.settle();
            expect(admission.stats()).toEqual({
              active: count('active'),
              waiting: count('reserved', 'ready'),
              done: count('done'),
              failed: 0,
              cancelled: count('cancelled'),
              refused: refusals,
            });
            expect(count('active')).toBeLessThanOrEqual(maxActive);
            if (count('ready') > 0) expect(count('active')).toBe(maxActive);
            const line = jobs.filter(({ fate }) => fate === 'reserved' || fate === 'ready');
            expect(line.map(({ ticket }) => ticket.place.position)).toEqual(line.map((_, index) => index));
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});

test('waits are those of a list schedule, and unknown from where something unknown decides them', () => {
  expect(waits([5, 1], 2, [10, 2, 1])).toEqual([1, 5, 7]);
  expect(waits([], 2, [10, 10, 1])).toEqual([0, 0, 10]);
  expect(waits([3], 1, [undefined, 1])).toEqual([3, undefined]);
  expect(waits([undefined], 1, [1])).toEqual([undefined]);
});

type Op =
  | { do: 'enter'; priority: Priority; seconds: number | undefined }
  | { do: 'leave'; which: number; end: 'done' | 'failed' | 'cancelled' }
  | { do: 'abort'; which: number }
  | { do: 'advance'; ms: number };

const op: fc.Arbitrary<Op> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('enter' as const),
      priority: fc.constantFrom<Priority>('live', 'file'),
      seconds: fc.option(fc.integer({ min: 0, max: 600 }), { nil: undefined }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('leave' as const),
      which: fc.nat(40),
      end: fc.constantFrom<'done' | 'failed' | 'cancelled'>('done', 'failed', 'cancelled'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('abort' as const), which: fc.nat(40) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.integer({ min: 0, max: 3000 }) }),
  },
);

test('whatever happens: bounds, order, no idle place while someone waits, one end a job', async () => {
  const limits = fc.record({
    maxActive: fc.integer({ min: 1, max: 3 }),
    maxLive: fc.integer({ min: 0, max: 2 }),
    maxWaiting: fc.integer({ min: 0, max: 5 }),
    maxWaitMs: fc.option(fc.integer({ min: 1, max: 5000 }), { nil: undefined }),
  });
  await fc.assert(
    fc.asyncProperty(limits, fc.array(op, { maxLength: 40 }), async (bounds, ops) => {
      const { admission, enter, clock, order } = gate(bounds);
      const jobs: (ReturnType<typeof enter> & { name: string; priority: Priority })[] = [];
      const count = (fate: Fate, priority?: Priority) =>
        jobs.filter((job) => job.fate === fate && (priority ?? job.priority) === job.priority).length;

      for (const step of ops) {
        if (step.do === 'enter') {
          const name = String(jobs.length);
          const request = {
            priority: step.priority,
            ...(step.seconds === undefined ? {} : { seconds: step.seconds }),
          };
          jobs.push(Object.assign(enter(name, request), { name, priority: step.priority }));
        } else if (step.do === 'advance') await clock.advance(step.ms);
        else if (step.do === 'leave') jobs[step.which]?.leave(step.end);
        else jobs[step.which]?.abort();
        await clock.settle();

        expect(admission.stats()).toEqual({
          active: count('active'),
          waiting: count('waiting'),
          done: count('done'),
          failed: count('failed'),
          cancelled: count('cancelled'),
          refused: count('refused'),
        });
        expect(count('waiting')).toBeLessThanOrEqual(bounds.maxWaiting);
        for (const [priority, places] of [
          ['live', bounds.maxLive],
          ['file', bounds.maxActive],
        ] as const) {
          expect(count('active', priority)).toBeLessThanOrEqual(places);
          if (count('waiting', priority) > 0) expect(count('active', priority)).toBe(places);
          const admitted = order.map(Number).filter((name) => jobs[name]?.priority === priority);
          expect(admitted).toEqual(admitted.toSorted((a, b) => a - b));
          const line = jobs.filter((job) => job.fate === 'waiting' && job.priority === priority);
          expect(line.map((job) => job.places.at(-1)?.position)).toEqual(line.map((_, place) => place));
        }
      }
      const closed = admission.close();
      for (const job of jobs) job.leave('done');
      await closed;
      await clock.settle();
      expect(count('active') + count('waiting') + clock.pending).toBe(0);
      for (const { places } of jobs) {
        const told = places.map((place) => place.position);
        expect(told).toEqual([...new Set(told)].toSorted((a, b) => b - a));
      }
    }),
    { numRuns: 300 },
  );
});
