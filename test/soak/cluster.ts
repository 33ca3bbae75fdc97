/** Many machines asked by more clients than they can serve, while any of them is killed and Redis is started anew. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { connectRedis } from '../../server/cluster/redis.ts';
import { fixturePath } from '../support/fixtures.ts';
import { percentile } from '../support/percentile.ts';
import { createRandom } from '../support/random.ts';
import { createClient, requestBytes } from './client.ts';
import type { ClusterOrders, MachineNews } from './cluster-generator.ts';
import { type LiveTold, talk } from './cluster-live.ts';
import { startMachines } from './cluster-machines.ts';
import { type ClusterStrike, clusterBlows, clusterStrike } from './cluster-strikes.ts';
import type { ClusterTally } from './cluster-tally.ts';

export interface ClusterSoakOptions {
  readonly seconds: number;
  readonly clients: number;
  readonly ingresses: number;
  readonly workers: number;
  readonly kills: number;
  /** live sessions beside the clients */
  readonly sessions: number;
  readonly seed: number;
  readonly node: readonly string[];
  readonly log?: (line: string) => void;
}

export interface ClusterFigures {
  readonly served: number;
  readonly refused: number;
  readonly lost: number;
  readonly doubled: number;
  readonly refusal_p99_ms: number | null;
  /** the longest, of all jobs that killed workers were reading; null: none was */
  readonly takeover_s: number | null;
  /** events that told someone their place */
  readonly queue_status: number;
  /** of those, places that were worse than the one before, and nothing was killed just then */
  readonly places_grew: number;
}

export interface ClusterReport {
  readonly figures: ClusterFigures;
  readonly tally: ClusterTally;
  readonly strikes: readonly ClusterStrike[];
  readonly live: LiveTold;
}

const FIXTURE = 'opus.webm';
const DRAIN_SECONDS = 60;
const QUIET_MS = 60_000;

export async function runClusterSoak(options: ClusterSoakOptions): Promise<ClusterReport> {
  const { seconds, clients, seed, log = () => undefined } = options;
  const folder = await mkdtemp(join(tmpdir(), 'sotto-cluster-soak-'));
  let tell = (_news: MachineNews): void => {};
  const machines = await startMachines({ ...options, folder, onPorts: (ports) => tell({ ports }) });
  const link = connectRedis(machines.redis.url, 'patient');
  try {
    const expected = await undisturbed(machines.ports()[0] ?? 0);
    log(`${options.ingresses} ingresses and ${options.workers} workers read "${expected}"`);
    const orders = { clients, seconds, drainSeconds: DRAIN_SECONDS, seed, fixture: FIXTURE, expected };
    const load = startLoad(orders);
    tell = load.tell;
    load.tell({ ports: machines.ports() });
    const over = AbortSignal.timeout(seconds * 1_000);
    const talking = talk({ sessions: options.sessions, ports: machines.ports, over });
    const random = createRandom(seed);
    const blows = clusterBlows(options.kills, random);
    const striking: Promise<ClusterStrike>[] = [];
    for (const blow of blows) {
      await sleep((seconds * 1_000) / (blows.length + 1));
      log(blow);
      tell('blow');
      striking.push(clusterStrike(blow, machines, link.redis, random));
      if (blow === 'redis') await striking.at(-1);
    }
    const [tally, live, strikes] = await Promise.all([load.told, talking, Promise.all(striking)]);
    return { tally, live, strikes, figures: figuresOf(tally, live, strikes) };
  } finally {
    link.close();
    await machines.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function figuresOf(tally: ClusterTally, live: LiveTold, strikes: readonly ClusterStrike[]): ClusterFigures {
  const takeovers = strikes.flatMap((strike) => strike.takeovers);
  const longest = takeovers.reduce<number>((most, ms) => Math.max(most, ms ?? Number.POSITIVE_INFINITY), 0);
  return {
    served: tally.served + live.served,
    refused: tally.refused,
    lost: tally.lost + live.lost,
    doubled: tally.doubled,
    refusal_p99_ms: percentile(tally.refusals, 0.99),
    takeover_s: takeovers.length === 0 ? null : Math.round(longest) / 1_000,
    queue_status: tally.places.queueStatus,
    places_grew: tally.places.grew,
  };
}

/** What the recording says when nobody else is there: every answer under load must be this. */
async function undisturbed(port: number): Promise<string> {
  const client = createClient(port, requestBytes(readFileSync(fixturePath(FIXTURE)), FIXTURE), QUIET_MS);
  const until = performance.now() + QUIET_MS;
  for (;;) {
    const reply = await client.ask();
    if (reply.status === 200) {
      client.close();
      return (JSON.parse(reply.body) as { text: string }).text.trim();
    }
    // Engines may still start.
    if (performance.now() > until) throw new Error(`quiet machines answered ${reply.status} ${reply.code}`);
    await sleep(250);
  }
}

function startLoad(orders: ClusterOrders) {
  const entry = fileURLToPath(new URL('./cluster-generator.ts', import.meta.url));
  const generator = fork(entry, [JSON.stringify(orders)], { execArgv: ['--import', 'tsx'] });
  const stop = () => void generator.kill();
  process.once('exit', stop);
  return {
    tell: (news: MachineNews) => void (generator.connected && generator.send(news)),
    told: Promise.race([
      once(generator, 'message').then(([tally]) => tally as ClusterTally),
      once(generator, 'exit').then(([code]): never => {
        throw new Error(`the load ended with ${code}`);
      }),
    ]).finally(() => {
      process.off('exit', stop);
      generator.kill();
    }),
  };
}
