import { describe, expect, test } from 'vitest';
import type { EngineInfo } from '../../shared/asr/engine.ts';
import type { ErrorCode } from '../../shared/errors.ts';
import { createSupervisor } from '../../shared/host/supervisor.ts';
import { createFakeHost, FAKE_INFO, type FakeScript } from '../support/fake-host.ts';
import { idsOf, killedBy, LIMITS, type Scripts, world } from '../support/supervisor-world.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

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
    expect(w.supervisor.state.name).toBe('ready');
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
    expect(w.supervisor.state.name, 'nobody needs it now').toBe('idle');
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

  test('the next engine waits until the last one is really gone', async () => {
    const w = world([['wasm', [{ run: () => ({ do: 'reject', code: 'internal' }), killMs: 30 }, {}]]]);
    const run = w.run(1);
    await w.clock.advance(29);
    expect([run.result, w.startedAt]).toEqual([undefined, [0]]);
    await w.clock.advance(1);
    expect([run.result, w.startedAt]).toEqual([[1], [0, 30]]);
  });

  test.each([0, 1, 2, 3, 4, 5, 6])(
    'given up %i microtasks after it succeeded, a start leaves no unknown engine',
    async (gap) => {
      const clock = createVirtualClock();
      let succeed: (info: EngineInfo) => void = () => {};
      const host = createFakeHost(clock);
      const supervisor = createSupervisor({
        rungs: [
          {
            id: 'wasm',
            create: () => ({
              exited: host.exited,
              run: host.run,
              kill: host.kill,
              start: () =>
                new Promise((resolve) => {
                  succeed = resolve;
                }),
            }),
          },
        ],
        limits: LIMITS,
        clock,
      });
      const controller = new AbortController();
      const ready = supervisor.ready(controller.signal).catch(() => undefined);
      await clock.settle();
      succeed(FAKE_INFO);
      const abortIn = (microtasks: number): void => {
        if (microtasks === 0) controller.abort();
        else queueMicrotask(() => abortIn(microtasks - 1));
      };
      abortIn(gap);
      await ready;
      await clock.settle();
      expect(supervisor.state.name).toBe(host.alive ? 'ready' : 'idle');
    },
  );

  test('a listener may close in the middle of a death', async () => {
    const w = world(
      [['wasm', [{ run: () => ({ do: 'exit', code: 'device_lost' }) }]]],
      { maxDeathsInARow: 1 },
      (state) => {
        if (state.name === 'backing-off') void w.supervisor.close();
      },
    );
    const run = w.run(1, 2);
    await w.clock.advance(1000);
    expect([run.result, w.supervisor.state.name, w.changes]).toEqual([['closed', 'closed'], 'closed', []]);
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
