import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EngineBatch, WindowReading } from '../../shared/asr/engine.ts';
import type { ErrorCode, Outcome } from '../../shared/errors.ts';
import type { RungChange, SupervisorState } from '../../shared/host/events.ts';
import type { Rung, RungId } from '../../shared/host/host.ts';
import type { SupervisorLimits } from '../../shared/host/policy.ts';
import { createSupervisor } from '../../shared/host/supervisor.ts';
import { type FakeAct, type FakeHost, type FakeScript, fakeRung } from '../support/fake-host.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

const LIMITS: SupervisorLimits = {
  startDeadlineMs: 1000,
  runDeadlineMs: (batch) => 100 * batch.windows.length,
  abortGraceMs: 50,
  backoffMs: [200, 800],
  maxDeathsInARow: 100,
};

const idOf = (window: { samples: Float32Array }) => window.samples[0] ?? -1;
const idsOf = (batch: EngineBatch) => batch.windows.map(idOf);
const batchOf = (ids: readonly number[]): EngineBatch => ({
  windows: ids.map((id) => ({ samples: Float32Array.of(id) })),
  options: { task: 'transcribe' },
});

/** `id` for a reading of the right window, else the error's code. */
function shown(outcomes: readonly Outcome<WindowReading>[]): (number | ErrorCode)[] {
  return outcomes.map((outcome) => (outcome.ok ? (outcome.value.tokens[0] ?? -1) : outcome.error.code));
}

type Scripts = readonly FakeScript[] | ((nth: number) => FakeScript);

/** A supervisor over fakes, with all that it did: one entry a run that reached a host. */
function world(rungs: readonly (readonly [RungId, Scripts])[], limits: Partial<SupervisorLimits> = {}) {
  const clock = createVirtualClock();
  const runs: { rung: RungId; ids: number[]; end: 'open' | 'read' | ErrorCode }[] = [];
  const hosts: FakeHost[] = [];
  const startedAt: number[] = [];
  const states: string[] = [];
  const changes: RungChange[] = [];

  function watched(id: RungId, scripts: Scripts): Rung {
    const fakes = fakeRung(id, clock, scripts);
    return {
      id,
      create() {
        expect(
          hosts.filter((host) => host.alive),
          'one host at a time',
        ).toEqual([]);
        fakes.create();
        const host = fakes.hosts.at(-1) as FakeHost;
        hosts.push(host);
        startedAt.push(clock.now());
        return {
          start: (onProgress) => host.start(onProgress),
          exited: host.exited,
          kill: () => host.kill(),
          async run(batch) {
            expect(
              runs.filter((run) => run.end === 'open'),
              'one run at a time',
            ).toEqual([]);
            const run: (typeof runs)[number] = { rung: id, ids: idsOf(batch), end: 'open' };
            runs.push(run);
            try {
              const readings = await host.run(batch);
              run.end = 'read';
              return readings;
            } catch (thrown) {
              run.end = (thrown as { code: ErrorCode }).code;
              throw thrown;
            }
          },
        };
      },
    };
  }

  const supervisor = createSupervisor({
    rungs: rungs.map(([id, scripts]) => watched(id, scripts)),
    limits: { ...LIMITS, ...limits },
    clock,
    onState: (state: SupervisorState) =>
      states.push('rung' in state ? `${state.name} ${state.rung}` : state.name),
    onChange: (change) => changes.push(change),
  });

  return {
    clock,
    supervisor,
    runs,
    hosts,
    startedAt,
    states,
    changes,
    get read() {
      return runs.map((run) => run.ids);
    },
    /** Runs windows by id; `result` is set when it has settled. */
    run(...ids: number[]) {
      const controller = new AbortController();
      const running = {
        result: undefined as (number | ErrorCode)[] | undefined,
        abort: () => controller.abort(),
      };
      void supervisor.run(batchOf(ids), controller.signal).then((outcomes) => {
        expect(running.result, 'settled once').toBeUndefined();
        running.result = shown(outcomes);
      });
      return running;
    },
    ready(signal?: AbortSignal) {
      const waiting = { result: undefined as string | undefined };
      supervisor.ready(signal).then(
        (info) => {
          waiting.result = info.model;
        },
        (error: { code: string }) => {
          waiting.result = error.code;
        },
      );
      return waiting;
    },
  };
}

/** Runs in which each window named dies, the others are read. */
const killedBy =
  (...poison: number[]) =>
  (batch: EngineBatch): FakeAct =>
    idsOf(batch).some((id) => poison.includes(id))
      ? { do: 'exit', code: 'device_lost', ms: 10 }
      : { do: 'succeed', ms: 10 };

describe('starting', () => {
  test('nothing starts until asked; then one host serves all', async () => {
    const w = world([['wasm', []]]);
    await w.clock.advance(10_000);
    expect([w.hosts.length, w.supervisor.state.name]).toEqual([0, 'idle']);
    const [first, second, ready] = [w.run(1, 2), w.run(3), w.ready()];
    await w.clock.advance(0);
    expect([first.result, second.result, ready.result, w.hosts.length]).toEqual([[1, 2], [3], 'fake', 1]);
    expect(w.states).toEqual(['starting wasm', 'ready wasm']);
  });

  test('a rung that does not start is left at once, and says why', async () => {
    const w = world([
      ['webgpu', [{ start: { do: 'reject', code: 'no_adapter' } }]],
      ['server', [{ start: { do: 'exit', code: 'engine_blocked' } }]],
      ['wasm', []],
    ]);
    const run = w.run(1);
    await w.clock.advance(0);
    expect(run.result).toEqual([1]);
    expect(w.changes).toEqual([
      { from: 'webgpu', to: 'server', error: { code: 'no_adapter' } },
      { from: 'server', to: 'wasm', error: { code: 'engine_blocked' } },
    ]);
    expect(w.states).toEqual(['starting webgpu', 'starting server', 'starting wasm', 'ready wasm']);
  });

  test('when no rung starts, everything fails without trying again, until restart', async () => {
    const w = world([
      ['webgpu', [{ start: { do: 'reject', code: 'no_adapter' } }, {}]],
      ['wasm', [{ start: { do: 'reject', code: 'out_of_memory' } }]],
    ]);
    const [run, ready] = [w.run(1, 2), w.ready()];
    await w.clock.advance(0);
    expect([run.result, ready.result]).toEqual([
      ['engine_unavailable', 'engine_unavailable'],
      'engine_unavailable',
    ]);
    const [again, readyAgain] = [w.run(3), w.ready()];
    await w.clock.advance(60_000);
    expect([again.result, readyAgain.result]).toEqual([['engine_unavailable'], 'engine_unavailable']);
    expect(w.hosts).toHaveLength(2);
    expect(w.supervisor.state).toEqual({
      name: 'failed',
      error: { code: 'engine_unavailable', detail: 'out_of_memory' },
    });
    expect(w.changes.at(-1)).toEqual({ from: 'wasm', to: undefined, error: { code: 'out_of_memory' } });
    void w.supervisor.restart();
    const restarted = w.run(4);
    await w.clock.advance(0);
    expect([restarted.result, w.states.at(-1)]).toEqual([[4], 'ready webgpu']);
  });

  test('a download that fails keeps the rung, and the next call tries it again', async () => {
    const w = world([
      ['webgpu', [{ start: { do: 'reject', code: 'model_offline' } }, {}]],
      ['wasm', []],
    ]);
    const run = w.run(1);
    await w.clock.advance(60_000);
    expect([run.result, w.supervisor.state.name, w.hosts.length, w.changes]).toEqual([
      ['model_offline'],
      'failed',
      1,
      [],
    ]);
    const again = w.run(1);
    await w.clock.advance(0);
    expect([again.result, w.states.at(-1)]).toEqual([[1], 'ready webgpu']);
  });

  test('a start that moves is not hung; one that stops moving is left', async () => {
    const at = (ms: number) => ({ ms, progress: { phase: 'start' } as const });
    const w = world([
      ['webgpu', [{ start: { do: 'hang' }, progress: [at(900), at(1800)] }]],
      ['wasm', []],
    ]);
    const ready = w.ready();
    await w.clock.advance(2799);
    expect([ready.result, w.hosts[0]?.alive]).toEqual([undefined, true]);
    await w.clock.advance(1);
    expect([ready.result, w.hosts[0]?.alive]).toEqual(['fake', false]);
    expect(w.changes[0]?.error.code).toBe('engine_timeout');
  });

  test('a start is given up when the last who waited has left, and only then', async () => {
    const w = world([['wasm', [{ start: { do: 'succeed', ms: 500 } }]]]);
    const controller = new AbortController();
    const [ready, run] = [w.ready(controller.signal), w.run(1)];
    await w.clock.settle();
    controller.abort();
    await w.clock.settle();
    expect([ready.result, w.hosts[0]?.alive]).toEqual(['cancelled', true]);
    run.abort();
    await w.clock.settle();
    expect([run.result, w.hosts[0]?.alive, w.supervisor.state.name]).toEqual([['cancelled'], false, 'idle']);
    expect(w.clock.pending).toBe(0);
    const later = w.run(2);
    await w.clock.advance(500);
    expect([later.result, w.hosts.length]).toEqual([[2], 2]);
  });
});

describe('dying', () => {
  test('windows in flight are put back once, one by one, and nothing is read twice', async () => {
    const w = world([['wasm', [{ run: killedBy(1, 2, 3) }, {}]]]);
    const run = w.run(1, 2, 3);
    await w.clock.advance(10);
    expect(run.result).toEqual([1, 2, 3]);
    expect(w.read).toEqual([[1, 2, 3], [1], [2], [3]]);
    expect(w.states).toEqual([
      'starting wasm',
      'ready wasm',
      'backing-off wasm',
      'starting wasm',
      'ready wasm',
    ]);
  });

  test('on the last rung a window that kills two engines is poison, the others go on', async () => {
    const w = world([['wasm', [{ run: killedBy(2) }]]]);
    const run = w.run(1, 2, 3);
    await w.clock.advance(10_000);
    expect(run.result).toEqual([1, 'poison', 3]);
    expect(w.read).toEqual([[1, 2, 3], [1], [2], [3]]);
    expect(w.changes).toEqual([]);
    const next = w.run(4);
    await w.clock.advance(10_000);
    expect(next.result).toEqual([4]);
  });

  test('with a rung below, it steps down and tries the window there', async () => {
    const w = world([
      ['webgpu', [{ run: killedBy(2) }]],
      ['wasm', []],
    ]);
    const run = w.run(1, 2, 3);
    await w.clock.advance(10_000);
    expect(run.result).toEqual([1, 2, 3]);
    expect(w.changes).toEqual([{ from: 'webgpu', to: 'wasm', error: { code: 'device_lost' } }]);
    expect(w.runs.filter((r) => r.rung === 'wasm').map((r) => r.ids)).toEqual([[2], [3]]);
  });

  test('strikes count anew on each rung: poison only after two deaths on the last', async () => {
    const w = world([
      ['webgpu', [{ run: killedBy(1) }]],
      ['wasm', [{ run: killedBy(1) }]],
    ]);
    const run = w.run(1);
    await w.clock.advance(10_000);
    expect(run.result).toEqual(['poison']);
    expect(w.runs.map((r) => r.rung)).toEqual(['webgpu', 'webgpu', 'wasm', 'wasm']);
  });

  test('restarts in a row wait longer and longer; a reading makes the next one immediate', async () => {
    const w = world([['wasm', [{ run: killedBy(1, 2) }]]]);
    const run = w.run(1, 2);
    await w.clock.advance(3000);
    expect(run.result).toEqual(['poison', 'poison']);
    // deaths at 10 (both), 20 (1: poison), 230 (2: poison); nothing restarts until it is needed
    expect(w.startedAt).toEqual([0, 10, 220]);
    const next = w.run(3);
    await w.clock.advance(20);
    expect(next.result, 'the back-off was long over').toEqual([3]);
    const again = w.run(1);
    await w.clock.advance(1000);
    expect(again.result).toEqual(['poison']);
    expect(w.startedAt, 'at once when needed, at once after the first death').toEqual([
      0, 10, 220, 3000, 3030,
    ]);
  });

  test('a rung where every window dies is condemned, not the windows', async () => {
    const w = world([['wasm', [{ run: () => ({ do: 'exit', code: 'device_lost' }) }]]], {
      maxDeathsInARow: 4,
    });
    const run = w.run(1, 2, 3, 4, 5);
    await w.clock.advance(10_000);
    expect(run.result).toEqual([
      'poison',
      'poison',
      'engine_unavailable',
      'engine_unavailable',
      'engine_unavailable',
    ]);
    expect(w.supervisor.state.name).toBe('failed');
  });

  test('an engine that rejects is replaced although it lives', async () => {
    const w = world([['wasm', [{ run: () => ({ do: 'reject', code: 'internal' }) }, {}]]]);
    const run = w.run(1);
    await w.clock.advance(0);
    expect([run.result, w.hosts.map((host) => host.alive)]).toEqual([[1], [false, true]]);
  });

  test('a run over its deadline is killed and put back', async () => {
    const w = world([['wasm', [{ run: () => ({ do: 'hang' }) }, {}]]]);
    const run = w.run(1, 2);
    await w.clock.advance(199);
    expect(w.hosts).toHaveLength(1);
    await w.clock.advance(1);
    expect([run.result, w.hosts[0]?.alive]).toEqual([[1, 2], false]);
  });

  test('an engine that dies while nothing runs is restarted only when needed', async () => {
    const w = world([['wasm', []]]);
    w.ready();
    await w.clock.advance(0);
    w.hosts[0]?.crash('device_lost');
    await w.clock.advance(60_000);
    expect([w.hosts.length, w.supervisor.state.name]).toEqual([1, 'idle']);
    const run = w.run(1);
    await w.clock.advance(0);
    expect(run.result).toEqual([1]);
  });
});

describe('cancelling and closing', () => {
  test('the caller is free at once, the next batch waits until the engine has let go', async () => {
    const w = world([['wasm', [{ run: () => ({ do: 'succeed', ms: 40 }) }]]]);
    const first = w.run(1);
    await w.clock.advance(10);
    first.abort();
    const second = w.run(2);
    await w.clock.settle();
    expect([first.result, w.read]).toEqual([['cancelled'], [[1]]]);
    await w.clock.advance(70);
    expect([second.result, w.hosts.length]).toEqual([[2], 1]);
  });

  test('an engine that does not let go within the grace is killed without blame', async () => {
    const w = world(
      [['wasm', [{ run: (batch) => (idsOf(batch)[0] === 1 ? { do: 'hang' } : { do: 'succeed' }) }]]],
      {
        runDeadlineMs: () => Number.POSITIVE_INFINITY,
      },
    );
    const first = w.run(1);
    await w.clock.advance(0);
    first.abort();
    const second = w.run(2);
    await w.clock.advance(49);
    expect(w.hosts[0]?.alive).toBe(true);
    await w.clock.advance(1);
    expect([second.result, w.hosts.map((host) => host.alive), w.clock.pending]).toEqual([
      [2],
      [false, true],
      0,
    ]);
  });

  test('an abort in a retry keeps what was read; one before the turn reads nothing', async () => {
    const w = world([['wasm', [{ run: killedBy(2) }]]]);
    const run = w.run(1, 2, 3);
    const never = w.run(4);
    never.abort();
    await w.clock.advance(25);
    run.abort();
    await w.clock.advance(1000);
    expect(run.result).toEqual([1, 'cancelled', 'cancelled']);
    expect(never.result).toEqual(['cancelled']);
    expect(w.read.flat()).not.toContain(4);
  });

  test('a restart in mid-run puts the windows back without blame', async () => {
    const w = world([['wasm', [{ run: () => ({ do: 'succeed', ms: 40 }) }]]]);
    const run = w.run(1, 2);
    await w.clock.advance(10);
    void w.supervisor.restart();
    await w.clock.advance(40);
    expect([run.result, w.read]).toEqual([
      [1, 2],
      [
        [1, 2],
        [1, 2],
      ],
    ]);
  });

  const dies: FakeScript = { run: () => ({ do: 'exit', code: 'device_lost' }) };
  const closing: [string, Scripts, (ErrorCode | number)[][]][] = [
    ['starting', [{ start: { do: 'hang' } }], [['closed', 'closed'], ['closed']]],
    ['running', [{ run: () => ({ do: 'hang' }) }], [['closed', 'closed'], ['closed']]],
    ['backing-off', [dies], [['poison', 'closed'], ['closed']]],
    ['ready', [], [[1, 2], [3]]],
  ];
  test.each(closing)(
    'close while %s: what is open ends with closed, no timer stays',
    async (when, scripts, ends) => {
      const w = world([['wasm', scripts]]);
      const calls = [w.run(1, 2), w.run(3)];
      await w.clock.advance(20);
      if (when !== 'running') expect(w.supervisor.state.name).toBe(when);
      await w.supervisor.close();
      await w.clock.settle();
      expect(calls.map((call) => call.result)).toEqual(ends);
      expect([w.clock.pending, w.hosts.filter((host) => host.alive), w.supervisor.state.name]).toEqual([
        0,
        [],
        'closed',
      ]);
      const late = w.run(9);
      const ready = w.ready();
      await w.clock.settle();
      expect([late.result, ready.result]).toEqual([['closed'], 'closed']);
      await w.supervisor.close();
      await expect(w.supervisor.restart()).rejects.toMatchObject({ code: 'closed' });
    },
  );
});

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
      },
    ),
    { numRuns: 200 },
  );
});

type Op =
  | { do: 'run'; width: number }
  | { do: 'abort'; which: number }
  | { do: 'advance'; ms: number }
  | { do: 'crash' | 'restart' | 'ready' };

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
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('crash' as const, 'restart' as const, 'ready' as const) }),
  },
);

test('whatever dies, and whenever: one run, one host, one outcome a window, nothing read twice', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 3 }),
      fc.array(startAct, { minLength: 1, maxLength: 10 }),
      fc.array(act, { minLength: 1, maxLength: 20 }),
      fc.array(op, { maxLength: 30 }),
      async (height, starts, acts, ops) => {
        let started = 0;
        let ran = 0;
        const ids: RungId[] = ['webgpu', 'server', 'wasm'];
        const script = (): FakeScript => {
          started += 1;
          return {
            start: starts[started % starts.length] as FakeAct,
            run: () => {
              ran += 1;
              return acts[ran % acts.length] as FakeAct;
            },
          };
        };
        const w = world(
          ids.slice(0, height).map((id) => [id, script] as const),
          { maxDeathsInARow: 6 },
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
          else if (step.do === 'crash') w.hosts.findLast((host) => host.alive)?.crash('engine_exited');
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
              const deaths = touching.filter((run) => run.rung === last && run.end !== 'read');
              expect(deaths.length).toBeGreaterThanOrEqual(2);
            } else if (result === 'cancelled') expect(aborted).toBe(true);
            else expect(['engine_unavailable', 'model_offline']).toContain(result);
          }
        }
        await w.supervisor.close();
        await w.clock.settle();
        expect([w.clock.pending, w.hosts.filter((host) => host.alive), w.supervisor.state.name]).toEqual([
          0,
          [],
          'closed',
        ]);
      },
    ),
    { numRuns: 400 },
  );
});
