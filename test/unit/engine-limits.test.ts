import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { exitReason, kernelOomKills } from '../../server/engine/exit-reason.ts';
import { isStopped } from '../../server/engine/fork.ts';
import { createDeadlines, DEFAULT_ENGINE_LIMITS, supervisorLimits } from '../../server/engine/limits.ts';
import { DEFAULT_LIMITS } from '../../shared/host/policy.ts';
import { createFakeHost, FAKE_INFO } from '../support/fake-host.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

const batch = (windows: number) => ({
  windows: Array.from({ length: windows }, () => ({ samples: new Float32Array(16_000) })),
  options: { task: 'transcribe' as const },
});

describe('deadlines', () => {
  test('are generous until a run was measured, then follow it, and never fall below the floor', async () => {
    const clock = createVirtualClock();
    const deadlines = createDeadlines({ deadlineFloorMs: 1_000, deadlineFactor: 20 }, clock);
    const ms = (windows: number) => deadlines.of(batch(windows), FAKE_INFO);
    expect(ms(1)).toBe(DEFAULT_LIMITS.runDeadlineMs(batch(1), FAKE_INFO));
    const host = deadlines.measuring(createFakeHost(clock, { run: () => ({ do: 'succeed', ms: 400 }) }));
    const start = host.start(() => undefined);
    await clock.advance(0);
    await start;
    const run = host.run(batch(2));
    await clock.advance(400);
    await run;
    // 400 ms for two windows of 10 s: 200 ms a window, 20 times that
    expect([ms(1), ms(3)]).toEqual([4_000, 12_000]);
    const quick = createDeadlines({ deadlineFloorMs: 9_000, deadlineFactor: 20 }, clock);
    const other = quick.measuring(createFakeHost(clock, { run: () => ({ do: 'succeed', ms: 1 }) }));
    const started = other.start(() => undefined);
    await clock.advance(0);
    await started;
    const read = other.run(batch(1));
    await clock.advance(1);
    await read;
    expect(quick.of(batch(1), FAKE_INFO)).toBe(9_000);
  });

  test('runs that failed measure nothing', async () => {
    const clock = createVirtualClock();
    const deadlines = createDeadlines(DEFAULT_ENGINE_LIMITS, clock);
    const host = deadlines.measuring(
      createFakeHost(clock, { run: () => ({ do: 'reject', code: 'internal', ms: 5 }) }),
    );
    const start = host.start(() => undefined);
    await clock.advance(0);
    await start;
    const run = host.run(batch(1)).catch(() => 'rejected');
    await clock.advance(5);
    expect(await run).toBe('rejected');
    expect(deadlines.of(batch(1), FAKE_INFO)).toBe(DEFAULT_LIMITS.runDeadlineMs(batch(1), FAKE_INFO));
  });
});

test("the operator's sizes become the supervisor's bytes, and what is not said is no limit", () => {
  const wear = (limits: Partial<typeof DEFAULT_ENGINE_LIMITS>) =>
    supervisorLimits({ ...DEFAULT_ENGINE_LIMITS, ...limits }, { of: () => 1 }).wear;
  expect(wear({ memoryMb: 2, growthMb: 1, recycleWindows: 5 })).toEqual({
    bytes: 2_097_152,
    growthBytes: 1_048_576,
    windows: 5,
  });
  expect(wear({ memoryMb: undefined, growthMb: undefined, recycleWindows: undefined })).toEqual({});
});

describe('why a process ended', () => {
  const none = { before: 3, after: 3 };
  const why = (
    end: { code: number | null; signal: NodeJS.Signals | null; error?: Error },
    stderr = '',
    kills = none,
  ) => {
    const { code, detail } = exitReason(end, stderr, kills);
    return `${code}: ${detail}`;
  };

  test.each([
    ['a signal', { code: null, signal: 'SIGSEGV' }, '', none, 'engine_exited: signal SIGSEGV'],
    ['an exit code', { code: 7, signal: null }, '\nbad luck\n', none, 'engine_exited: exit code 7: bad luck'],
    ['a kill by someone', { code: null, signal: 'SIGKILL' }, '', none, 'engine_exited: signal SIGKILL'],
    [
      'a kill by the kernel',
      { code: null, signal: 'SIGKILL' },
      '',
      { before: 3, after: 4 },
      'out_of_memory: signal SIGKILL',
    ],
    [
      'another process of the machine killed by the kernel',
      { code: 1, signal: null },
      '',
      { before: 3, after: 4 },
      'engine_exited: exit code 1',
    ],
    [
      'V8',
      { code: null, signal: 'SIGABRT' },
      'FATAL ERROR: JavaScript heap out of memory',
      none,
      'out_of_memory: signal SIGABRT: FATAL ERROR: JavaScript heap out of memory',
    ],
    [
      'C++',
      { code: null, signal: 'SIGABRT' },
      "terminate called after throwing 'std::bad_alloc'",
      none,
      "out_of_memory: signal SIGABRT: terminate called after throwing 'std::bad_alloc'",
    ],
  ] as const)('%s', (_, end, stderr, kills, expected) => {
    expect(why(end, stderr, kills)).toBe(expected);
  });

  test('what could not be started', () => {
    expect(why({ code: null, signal: null, error: new Error('EAGAIN') })).toBe(
      'engine_exited: could not be started: EAGAIN',
    );
  });

  test('only the end of what it said is kept', () => {
    expect(why({ code: 1, signal: null }, 'x'.repeat(10_000)).length).toBeLessThan(500);
  });

  test("the kernel's count is a number", () => {
    expect(kernelOomKills()).toBeGreaterThanOrEqual(0);
  });
});

test.skipIf(process.platform !== 'linux')(
  'a process that a signal has stopped is told from one that works',
  async () => {
    const child = spawn('sleep', ['60']);
    await once(child, 'spawn');
    const becomes = async (stopped: boolean) => {
      while (isStopped(child.pid) !== stopped) await new Promise((resolve) => setTimeout(resolve, 1));
    };
    await becomes(false);
    child.kill('SIGSTOP');
    await becomes(true);
    child.kill('SIGCONT');
    await becomes(false);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect([isStopped(child.pid), isStopped(undefined)]).toEqual([false, false]);
  },
);
