/** Tenants at the real gate: admission and batcher as the service joins them, under a virtual clock. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EngineBatch } from '../../shared/asr/engine.ts';
import { createAdmission } from '../../shared/queue/admission.ts';
import { createBatcher } from '../../shared/queue/batcher.ts';
import type { AdmissionLimits, Priority, Share } from '../../shared/queue/port.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

const BATCH_MS = 1_000;
const LIMITS: AdmissionLimits = {
  maxActive: 1,
  maxTenants: 4,
  maxLive: 8,
  maxWaiting: 3,
  maxWaitMs: undefined,
};

function gate({ lanes = 1, ...limits }: Partial<AdmissionLimits> & { readonly lanes?: number } = {}) {
  const clock = createVirtualClock();
  const admission = createAdmission({ ...LIMITS, ...limits }, clock);
  const names = new WeakMap<Float32Array, string>();
  const batches: string[][] = [];
  let running = 0;
  const batcher = createBatcher({
    clock,
    lanes: () => lanes,
    async run({ windows }: EngineBatch) {
      running += 1;
      expect(running, 'one run at a time').toBe(1);
      batches.push(windows.map(({ samples }) => names.get(samples) ?? '?'));
      await new Promise<void>((resolve) => clock.after(BATCH_MS, resolve));
      running -= 1;
      return windows.map(() => ({ ok: true, value: { segments: [], tokens: [], noSpeechProb: 0 } }) as const);
    },
  });
  const submit = (name: string, tenant: Share, priority: Priority = 'file', language = 'en') => {
    const samples = new Float32Array(1);
    names.set(samples, name);
    return batcher.submit({
      window: { samples },
      options: { task: 'transcribe', language },
      priority,
      tenant,
      kind: { name: 'final' },
    });
  };
  return {
    clock,
    admission,
    batches,
    submit,
    /** A whole job: admitted, then its windows, twice the lanes at the gate, as shared/pipeline/transcribe.ts. */
    async job(name: string, tenant: Share, windows: number) {
      const came = clock.now();
      const lease = await admission.reserve({ priority: 'file', tenant }).enter();
      const waited = clock.now() - came;
      const flying: Promise<unknown>[] = [];
      for (let index = 0; index < windows; index += 1) {
        flying.push(submit(name, tenant));
        if (flying.length >= lanes * 2) await flying.shift();
      }
      await Promise.all(flying);
      lease.leave('done');
      return { waited, took: clock.now() - came };
    },
  };
}

const share = (id: string, weight = 1): Share => ({ id, weight });
/** 30 s a window */
const TEN_HOURS = 1_200;

describe.each([1, 4])('with %i lanes', (lanes) => {
  test('a 10-hour file does not delay another tenant’s clip by more than one batch', async () => {
    const { clock, job } = gate({ lanes });
    const long = job('long', share('a', 100), TEN_HOURS);
    await clock.advance(90 * BATCH_MS + 300);
    const clip = job('clip', share('b'), 1);
    await clock.advance(2 * BATCH_MS);
    // Its own batch, and what was left of the one that ran.
    const { waited, took } = await clip;
    expect(waited).toBe(0);
    expect(took).toBeLessThanOrEqual(2 * BATCH_MS);
    await clock.advance(TEN_HOURS * BATCH_MS);
    expect((await long).took).toBeLessThanOrEqual(Math.ceil(TEN_HOURS / lanes + 2) * BATCH_MS);
  });
});

test('several long files share by weight, and each clip of one more waits for one turn of each at most', async () => {
  const { clock, job, batches } = gate();
  const all = [job('a', share('a', 3), 400), job('b', share('b', 1), 400), job('c', share('c', 1), 400)];
  await clock.advance(100 * BATCH_MS);
  const counts = (name: string) => batches.flat().filter((each) => each === name).length;
  expect(counts('a')).toBeGreaterThanOrEqual(58);
  expect(counts('a')).toBeLessThanOrEqual(62);
  expect(Math.abs(counts('b') - counts('c'))).toBeLessThanOrEqual(1);
  const clip = job('clip', share('d'), 1);
  await clock.advance(5 * BATCH_MS);
  expect((await clip).took).toBeLessThanOrEqual(4 * BATCH_MS);
  await clock.advance(1_200 * BATCH_MS);
  await Promise.all(all);
  // Whatever the order, nothing was read twice or left out.
  expect(batches).toHaveLength(1_201);
});

test('live goes before file whoever sends it, and a batch of equal options is filled from all tenants', async () => {
  const { clock, submit, batches } = gate({ lanes: 4 });
  const first = submit('first', share('a'));
  await clock.settle();
  const rest = [
    submit('a1', share('a')),
    submit('a2', share('a')),
    submit('a3', share('a')),
    submit('german', share('b'), 'file', 'de'),
    submit('b1', share('b')),
    submit('c1', share('c')),
    submit('live', share('a'), 'live'),
  ];
  await clock.advance(10 * BATCH_MS);
  await Promise.all([first, ...rest]);
  expect(batches[0]).toEqual(['first']);
  expect(batches[1]).toEqual(['live']);
  // Whose turn it is leads; what does not fit it waits for its own.
  expect(batches[2]).toEqual(['german']);
  expect(batches[3]?.toSorted()).toEqual(['a1', 'a2', 'b1', 'c1']);
  expect(batches[4]).toEqual(['a3']);
});

describe('admission', () => {
  const entered = async (admission: ReturnType<typeof gate>['admission'], tenant?: Share) => {
    const ticket = admission.reserve({ priority: 'file', ...(tenant && { tenant }) });
    return ticket.enter();
  };

  test('one tenant is strictly serial, and its line does not fill up another’s', async () => {
    const { admission, clock } = gate();
    const a = share('a');
    const active = await entered(admission, a);
    const waiting = [entered(admission, a), entered(admission, a), entered(admission, a)];
    expect(() => admission.reserve({ priority: 'file', tenant: a })).toThrow(
      expect.objectContaining({ code: 'queue_full' }),
    );
    const b = await entered(admission, share('b'));
    await clock.settle();
    expect(admission.stats()).toMatchObject({ active: 2, waiting: 3 });
    active.leave('done');
    const next = await waiting[0];
    expect(admission.stats()).toMatchObject({ active: 2, waiting: 2 });
    next?.leave('done');
    b.leave('done');
    (await waiting[1])?.leave('done');
    (await waiting[2])?.leave('done');
    expect(admission.stats()).toMatchObject({ active: 0, waiting: 0, done: 5 });
  });

  test('where there are more tenants than places they have turns, and are told their true position', async () => {
    const { admission, clock } = gate({ maxTenants: 1 });
    const running = await entered(admission, share('x'));
    const order: string[] = [];
    const told = new Map<string, number>();
    const come = (name: string, tenant: Share) =>
      admission
        .reserve({ priority: 'file', tenant })
        .enter({ onPlace: ({ position }) => void told.set(name, position) })
        .then((lease) => {
          order.push(name);
          lease.leave('done');
        });
    const all = [come('a1', share('a')), come('a2', share('a')), come('b1', share('b'))];
    await clock.settle();
    expect(Object.fromEntries(told)).toEqual({ a1: 0, b1: 1, a2: 2 });
    running.leave('done');
    await Promise.all(all);
    expect(order).toEqual(['a1', 'b1', 'a2']);
  });

  test('the wait that is told is that of one’s own line', async () => {
    const { admission, clock } = gate();
    const [a, b] = [share('a'), share('b')];
    const measured = await entered(admission, a);
    await clock.advance(10_000);
    measured.leave('done');
    const long = await entered(admission, a);
    long.expect(3_600_000);
    expect(admission.etaMs('file', a)).toBe(3_600_000);
    expect(admission.etaMs('file', b)).toBe(0);
    const ticket = admission.reserve({ priority: 'file', tenant: a });
    expect(ticket.place).toEqual({ position: 0, etaMs: 3_600_000 });
    expect(admission.etaMs('file', a)).toBe(3_610_000);
  });
});

test('whatever comes and goes: places a tenant and in all, no idle place, in order within a tenant, by turns', async () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('come' as const), tenant: fc.constantFrom('a', 'b', 'c', 'd') }),
    fc.record({ do: fc.constant('leave' as const), which: fc.nat(20) }),
  );
  const bounds = fc.record({
    maxActive: fc.integer({ min: 1, max: 2 }),
    maxTenants: fc.integer({ min: 1, max: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(bounds, fc.array(step, { maxLength: 60 }), async ({ maxActive, maxTenants }, steps) => {
      const clock = createVirtualClock();
      const admission = createAdmission({ ...LIMITS, maxActive, maxTenants, maxWaiting: 100 }, clock);
      const jobs: { tenant: string; fate: 'waiting' | 'active' | 'done'; leave(): void }[] = [];
      const those = (fate: string, tenant?: string) =>
        jobs.filter((job) => job.fate === fate && (tenant ?? job.tenant) === job.tenant);
      for (const each of steps) {
        if (each.do === 'leave') {
          const active = those('active');
          active[each.which % Math.max(1, active.length)]?.leave();
        } else {
          const job: (typeof jobs)[number] = { tenant: each.tenant, fate: 'waiting', leave: () => {} };
          jobs.push(job);
          const ticket = admission.reserve({ priority: 'file', tenant: share(each.tenant) });
          void ticket.enter().then((lease) => {
            expect(those('waiting', job.tenant)[0]).toBe(job);
            job.fate = 'active';
            job.leave = () => {
              job.fate = 'done';
              lease.leave('done');
            };
          });
        }
        await clock.settle();
        expect(those('active').length).toBeLessThanOrEqual(maxActive * maxTenants);
        for (const tenant of ['a', 'b', 'c', 'd']) {
          const own = those('active', tenant).length;
          expect(own).toBeLessThanOrEqual(maxActive);
          if (those('waiting', tenant).length > 0 && own < maxActive)
            expect(those('active').length).toBe(maxActive * maxTenants);
        }
      }
      while (those('active').length > 0) {
        those('active')[0]?.leave();
        await clock.settle();
      }
      expect(those('done')).toHaveLength(jobs.length);
    }),
    { numRuns: 150 },
  );
});

describe('who may not begin yet', () => {
  const LINE = { ...LIMITS, maxTenants: 1, maxWaiting: 9 };

  test('is asked when it is its turn and a place is free, lets those behind it pass, and begins when it is woken', async () => {
    const { clock, admission } = gate(LINE);
    const order: string[] = [];
    let may = false;
    let asked = 0;
    const enter = async (name: string, tryBegin?: () => boolean) => {
      const ticket = admission.reserve({ priority: 'file' });
      const lease = await ticket.enter(tryBegin === undefined ? {} : { tryBegin });
      order.push(name);
      return { ticket, lease };
    };
    const first = enter('first');
    await clock.settle();
    const held = enter('held', () => {
      asked += 1;
      return may;
    });
    const others = [enter('b'), enter('c')];
    await clock.settle();
    expect(asked).toBe(0);
    (await first).lease.leave('done');
    await clock.settle();
    expect([order, asked]).toEqual([['first', 'b'], 1]);
    may = true;
    // Its place was taken meanwhile.
    admission.wake();
    await clock.settle();
    expect(asked).toBe(1);
    (await others[0])?.lease.leave('done');
    await clock.settle();
    expect(order).toEqual(['first', 'b', 'held']);
    (await held).lease.leave('done');
    (await others[1])?.lease.leave('done');
    expect(admission.stats()).toMatchObject({ active: 0, waiting: 0, done: 4 });
  });

  test('begins when it is woken where a place is free, and keeps its tenant’s turn', async () => {
    const { clock, admission } = gate(LINE);
    const order: string[] = [];
    let may = false;
    const enter = (name: string, tenant: Share, tryBegin: () => boolean = () => true) =>
      void admission
        .reserve({ priority: 'file', tenant })
        .enter({ tryBegin })
        .then((lease) => {
          order.push(name);
          clock.after(BATCH_MS, () => lease.leave('done'));
        });
    enter('a1', share('a'), () => may);
    await clock.settle();
    expect(order).toEqual([]);
    for (const name of ['b1', 'b2', 'b3']) enter(name, share('b'));
    await clock.advance(1.5 * BATCH_MS);
    expect(order).toEqual(['b1', 'b2']);
    enter('a2', share('a'));
    may = true;
    admission.wake();
    await clock.advance(10 * BATCH_MS);
    // It had no turn yet while the other one had two.
    expect(order).toEqual(['b1', 'b2', 'a1', 'a2', 'b3']);
  });
});
