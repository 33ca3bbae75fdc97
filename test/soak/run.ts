/** A real server, quiet and then asked by more clients than it can serve. */
import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from '../bench/stats.ts';
import { fixturePath } from '../support/fixtures.ts';
import { percentile } from '../support/percentile.ts';
import { residentBytes, serverChildren } from '../support/server-children.ts';
import { startServer } from '../support/server-process.ts';
import { createClient, requestBytes } from './client.ts';
import type { Orders, Told } from './generator.ts';
import { LAG_PROBE, type Lag, readLag, resetLag } from './lag-probe.ts';
import { slope, type Tally } from './tally.ts';

export interface SoakOptions {
  readonly seconds: number;
  readonly clients: number;
  /** reads without a load, before and after it */
  readonly quietReads?: number;
  /** what stands before the server's arguments: what test/support/programs.ts has */
  readonly node: readonly string[];
  /**
   * `apart`: engines have the machine's last core, and server, decoders and this load the others, as with cores enough
   * they would by themselves. Else the load's own work counts as the engine's.
   */
  readonly cores?: 'shared' | 'apart';
}

export interface SoakFigures {
  readonly served: number;
  readonly refused: number;
  readonly timed_out: number;
  readonly undefined_outcomes: number;
  readonly refusal_p50_ms: number | null;
  readonly refusal_p99_ms: number | null;
  readonly loop_lag_p99_ms: number;
  /** of the server and its engines, after the first fifth */
  readonly rss_slope_mb_min: number;
  /** median time of the engine for the same file: loaded over unloaded, which was measured before and after */
  readonly inference_ratio: number | null;
}

export interface SoakReport {
  readonly figures: SoakFigures;
  readonly tally: Tally;
  readonly lag: Lag;
  readonly growth: Growth;
  readonly generatorLagP99Ms: number;
}

const FIXTURE = 'opus.webm';
const QUIET_READS = 40;
const SAMPLE_MS = 1_000;

const SETTINGS = { ASR_ENABLED: 'on', ASR_DEVICE: 'cpu', ASR_THREADS: '1', ASR_MAX_CONCURRENT: '1' };

export async function runSoak(options: SoakOptions): Promise<SoakReport> {
  const { seconds, clients, node, quietReads = QUIET_READS, cores = 'shared' } = options;
  const folder = await mkdtemp(join(tmpdir(), 'sotto-soak-'));
  const spool = join(folder, 'spool');
  await mkdir(spool);
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>Sotto</title>');
  const env = {
    ...SETTINGS,
    ...(cores === 'apart' ? { ASR_ENGINE_CPUS: keepOffTheLastCore() } : {}),
    SOTTO_WEB: folder,
    ASR_SPOOL_DIR: spool,
    ASR_JOBS_DIR: join(folder, 'jobs'),
  };
  const server = startServer(['--port', '0'], env, [...LAG_PROBE, ...node], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const pid = server.child.pid as number;
  try {
    const port = Number(new URL(await server.address).port);
    const before = await quietInference(port, quietReads);
    resetLag(server.child);
    const memory = watchMemory(pid, seconds);
    const { tally, ownLagP99Ms } = await load({ port, clients, seconds, fixture: FIXTURE });
    const lag = await readLag(server.child);
    const growth = memory.stop();
    const after = await quietInference(port, quietReads);
    const loaded = tally.inferences.length > 0 ? median(tally.inferences) : undefined;
    return {
      tally,
      lag,
      growth,
      generatorLagP99Ms: ownLagP99Ms,
      figures: {
        served: tally.served,
        refused: tally.refused,
        timed_out: tally.timedOut,
        undefined_outcomes: tally.undefinedOutcomes,
        refusal_p50_ms: percentile(tally.refusals, 0.5),
        refusal_p99_ms: percentile(tally.refusals, 0.99),
        loop_lag_p99_ms: round(lag.p99),
        rss_slope_mb_min: round(growth.server + growth.engines),
        inference_ratio: loaded === undefined ? null : round(loaded / median([...before, ...after])),
      },
    };
  } finally {
    server.child.kill('SIGTERM');
    await server.ended;
    await rm(folder, { recursive: true, force: true });
  }
}

/** Holds for this process and all that it starts from now on. Answers with the last core. */
function keepOffTheLastCore(): string {
  const last = availableParallelism() - 1;
  if (last < 1) throw new Error('one core cannot be shared out');
  execFileSync('taskset', ['-a', '-c', '-p', `0-${last - 1}`, String(process.pid)]);
  return String(last);
}

/** Milliseconds of the engine for the same file, one after another, with nobody else there. */
async function quietInference(port: number, reads: number): Promise<number[]> {
  const client = createClient(port, requestBytes(readFileSync(fixturePath(FIXTURE)), FIXTURE), 60_000);
  const times: number[] = [];
  // The first of a fresh server also waits for its start.
  for (let read = 0; read <= reads; read += 1) {
    const { status, inferenceMs } = await client.ask();
    if (status !== 200 || inferenceMs === undefined) throw new Error(`a quiet server answered ${status}`);
    if (read > 0) times.push(inferenceMs);
  }
  client.close();
  return times;
}

async function load(orders: Orders): Promise<Told> {
  const entry = fileURLToPath(new URL('./generator.ts', import.meta.url));
  const generator = fork(entry, [JSON.stringify(orders)], { execArgv: ['--import', 'tsx'] });
  try {
    const [told] = await Promise.race([
      once(generator, 'message') as Promise<[Told]>,
      once(generator, 'exit').then(([code]) => {
        throw new Error(`the load ended with ${code}`);
      }),
    ]);
    return told;
  } finally {
    generator.kill();
  }
}

/** MB a minute. */
export interface Growth {
  readonly server: number;
  readonly engines: number;
}

function watchMemory(server: number, seconds: number): { stop(): Growth } {
  const points: { readonly minutes: number; readonly server: number; readonly engines: number }[] = [];
  const began = performance.now();
  const timer = setInterval(() => {
    const passed = (performance.now() - began) / 1_000;
    if (passed < seconds / 5) return;
    const engines = serverChildren(server).filter(({ entry }) => entry === 'engine');
    points.push({
      minutes: passed / 60,
      server: mbOf([server]),
      engines: mbOf(engines.map(({ pid }) => pid)),
    });
  }, SAMPLE_MS);
  const growth = (of: keyof Growth) => slope(points.map((point) => [point.minutes, point[of]] as const));
  return {
    stop() {
      clearInterval(timer);
      return { server: growth('server'), engines: growth('engines') };
    },
  };
}

const mbOf = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => sum + (residentBytes(pid) ?? 0), 0) / 2 ** 20;

const round = (value: number): number => Math.round(value * 1_000) / 1_000;
