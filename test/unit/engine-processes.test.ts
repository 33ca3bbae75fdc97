/** The engine's processes as they are: real signals, the real model. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EngineBatch, WindowReading } from '../../shared/asr/engine.ts';
import type { Outcome } from '../../shared/errors.ts';
import { loadTestEngine } from '../support/models.ts';
import { sentenceWindows } from '../support/sentence-windows.ts';
import { isAlive, startWatched, type WatchedEngine, type WatchedProcess } from '../support/server-engine.ts';

let batch: EngineBatch;
/** all windows in one batch, and each in one of its own: q8 rounds by what is read together */
let together: WindowReading[];
const alone: WindowReading[] = [];

beforeAll(async () => {
  const sentences = await sentenceWindows();
  const windows = sentences.slice(0, 4).map(({ samples }) => ({ samples }));
  batch = { windows, options: { task: 'transcribe' } };
  const inProcess = await loadTestEngine('sotto-demo-en', 'q8', { lanes: 4 });
  together = await inProcess.run(batch);
  for (const window of batch.windows) {
    alone.push(...(await inProcess.run({ ...batch, windows: [window] })));
  }
  await inProcess.dispose();
});

const never = () => new AbortController().signal;
const values = (outcomes: readonly Outcome<WindowReading>[]) =>
  outcomes.map((outcome) => (outcome.ok ? outcome.value.tokens : outcome.error));
const tokens = (readings: readonly WindowReading[]) => readings.map((reading) => reading.tokens);

/** Once it has begun to read. */
async function inTheMidst(victim: Promise<WatchedProcess>): Promise<WatchedProcess> {
  const process = await victim;
  while (process.host.reached?.() === false) await new Promise((resolve) => setTimeout(resolve, 1));
  return process;
}

describe('an engine with a spare', () => {
  let watched: WatchedEngine;
  let coldStartMs: number;

  beforeAll(async () => {
    const limits = { deadlineFloorMs: 2_000, deadlineFactor: 3 };
    watched = await startWatched({ limits }, { takeUpMs: 5_000, pingMs: 250 });
    const started = performance.now();
    await watched.engine.ready();
    coldStartMs = performance.now() - started;
    await watched.spareReady();
  });
  afterAll(async () => {
    await watched.engine.close();
  });

  test('reads what the engine in this process reads, on the same weights', async () => {
    const outcomes = await watched.engine.run(batch, never());
    expect(outcomes).toEqual(together.map((value) => ({ ok: true, value })));
    expect(watched.engine.status().devices.map(({ outcome }) => outcome)).toEqual([
      'not-tried',
      'not-tried',
      'chosen',
    ]);
    expect(watched.processes[0]?.host.memoryBytes?.()).toBeGreaterThan(2 ** 25);
  });

  test('killed in mid-run: the text comes out whole, from the spare, sooner than an engine could start', async () => {
    const victim = watched.nextRun();
    const replaced = watched.nextReplacement();
    let done = false;
    const running = watched.engine.run(batch, never()).finally(() => {
      done = true;
    });
    const { pid } = await inTheMidst(victim);
    expect(done, 'the run was still in flight').toBe(false);
    const killed = performance.now();
    process.kill(pid, 'SIGKILL');
    const { reason, ms } = await replaced;
    const replacedMs = performance.now() - killed;
    expect(values(await running)).toEqual(tokens(alone));
    const servedMs = performance.now() - killed;
    console.log(
      `SIGKILL to the spare at work ${replacedMs.toFixed(0)} ms, to the text of 4 windows ${servedMs.toFixed(0)} ms, a cold start ${coldStartMs.toFixed(0)} ms`,
    );
    expect(reason).toBe('exit');
    expect(ms).toBeLessThan(coldStartMs / 2);
    expect(isAlive(pid)).toBe(false);
  });

  test('stopped in mid-run: noticed by the deadline, replaced, the text whole', async () => {
    await watched.spareReady();
    const victim = watched.nextRun();
    const replaced = watched.nextReplacement();
    const running = watched.engine.run(batch, never());
    const { pid } = await inTheMidst(victim);
    process.kill(pid, 'SIGSTOP');
    expect(values(await running)).toEqual(tokens(alone));
    expect((await replaced).reason).toBe('hang');
    await watched.spareReady();
    expect(isAlive(pid)).toBe(false);
  });

  test('killed while idle: the spare serves at once, and a new one comes', async () => {
    const before = watched.processes.length;
    const [spare] = watched.processes.slice(-1);
    const [engine] = watched.processes.slice(-2);
    const replaced = watched.nextReplacement();
    process.kill(engine?.pid ?? 0, 'SIGKILL');
    await replaced;
    expect(watched.engine.status().state.name).toBe('ready');
    const serving = watched.nextRun();
    expect(values(await watched.engine.run(batch, never()))).toEqual(tokens(together));
    expect((await serving).pid).toBe(spare?.pid);
    await watched.spareReady();
    expect(watched.processes.length).toBe(before + 1);
    expect(watched.engine.status().restarts).toEqual({ exit: 2, hang: 1, memory: 0, recycle: 0 });
  });

  test('a spare that is stopped is noticed while nobody needs it, and replaced', async () => {
    const [spare] = watched.processes.slice(-1);
    process.kill(spare?.pid ?? 0, 'SIGSTOP');
    await spare?.host.exited;
    expect(isAlive(spare?.pid ?? 0)).toBe(false);
    await watched.spareReady();
    expect(watched.engine.status().restarts).toEqual({ exit: 2, hang: 1, memory: 0, recycle: 0 });
  });

  test('a cancelled run ends between decoder steps, and the engine is kept', async () => {
    const serving = watched.nextRun();
    const stop = new AbortController();
    const running = watched.engine.run(batch, stop.signal);
    const { pid, host } = await serving;
    stop.abort();
    expect(values(await running)).toEqual(batch.windows.map(() => ({ code: 'cancelled' })));
    expect(values(await watched.engine.run(batch, never()))).toEqual(tokens(together));
    expect([host.pid, watched.engine.status().restarts.hang]).toEqual([pid, 1]);
  });

  test('Ctrl-C in the terminal, which every process of the group gets, is left to the server', async () => {
    const before = watched.processes.length;
    for (const { pid, host } of watched.processes.slice(-2)) {
      if (host.pid === undefined) continue;
      process.kill(pid, 'SIGINT');
      process.kill(pid, 'SIGTERM');
    }
    expect(values(await watched.engine.run(batch, never()))).toEqual(tokens(together));
    expect([watched.processes.length, watched.engine.status().spare]).toEqual([before, 'ready']);
  });

  test('closing ends every process', async () => {
    await watched.engine.close();
    expect(watched.processes.filter(({ pid }) => isAlive(pid))).toEqual([]);
    expect(values(await watched.engine.run(batch, never()))).toEqual(
      batch.windows.map(() => ({ code: 'closed' })),
    );
  });
});

test('a stopped spare takes over from a killed engine: neither is the blame of the audio', async () => {
  const watched = await startWatched({}, { takeUpMs: 500, pingMs: 60_000 });
  await watched.engine.ready();
  await watched.spareReady();
  process.kill(watched.processes[1]?.pid ?? 0, 'SIGSTOP');
  const victim = watched.nextRun();
  const running = watched.engine.run({ ...batch, windows: batch.windows.slice(0, 1) }, never());
  process.kill((await inTheMidst(victim)).pid, 'SIGKILL');
  expect(values(await running)).toEqual(tokens(alone.slice(0, 1)));
  expect(watched.engine.status().restarts).toMatchObject({ exit: 1, hang: 1 });
  await watched.engine.close();
});

test('without a spare the engine is seen to start again by itself, and what was in flight is read', async () => {
  const watched = await startWatched({ spares: 0, cpus: '0' });
  await watched.engine.ready();
  const victim = watched.nextRun();
  const running = watched.engine.run(batch, never());
  process.kill((await inTheMidst(victim)).pid, 'SIGKILL');
  await watched.processes[0]?.host.exited;
  expect(['idle', 'backing-off', 'starting']).toContain(watched.engine.status().state.name);
  expect(watched.engine.status().spare).toBe('none');
  expect(values(await running)).toEqual(tokens(alone));
  expect(watched.processes).toHaveLength(2);
  // Every thread of it is kept to the cores that it was given.
  const { pid } = watched.processes[1] as WatchedProcess;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    expect(readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8')).toMatch(/^Cpus_allowed_list:\t0$/m);
  }
  await watched.engine.close();
});

test('an engine that cannot start is tried once, and everyone is told why', async () => {
  const watched = await startWatched({ folders: [] });
  await expect(watched.engine.ready()).rejects.toMatchObject({ code: 'model_not_found' });
  const outcomes = await watched.engine.run(batch, never());
  expect(outcomes.map((outcome) => !outcome.ok && outcome.error.code)).toEqual(
    batch.windows.map(() => 'model_not_found'),
  );
  expect(watched.engine.status().state).toMatchObject({ name: 'failed', error: { code: 'model_not_found' } });
  expect(watched.processes).toHaveLength(1);
  await watched.engine.close();
});

test('the engine ends with its parent, however that ended', async () => {
  const parent = spawn(process.execPath, ['--import', 'tsx', 'test/support/engine-parent.ts'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = await once(parent.stdout.setEncoding('utf8'), 'data');
  const pid = Number(said);
  expect(isAlive(pid)).toBe(true);
  parent.kill('SIGKILL');
  const until = performance.now() + 10_000;
  while (isAlive(pid) && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(isAlive(pid)).toBe(false);
});
