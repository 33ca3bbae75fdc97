import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../shared/errors.ts';
import type { SupervisorLimits } from '../../shared/host/policy.ts';
import { beforeSpare, wornOut } from '../../shared/host/policy.ts';
import type { FakeScript } from '../support/fake-host.ts';
import { idsOf, killedBy, type Scripts, world } from '../support/supervisor-world.ts';

const withSpare = (scripts: Scripts, limits: Partial<SupervisorLimits> = {}) =>
  world([['cpu', scripts]], limits, undefined, 1);
/** a start of 100 ms, runs of 10 ms */
const steady: FakeScript = {
  start: { do: 'succeed', ms: 100 },
  run: () => ({ do: 'succeed', ms: 10 }),
};
const living = (w: ReturnType<typeof world>) => w.hosts.map((host) => host.alive);

describe('a spare', () => {
  test('starts once the engine is ready, waits, and reads nothing', async () => {
    const w = withSpare([steady]);
    w.ready();
    await w.clock.advance(99);
    expect([w.startedAt, w.supervisor.spare]).toEqual([[0], 'none']);
    await w.clock.advance(1);
    expect([w.startedAt, w.supervisor.spare, w.supervisor.state.name]).toEqual([
      [0, 100],
      'starting',
      'ready',
    ]);
    await w.clock.advance(100);
    expect(w.supervisor.spare).toBe('ready');
    const run = w.run(1, 2);
    await w.clock.advance(10);
    expect([run.result, w.hosts.length]).toEqual([[1, 2], 2]);
    await w.supervisor.close();
    expect([living(w), w.clock.pending]).toEqual([[false, false], 0]);
  });

  test('takes over at once when the engine dies in a run, and the next spare starts', async () => {
    const w = withSpare([{ ...steady, run: killedBy(1) }, steady]);
    w.ready();
    await w.clock.advance(200);
    const run = w.run(1, 2);
    // dies at 10; 1 and 2 one by one at 20 and 30, without any start in between
    await w.clock.advance(30);
    expect([run.result, w.read]).toEqual([
      [1, 2],
      [[1, 2], [1], [2]],
    ]);
    expect([w.replacements, w.supervisor.replacements.exit]).toEqual([[{ reason: 'exit', ms: 0 }], 1]);
    expect([w.supervisor.state.name, w.supervisor.spare]).toEqual(['ready', 'starting']);
    expect(w.startedAt).toEqual([0, 100, 210]);
    expect(w.states).toEqual(['starting cpu', 'ready cpu', 'ready cpu']);
  });

  test('takes over when the engine hangs or dies idle', async () => {
    const w = withSpare([{ ...steady, run: () => ({ do: 'hang' }) }, steady]);
    w.ready();
    await w.clock.advance(200);
    const run = w.run(1);
    await w.clock.advance(110);
    expect([run.result, w.replacements]).toEqual([[1], [{ reason: 'hang', ms: 0 }]]);
    await w.clock.advance(100);
    w.hosts[1]?.crash('engine_exited');
    await w.clock.settle();
    expect([w.supervisor.state.name, w.supervisor.replacements]).toEqual([
      'ready',
      { exit: 1, hang: 1, memory: 0, recycle: 0 },
    ]);
  });

  test('that is still starting is waited for, and no third is started', async () => {
    const w = withSpare([{ ...steady, run: killedBy(1) }, steady]);
    const run = w.run(1);
    await w.clock.advance(110);
    expect([living(w), run.result]).toEqual([[false, true], undefined]);
    await w.clock.advance(100);
    expect([run.result, w.startedAt]).toEqual([[1], [0, 100, 200]]);
    expect(w.replacements).toEqual([{ reason: 'exit', ms: 90 }]);
    expect(w.states).toEqual(['starting cpu', 'ready cpu', 'backing-off cpu', 'starting cpu', 'ready cpu']);
  });

  test('waits for the dying engine to be gone before it takes memory', async () => {
    const w = withSpare([
      { ...steady, run: () => ({ do: 'reject', code: 'internal' }), killMs: 500 },
      steady,
    ]);
    w.ready();
    await w.clock.advance(200);
    const run = w.run(1);
    await w.clock.advance(10);
    expect([run.result, w.hosts.length]).toEqual([[1], 2]);
    await w.clock.advance(490);
    expect(w.startedAt).toEqual([0, 100, 700]);
    expect(w.violations).toEqual([]);
  });

  test('that does not start is tried a few times, further and further apart, then no more', async () => {
    const broken: FakeScript = { start: { do: 'reject', code: 'out_of_memory', ms: 10 } };
    const w = withSpare([steady, broken, broken, broken, steady, steady]);
    w.ready();
    await w.clock.advance(1_000_000);
    expect([w.startedAt, w.supervisor.spare, w.supervisor.state.name]).toEqual([
      [0, 100, 310, 1120],
      'none',
      'ready',
    ]);
    // An engine started anew says that there is room again.
    w.hosts[0]?.crash('engine_exited');
    const run = w.run(1);
    await w.clock.advance(300);
    expect([run.result, w.hosts.length, w.supervisor.spare]).toEqual([[1], 6, 'ready']);
  });

  test('that is killed whenever it starts rests, and is tried again', async () => {
    const killed: FakeScript = { start: { do: 'reject', code: 'engine_exited', ms: 10 } };
    const w = withSpare([steady, killed, killed, killed, steady]);
    w.ready();
    await w.clock.advance(1_200);
    expect([w.startedAt, w.supervisor.spare]).toEqual([[0, 100, 310, 1120], 'none']);
    await w.clock.advance(30_200);
    expect([w.startedAt.at(-1), w.supervisor.spare]).toEqual([31_130, 'ready']);
  });

  test('while it rests, an engine that dies is started anew at once, and then a spare', async () => {
    const killed: FakeScript = { start: { do: 'reject', code: 'engine_exited', ms: 10 } };
    const w = withSpare([steady, killed, killed, killed, steady, steady]);
    w.ready();
    await w.clock.advance(1_200);
    w.hosts[0]?.crash('engine_exited');
    const run = w.run(1);
    await w.clock.advance(300);
    expect([run.result, w.hosts.length, w.supervisor.spare]).toEqual([[1], 6, 'ready']);
    await w.clock.advance(60_000);
    expect([w.hosts.length, w.violations]).toEqual([6, []]);
  });

  test('that dies while it waits is replaced, later after each death in a row', async () => {
    const w = withSpare([steady]);
    w.ready();
    await w.clock.advance(200);
    const killSpare = () => w.hosts.at(-1)?.crash('engine_exited');
    killSpare();
    await w.clock.advance(100);
    killSpare();
    await w.clock.advance(199);
    expect(w.hosts).toHaveLength(3);
    await w.clock.advance(101);
    expect([w.startedAt, w.supervisor.spare]).toEqual([[0, 100, 200, 500], 'ready']);
    expect([w.supervisor.state.name, w.replacements]).toEqual(['ready', []]);
  });
});

describe('blame', () => {
  test('two engines die of a window, the spare among them: poison, the others go on', async () => {
    const w = withSpare([{ ...steady, run: killedBy(2) }]);
    w.ready();
    await w.clock.advance(200);
    const run = w.run(1, 2, 3);
    await w.clock.advance(10_000);
    expect(run.result).toEqual([1, 'poison', 3]);
    expect(w.read).toEqual([[1, 2, 3], [1], [2], [3]]);
  });

  test('engines that die before the windows got to them say nothing of the windows', async () => {
    const unreached: FakeScript = { ...steady, run: killedBy(1), reached: () => false };
    const w = withSpare([unreached, unreached, unreached, steady]);
    w.ready();
    await w.clock.advance(200);
    const run = w.run(1, 2);
    await w.clock.advance(10_000);
    expect([run.result, w.read]).toEqual([
      [1, 2],
      [
        [1, 2],
        [1, 2],
        [1, 2],
        [1, 2],
      ],
    ]);
    // But it does not go on without end.
    const never = withSpare([unreached]);
    const lost = never.run(1);
    await never.clock.advance(100_000);
    expect([lost.result, never.runs.length]).toEqual([['poison'], 5]);
  });

  test('where windows are blamed, one sender cannot take the rung from all', async () => {
    const scripts: Scripts = [{ ...steady, run: killedBy(1) }];
    const rungs = [['cuda', scripts] as const, ['cpu', []] as const];
    const w = world(rungs, { blames: 'window' }, undefined, 1);
    const run = w.run(1, 2);
    await w.clock.advance(10_000);
    expect([run.result, w.changes]).toEqual([['poison', 2], []]);
    const page = world(rungs, {}, undefined, 1);
    const below = page.run(1, 2);
    await page.clock.advance(10_000);
    expect([below.result, page.changes.map(({ to }) => to)]).toEqual([[1, 2], ['cpu']]);
    expect(page.violations).toEqual([]);
  });
});

describe('wear', () => {
  const grows: FakeScript = { ...steady, bytes: (runs) => 1000 + 300 * runs };

  test('an engine that has read enough is replaced between batches, nothing is read again', async () => {
    const w = withSpare([steady], { wear: { windows: 3 } });
    w.ready();
    await w.clock.advance(200);
    const runs = [w.run(1, 2), w.run(3, 4), w.run(5)];
    await w.clock.advance(30);
    expect(runs.map((run) => run.result)).toEqual([[1, 2], [3, 4], [5]]);
    expect(w.read).toEqual([[1, 2], [3, 4], [5]]);
    expect([living(w), w.replacements]).toEqual([[false, true, true], [{ reason: 'recycle', ms: 0 }]]);
  });

  test('it serves on until the spare is ready, and is replaced then', async () => {
    const w = withSpare([steady], { wear: { windows: 1 } });
    const runs = [w.run(1), w.run(2)];
    await w.clock.advance(130);
    expect([runs.map((run) => run.result), living(w)]).toEqual([
      [[1], [2]],
      [true, true],
    ]);
    await w.clock.advance(70);
    expect([living(w), w.replacements]).toEqual([[false, true, true], [{ reason: 'recycle', ms: 0 }]]);
  });

  test.each([
    ['memory', { bytes: 1500 }],
    ['recycle', { growthBytes: 500 }],
  ] as const)('%s: an engine that holds too much is replaced without blame', async (reason, wear) => {
    const w = withSpare([grows], { wear });
    w.ready();
    await w.clock.advance(200);
    const runs = [w.run(1), w.run(2), w.run(3)];
    await w.clock.advance(30);
    expect(runs.map((run) => run.result)).toEqual([[1], [2], [3]]);
    expect(w.replacements).toEqual([{ reason, ms: 0 }]);
  });

  test('without a spare the next engine starts when it is needed', async () => {
    const w = world([['cpu', [steady]]], { wear: { windows: 1 } });
    const run = w.run(1);
    await w.clock.advance(1000);
    expect([run.result, w.supervisor.state.name, living(w)]).toEqual([[1], 'idle', [false]]);
    const next = w.run(2);
    await w.clock.advance(110);
    expect([next.result, w.replacements]).toEqual([[2], [{ reason: 'recycle', ms: 990 }]]);
  });

  test('a limit below what a fresh engine takes does not cost an engine a batch', () => {
    const wear = (bytes: number) => wornOut({ windows: 1, bytes, bytesWhenReady: 1000 }, { bytes: 500 });
    expect([wear(1000), wear(1250), wear(1251)]).toEqual([undefined, undefined, 'memory']);
    expect(wornOut({ windows: 9, bytes: undefined, bytesWhenReady: undefined }, { bytes: 1 })).toBe(
      undefined,
    );
  });
});

describe('cancelling', () => {
  test('an engine that heeds the cancelling is kept, and the next batch need not wait for its end', async () => {
    const w = withSpare([{ ...steady, heeds: true, run: () => ({ do: 'succeed', ms: 90 }) }]);
    w.ready();
    await w.clock.advance(200);
    const first = w.run(1);
    await w.clock.advance(10);
    first.abort();
    const second = w.run(2);
    await w.clock.advance(90);
    expect([first.result, second.result, w.replacements]).toEqual([['cancelled'], [2], []]);
  });

  test('one that does not let go is replaced by the spare without blame', async () => {
    const w = withSpare([
      { ...steady, run: (batch) => (idsOf(batch)[0] === 1 ? { do: 'hang' } : { do: 'succeed', ms: 5 }) },
    ]);
    w.ready();
    await w.clock.advance(200);
    const first = w.run(1);
    await w.clock.advance(10);
    first.abort();
    const second = w.run(2);
    await w.clock.advance(55);
    expect([second.result, w.replacements]).toEqual([[2], [{ reason: 'hang', ms: 0 }]]);
  });
});

test('how long a spare waits', () => {
  const after = (count: number, deaths: number, code: ErrorCode = 'engine_exited') =>
    Object.values(beforeSpare(count === 0 ? undefined : { count, code }, deaths, [200, 800]));
  expect([after(0, 0), after(0, 1), after(0, 2), after(0, 9)].map(([, ms]) => ms)).toEqual([0, 0, 200, 800]);
  expect([after(1, 0), after(2, 0)]).toEqual([
    ['wait', 200],
    ['wait', 800],
  ]);
  expect([after(3, 0), after(4, 9)]).toEqual([
    ['rest', 30_000],
    ['rest', 30_000],
  ]);
  expect(after(3, 0, 'out_of_memory')).toEqual(['never']);
});
