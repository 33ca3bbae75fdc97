/** Models by turns in bounded memory: the real gate, pool and decisions, fake engines, a virtual clock. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SottoError, toSottoError } from '../../shared/errors.ts';
import { bytesOf, MODELS, type ModelId, WINDOW_MS } from '../support/fake-engines.ts';
import { type PoolWorldOptions, poolWorld } from '../support/pool-world.ts';

const [OWN, TINY] = MODELS;
const ONE = Math.max(bytesOf(OWN), bytesOf(TINY));

async function world(options: Partial<PoolWorldOptions> = {}) {
  return poolWorld({ models: [OWN, TINY], budget: ONE, ...options });
}

const statesOf = ({ pool }: Awaited<ReturnType<typeof world>>) =>
  Object.fromEntries(pool.status().models.map(({ id, state }) => [id, state]));

test('a model is loaded when it is asked for, in the place of one that nobody uses; with room for both, both stay', async () => {
  const small = await world();
  await small.clock.advance(1_000);
  expect(statesOf(small)).toEqual({ [OWN]: 'loaded', [TINY]: 'available' });
  const other = small.job(TINY, 2);
  await small.clock.advance(100);
  expect(statesOf(small)).toEqual({ [OWN]: 'available', [TINY]: 'loading' });
  await small.clock.advance(5_000);
  // It was told how long the load would take: as long as that of the first.
  const { eta, waited } = await other;
  expect(eta).toBeGreaterThan(900);
  expect(waited).toBeGreaterThan(900);
  expect(waited).toBeLessThan(1.3 * (eta ?? 0));
  expect(statesOf(small)).toEqual({ [OWN]: 'available', [TINY]: 'loaded' });
  expect(small.pool.status().engine.name).toBe('ready');
  await small.close();

  const large = await world({ budget: bytesOf(OWN) + bytesOf(TINY) });
  await large.clock.advance(1_000);
  const both = [large.job(TINY, 2), large.job(OWN, 2), large.job(TINY, 2)];
  await large.clock.advance(20_000);
  await Promise.all(both);
  expect(large.loads).toEqual([OWN, TINY]);
  expect(statesOf(large)).toEqual({ [OWN]: 'loaded', [TINY]: 'loaded' });
  await large.close();
});

test('what is read is not unloaded under its job; who needs the memory is next, and those behind who need no load pass', async () => {
  const { clock, job, pool, loads, close } = await world();
  await clock.advance(1_000);
  const long = job(OWN, 20);
  await clock.advance(100);
  const other = job(TINY, 1);
  const behind = job(OWN, 1);
  await clock.advance(19 * WINDOW_MS);
  expect(loads).toEqual([OWN]);
  await clock.advance(10_000);
  await long;
  expect((await behind).waited).toBeLessThan(20 * WINDOW_MS + 100);
  expect((await other).waited).toBeGreaterThan((await behind).waited);
  expect(loads).toEqual([OWN, TINY]);
  expect(pool.status().models.map(({ state }) => state)).toEqual(['available', 'loaded']);
  await close();
});

test('however many ask for the loaded model, who asks for another one waits for a turn and the job that is read', async () => {
  const { clock, job, loads, close } = await world();
  await clock.advance(1_000);
  let open = true;
  const client = async () => {
    while (open) await job(OWN, 3);
  };
  const crowd = [client(), client(), client()];
  await clock.advance(10_000);
  const other = job(TINY, 1);
  await clock.advance(20_000);
  // Two before it, a turn of 5 s, one more job, the end of the one process and the start of the other.
  expect((await other).waited).toBeLessThan(2 * 1_500 + 5_000 + 2 * 1_500 + 1_200);
  // And the crowd has its model again.
  expect(loads).toEqual([OWN, TINY, OWN]);
  open = false;
  await clock.advance(60_000);
  await Promise.all(crowd);
  await close();
});

test('loading takes the smaller part of the time, however the requests come', async () => {
  const { clock, job, loads, close } = await world();
  await clock.advance(1_000);
  let open = true;
  let done = 0;
  const client = async (model: ModelId) => {
    while (open) {
      await job(model, 1);
      done += 1;
    }
  };
  const crowd = [OWN, TINY, OWN, TINY].map(client);
  await clock.advance(120_000);
  expect(loads.length).toBeLessThan(120 / 5);
  expect(done).toBeGreaterThan((0.7 * 120_000) / WINDOW_MS);
  open = false;
  await clock.advance(60_000);
  await Promise.all(crowd);
  await close();
});

describe('live sessions', () => {
  test('one that speaks keeps its model; one that is silent for a minute gives the memory up, and gets it back', async () => {
    const { clock, session, job, loads, close } = await world();
    await clock.advance(1_000);
    const live = session(OWN, 3, 80_000);
    await clock.advance(30_000);
    const other = job(TINY, 1);
    await clock.advance(20_000);
    expect(loads).toEqual([OWN]);
    await clock.advance(240_000);
    await other;
    expect(loads).toEqual([OWN, TINY, OWN]);
    const { waits } = await live;
    // Its own load, as the file was long done.
    expect(Math.max(...waits)).toBeLessThan(1_500);
    await close();
  });

  test('who comes while another model is due waits for its turn, and not for ever', async () => {
    const { clock, session, job, close } = await world();
    await clock.advance(1_000);
    const first = session(OWN, 30, 500);
    await clock.advance(2_000);
    const other = job(TINY, 10);
    await clock.advance(6_000);
    const late = session(OWN, 2, 500);
    await clock.advance(120_000);
    await first;
    expect((await other).waited).toBeLessThan(40_000);
    expect((await late).ready).toBeGreaterThan(10_000);
    await close();
  });
});

test('of those that nobody uses the least recently used is unloaded, and no more than is needed', async () => {
  const [, , base, moon] = MODELS;
  const { clock, job, pool, loads, close } = await world({
    models: MODELS,
    budget: bytesOf(OWN) + bytesOf(TINY) + bytesOf(base),
  });
  const states = () => pool.status().models.map(({ state }) => state);
  const read = async (id: ModelId) => {
    const reading = job(id, 1);
    await clock.advance(10_000);
    await reading;
  };
  for (const id of [OWN, base, TINY, OWN]) await read(id);
  expect(states()).toEqual(['loaded', 'loaded', 'loaded', 'available']);
  await read(moon);
  expect(states()).toEqual(['loaded', 'loaded', 'available', 'loaded']);
  // The one that was used before all others would not be enough; the next one alone is.
  await read(OWN);
  await read(base);
  expect(states()).toEqual(['loaded', 'loaded', 'loaded', 'available']);
  expect(loads).toEqual([OWN, base, TINY, moon, base]);
  await close();
});

test('a model that does not load fails its own requests with the reason, and is tried again later', async () => {
  const fails = new SottoError('model_incomplete', 'a/onnx/encoder');
  const { clock, job, loads, pool, events, close } = await world({
    budget: bytesOf(OWN) + bytesOf(TINY),
    scripts: { [TINY]: { loadMs: 300, fails } },
  });
  await clock.advance(1_000);
  const codes: string[] = [];
  const broken = () => job(TINY, 1).catch((error) => void codes.push(toSottoError(error).code));
  const all = [broken(), job(OWN, 4), broken(), job(OWN, 1)];
  await clock.advance(5_000);
  await Promise.all(all);
  expect(codes).toEqual(['model_incomplete', 'model_incomplete']);
  expect(pool.status().models[1]).toMatchObject({ state: 'failed', error: { code: 'model_incomplete' } });
  expect(pool.status().engine.name).toBe('ready');
  await broken();
  expect(codes).toEqual(Array(3).fill('model_incomplete'));
  expect(loads).toEqual([OWN, TINY]);
  await clock.advance(30_000);
  const again = broken();
  await clock.advance(5_000);
  await again;
  expect(loads).toEqual([OWN, TINY, TINY]);
  expect(events.filter(({ type }) => type === 'model')).toMatchObject([
    { model: OWN, change: 'loaded' },
    { model: TINY, change: 'failed' },
    { model: TINY, change: 'failed' },
  ]);
  await close();
});

test('a model that is larger than the memory has it alone; one that turns out larger than expected makes room', async () => {
  const tight = await world({ budget: 1 });
  await tight.clock.advance(1_000);
  const reads = [tight.job(TINY, 1), tight.job(OWN, 1)];
  await tight.clock.advance(20_000);
  await Promise.all(reads);
  expect(tight.loads).toEqual([OWN, TINY]);
  expect(statesOf(tight)).toEqual({ [OWN]: 'available', [TINY]: 'loaded' });
  await tight.close();

  const budget = bytesOf(OWN) + bytesOf(TINY);
  const grown = await world({ budget, scripts: { [TINY]: { loadMs: 1_000, share: 1.5 } } });
  await grown.clock.advance(1_000);
  const read = grown.job(TINY, 4);
  await grown.clock.advance(2_000);
  expect(statesOf(grown)).toEqual({ [OWN]: 'available', [TINY]: 'loaded' });
  await grown.clock.advance(2_000);
  await read;
  // It is in nobody's way, and the server's own, which would be loaded where there is room, has none.
  expect(statesOf(grown)).toEqual({ [OWN]: 'available', [TINY]: 'loaded' });
  await grown.close();
});

test('who gives up while its model is loaded leaves nothing behind, and the server’s own comes back', async () => {
  const { clock, job, pool, loads, admission, close } = await world({
    scripts: { [TINY]: { loadMs: 5_000 } },
  });
  await clock.advance(1_000);
  const stop = new AbortController();
  const given = job(TINY, 1, stop.signal);
  given.catch(() => undefined);
  await clock.advance(500);
  stop.abort();
  await expect(given).rejects.toMatchObject({ code: 'cancelled' });
  const own = job(OWN, 1);
  await clock.advance(3_000);
  // The load that nobody waits for any more is broken off.
  expect((await own).waited).toBeLessThan(1_500);
  expect(loads).toEqual([OWN, TINY, OWN]);
  expect(admission.stats()).toMatchObject({ active: 0, waiting: 0 });
  expect(pool.status().models.map(({ state }) => state)).toEqual(['loaded', 'available']);
  await close();
});

const model = fc.constantFrom(...MODELS);
const arrivals = fc.array(
  fc.record({
    kind: fc.constantFrom('job', 'job', 'job', 'session'),
    model,
    afterMs: fc.integer({ min: 0, max: 4_000 }),
    windows: fc.integer({ min: 1, max: 6 }),
    tenant: fc.constantFrom('a', 'b', 'c'),
    /** gives up so much later; 0: never */
    patience: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 8_000 })),
  }),
  { minLength: 1, maxLength: 24 },
);

test('whatever comes: every request ends, within memory, nothing is unloaded under anybody', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        many: fc.integer({ min: 2, max: 4 }),
        budget: fc.double({ min: 0, max: 1, noNaN: true }),
        loads: fc.array(fc.integer({ min: 10, max: 9_000 }), { minLength: 4, maxLength: 4 }),
        shares: fc.array(fc.double({ min: 0.5, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 }),
        broken: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, model),
        preload: fc.subarray([...MODELS]),
        maxActive: fc.integer({ min: 1, max: 2 }),
        maxTenants: fc.integer({ min: 1, max: 2 }),
      }),
      arrivals,
      async ({ many, budget, loads, shares, broken, preload, ...limits }, come) => {
        const models = MODELS.slice(0, many);
        const sizes = models.map(bytesOf);
        const all = sizes.reduce((sum, bytes) => sum + bytes, 0);
        const scripts = Object.fromEntries(
          models.map((id, index) => [
            id,
            {
              loadMs: loads[index] ?? 1_000,
              share: shares[index] ?? 1,
              ...(id === broken ? { fails: new SottoError('model_load_failed') } : {}),
            },
          ]),
        );
        const made = await poolWorld({
          models,
          // From less than the smallest to all of them.
          budget: Math.round(0.8 * Math.min(...sizes) + budget * all),
          scripts,
          preload: preload.filter((id) => models.includes(id)),
          ...limits,
        });
        const ends: string[] = [];
        const flying = [];
        for (const { kind, model: asked, afterMs, windows, tenant, patience } of come) {
          await made.clock.advance(afterMs);
          const id = models.includes(asked) ? asked : (models[0] ?? OWN);
          const stop = new AbortController();
          if (patience > 0) made.clock.after(patience, () => stop.abort());
          const tell = async () => {
            try {
              if (kind === 'job') await made.job(id, windows, stop.signal, { id: tenant, weight: 1 });
              else await made.session(id, windows, 700, stop.signal);
              ends.push('done');
            } catch (thrown) {
              const { code } = toSottoError(thrown);
              if (code === 'cancelled') expect(patience).toBeGreaterThan(0);
              // A session waits no longer than a minute and some loads.
              else if (code === 'queue_timeout') expect(kind).toBe('session');
              else
                expect([id, code === 'model_load_failed' || code === 'engine_unavailable']).toEqual([
                  broken,
                  true,
                ]);
              ends.push(code);
            }
          };
          flying.push(tell());
        }
        await made.clock.advance(20 * 60_000);
        expect(ends).toHaveLength(come.length);
        await Promise.all(flying);
        expect(made.admission.stats()).toMatchObject({ active: 0, waiting: 0 });
        await made.close();
      },
    ),
    { numRuns: 60 },
  );
});
