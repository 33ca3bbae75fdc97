/** Which machine is killed when, and how long it takes until another has taken up what a killed worker was reading. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { clusterKeys } from '../../server/cluster/keys.ts';
import type { ClusterProcess } from '../support/cluster-process.ts';
import type { Random } from '../support/random.ts';
import type { Machines } from './cluster-machines.ts';

export type ClusterBlow = 'worker' | 'ingress' | 'redis';

export interface ClusterStrike {
  readonly blow: ClusterBlow;
  /** jobs that a killed worker was reading; each taken over after so long; undefined: not within the bound */
  readonly takeovers: readonly (number | undefined)[];
}

const KEYS = clusterKeys('sotto');
const TAKEOVER_BOUND_MS = 30_000;
const LOOK_MS = 25;
const REDIS_AWAY_MS = 700;

/** Workers most often; Redis once in the middle. */
export function clusterBlows(count: number, random: Random): ClusterBlow[] {
  const others = Array.from(
    { length: Math.max(0, count - 1) },
    (_, index): ClusterBlow => (index % 3 === 2 ? 'ingress' : 'worker'),
  );
  const shuffled = random.shuffled(others);
  const middle = Math.floor(shuffled.length / 2);
  return count < 1 ? [] : [...shuffled.slice(0, middle), 'redis', ...shuffled.slice(middle)];
}

export async function clusterStrike(
  blow: ClusterBlow,
  machines: Machines,
  redis: Redis,
  random: Random,
): Promise<ClusterStrike> {
  if (blow === 'redis') {
    await machines.redis.kill();
    await sleep(REDIS_AWAY_MS);
    await machines.redis.start();
    return { blow, takeovers: [] };
  }
  const standing = machines.standing(blow);
  // One is always left, so that what follows has somewhere to go.
  if (standing.length < 2) return { blow, takeovers: [] };
  if (blow === 'ingress') {
    await machines.kill('ingress', random.pick(standing));
    return { blow, takeovers: [] };
  }
  const victim = await busyOne(standing, redis, random);
  const jobs = await jobsOf(victim.name, redis);
  const struck = performance.now();
  await machines.kill('worker', victim);
  return { blow, takeovers: await Promise.all(jobs.map((job) => takenOver(job, struck, redis))) };
}

interface Held {
  readonly id: string;
  readonly fence: string;
}

async function jobsOf(worker: string, redis: Redis): Promise<readonly Held[]> {
  const running = await redis.zrange(`${KEYS.prefix}:running`, 0, -1);
  const records = await Promise.all(running.map((id) => redis.hmget(KEYS.job(id), 'worker', 'fence')));
  return records.flatMap(([holder, fence], index) =>
    holder === worker ? [{ id: running[index] ?? '', fence: fence ?? '' }] : [],
  );
}

/** Of those that read something just now, where there is one. */
async function busyOne(
  standing: readonly ClusterProcess[],
  redis: Redis,
  random: Random,
): Promise<ClusterProcess> {
  for (const each of random.shuffled(standing)) {
    if ((await jobsOf(each.name, redis)).length > 0) return each;
  }
  return random.pick(standing);
}

/** Until another has begun it, or it is over. */
async function takenOver({ id, fence }: Held, struck: number, redis: Redis): Promise<number | undefined> {
  while (performance.now() - struck < TAKEOVER_BOUND_MS) {
    const now = await redis.hget(KEYS.job(id), 'fence').catch(() => fence);
    if (now !== fence) return performance.now() - struck;
    await sleep(LOOK_MS);
  }
  return undefined;
}
