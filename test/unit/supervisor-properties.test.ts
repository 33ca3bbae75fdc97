import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ErrorCode } from '../../shared/errors.ts';
import type { RungId } from '../../shared/host/host.ts';
import type { FakeAct, FakeScript } from '../support/fake-host.ts';
import { idsOf, world } from '../support/supervisor-world.ts';

test('poison is found exactly, whatever the batches and whichever windows', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 4 }),
      fc.constantFrom<FakeAct['do']>('exit', 'reject', 'hang'),
      async (batches, how) => {
        const poison = new Set<number>();
        const w = world([
          [
            'wasm',
            [
              {
                run: (batch): FakeAct =>
                  idsOf(batch).some((id) => poison.has(id))
                    ? { do: how, code: 'device_lost', ms: 5 }
                    : { do: 'succeed', ms: 5 },
              },
            ],
          ],
        ]);
        let id = 0;
        const expected: (number | ErrorCode)[][] = [];
        const results = batches.map((batch) => {
          const ids = batch.map((kills) => {
            id += 1;
            if (kills) poison.add(id);
            return id;
          });
          expected.push(ids.map((window) => (poison.has(window) ? 'poison' : window)));
          return w.run(...ids);
        });
        await w.clock.advance(1_000_000);
        expect(results.map((run) => run.result)).toEqual(expected);
        await w.supervisor.close();
        expect(w.clock.pending).toBe(0);
        expect(w.violations).toEqual([]);
      },
    ),
    { numRuns: 200 },
  );
});

type Op =
  | { do: 'run'; width: number }
  | { do: 'abort'; which: number }
  | { do: 'advance'; ms: number }
  | { do: 'crash'; which: number }
  | { do: 'restart' | 'ready' };

const code = fc.constantFrom<ErrorCode>('device_lost', 'out_of_memory', 'internal');
const ms = fc.integer({ min: 0, max: 300 });
const act: fc.Arbitrary<FakeAct> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('succeed' as const), ms }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('exit' as const, 'reject' as const), code, ms }) },
  { weight: 1, arbitrary: fc.constant({ do: 'hang' } as const) },
);
const startAct: fc.Arbitrary<FakeAct> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('succeed' as const), ms }) },
  { weight: 1, arbitrary: act },
  { weight: 1, arbitrary: fc.constant({ do: 'reject', code: 'model_offline' } as const) },
);
const op: fc.Arbitrary<Op> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('run' as const), width: fc.integer({ min: 0, max: 4 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('abort' as const), which: fc.nat(20) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('advance' as const), ms }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('crash' as const), which: fc.nat(1) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('restart' as const, 'ready' as const) }),
  },
);
const wear = fc.record({
  windows: fc.constantFrom(Number.POSITIVE_INFINITY, 3),
  bytes: fc.constantFrom(Number.POSITIVE_INFINITY, 250),
});

test('whatever dies, and whenever: one run, no host too many, one outcome a window, nothing read twice', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 3 }),
      fc.array(startAct, { minLength: 1, maxLength: 10 }),
      fc.array(act, { minLength: 1, maxLength: 20 }),
      fc.array(op, { maxLength: 30 }),
      fc.record({
        killMs: fc.constantFrom(0, 25),
        spares: fc.constantFrom(0 as const, 1 as const),
        blames: fc.constantFrom('rung' as const, 'window' as const),
        heeds: fc.boolean(),
        reaches: fc.constantFrom(1, 2, 3),
        wear,
      }),
      async (height, starts, acts, ops, { killMs, spares, blames, heeds, reaches, wear }) => {
        let started = 0;
        let ran = 0;
        const ids: RungId[] = ['webgpu', 'server', 'wasm'];
        const script = (): FakeScript => {
          started += 1;
          const nth = started;
          return {
            start: starts[started % starts.length] as FakeAct,
            killMs,
            heeds,
            // Every host, or every second or third one only.
            reached: () => nth % reaches === 0,
            bytes: (runs) => 100 + 100 * runs,
            run: () => {
              ran += 1;
              return acts[ran % acts.length] as FakeAct;
            },
          };
        };
        const w = world(
          ids.slice(0, height).map((id) => [id, script] as const),
          { maxDeathsInARow: 6, blames, wear },
          undefined,
          spares,
        );
        const calls: { ids: number[]; aborted: boolean; call: ReturnType<typeof w.run> }[] = [];
        let windows = 0;
        for (const step of ops) {
          if (step.do === 'run') {
            const batch = Array.from({ length: step.width }, () => {
              windows += 1;
              return windows;
            });
            calls.push({ ids: batch, aborted: false, call: w.run(...batch) });
          } else if (step.do === 'abort') {
            const target = calls[step.which];
            if (target === undefined) continue;
            if (target.call.result === undefined) target.aborted = true;
            target.call.abort();
            await w.clock.settle();
            expect(target.call.result, 'free at once').toBeDefined();
          } else if (step.do === 'advance') await w.clock.advance(step.ms);
          else if (step.do === 'crash')
            w.hosts.filter((host) => host.alive)[step.which]?.crash('engine_exited');
          else if (step.do === 'restart') w.supervisor.restart().catch(() => {});
          else w.ready();
        }
        await w.clock.advance(1_000_000);

        const last = ids[height - 1];
        for (const { ids: batch, aborted, call } of calls) {
          expect(call.result).toHaveLength(batch.length);
          for (const [place, id] of batch.entries()) {
            const result = call.result?.[place];
            const touching = w.runs.filter((run) => run.ids.includes(id));
            expect(touching.filter((run) => run.end === 'read').length).toBeLessThanOrEqual(1);
            if (result === id) expect(touching.at(-1)?.end).toBe('read');
            else if (result === 'poison') {
              const deaths = touching.filter(
                (run) => (run.rung === last || blames === 'window') && run.end !== 'read',
              );
              expect(deaths.length).toBeGreaterThanOrEqual(2);
            } else if (result === 'cancelled') expect(aborted).toBe(true);
            else expect(['engine_unavailable', 'model_offline']).toContain(result);
          }
        }
        const closed = w.supervisor.close();
        await w.clock.advance(killMs);
        await closed;
        expect([w.clock.pending, w.hosts.filter((host) => host.alive), w.supervisor.state.name]).toEqual([
          0,
          [],
          'closed',
        ]);
        expect(w.violations).toEqual([]);
      },
    ),
    { numRuns: 400 },
  );
});
