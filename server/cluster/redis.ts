/** Connections to the Redis that the machines share: how long they wait, what is checked, and how they stand. */
import { Redis, type RedisOptions } from 'ioredis';
import { SottoError } from '../../shared/errors.ts';

/**
 * `bounded`: a command fails within COMMAND_MS where Redis is not there, so that requests are answered in time.
 * `patient`: a command waits until Redis is there again; for BullMQ's workers, and for blocking reads (a connection each).
 */
export type RedisPatience = 'bounded' | 'patient';

/** How a connection stands; times are epoch milliseconds. */
export type RedisState =
  | { readonly name: 'connecting' }
  | { readonly name: 'ready' }
  | { readonly name: 'lost'; readonly since: number; readonly why: string }
  | { readonly name: 'closed' };

export interface RedisLink {
  readonly redis: Redis;
  state(): RedisState;
  /** Called each time that it is ready, the first time too. Returns what unsubscribes. */
  onReady(listener: () => void): () => void;
  /** Resolves when ready; rejects with `cluster_unavailable` after `ms`. */
  ready(ms: number): Promise<void>;
  /** Idempotent. */
  close(): void;
}

/** What an operator should put right; the server runs all the same. */
export interface RedisWarning {
  readonly code: 'eviction' | 'no_aof' | 'fsync' | 'unknown';
  /** one sentence */
  readonly text: string;
}

export const COMMAND_MS = 3_000;
const LONGEST_PAUSE_MS = 1_000;

/** As BullMQ wants them: `maxRetriesPerRequest` null for whoever blocks. Exported for its Worker and Queue. */
export function redisOptions(patience: RedisPatience): RedisOptions {
  return {
    connectTimeout: 5_000,
    keepAlive: 10_000,
    // 50 ms, 100 ms, … a second, for ever; a little by lot, so that machines do not come back all at once.
    retryStrategy: (tries) =>
      Math.min(25 * 2 ** Math.min(tries, 8), LONGEST_PAUSE_MS) * (0.8 + 0.4 * Math.random()),
    // After a failover the address may still be that of a replica: connect anew.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
    ...(patience === 'patient'
      ? { maxRetriesPerRequest: null }
      : // Nothing is sent twice or later: who asked was told that it failed.
        { maxRetriesPerRequest: 0, enableOfflineQueue: false, commandTimeout: COMMAND_MS }),
  };
}

/** Connects in the background. `why` in its state holds no password. */
export function connectRedis(url: string, patience: RedisPatience): RedisLink {
  const redis = new Redis(url, redisOptions(patience));
  let state: RedisState = { name: 'connecting' };
  let why = 'the connection ended';
  const lose = () => {
    if (state.name === 'closed' || state.name === 'lost') return;
    state = { name: 'lost', since: Date.now(), why };
  };
  redis.on('ready', () => {
    if (state.name !== 'closed') state = { name: 'ready' };
  });
  redis.on('close', lose);
  redis.on('end', lose);
  // Without a listener an error would end the process; what follows it is `close` and a new try.
  redis.on('error', (error: Error) => {
    why = reasonOf(error);
    if (state.name === 'lost') state = { ...state, why };
  });
  return {
    redis,
    state: () => state,
    onReady(listener) {
      redis.on('ready', listener);
      return () => void redis.off('ready', listener);
    },
    ready(ms) {
      if (redis.status === 'ready') return Promise.resolve();
      return new Promise((resolve, reject) => {
        const done = () => {
          clearTimeout(timer);
          redis.off('ready', onReady);
        };
        const onReady = () => {
          done();
          resolve();
        };
        const timer = setTimeout(() => {
          done();
          reject(new SottoError('cluster_unavailable', state.name === 'lost' ? state.why : undefined));
        }, ms);
        redis.once('ready', onReady);
      });
    },
    close() {
      if (state.name === 'closed') return;
      state = { name: 'closed' };
      redis.disconnect();
    },
  };
}

/** ECONNREFUSED and the like where there is one: a message may name more. */
function reasonOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message.slice(0, 120);
}

/** Whatever a command was refused with, as what a client is told. */
export function toClusterError(thrown: unknown): SottoError {
  if (thrown instanceof SottoError) return thrown;
  const detail = thrown instanceof Error ? reasonOf(thrown) : String(thrown);
  return new SottoError('cluster_unavailable', detail, { cause: thrown });
}

/** Rejects only where Redis does not answer. */
export async function checkRedis(redis: Redis): Promise<readonly RedisWarning[]> {
  const info = fieldsOf(await redis.info());
  const fsync = await redis.config('GET', 'appendfsync').then(
    (pair) => (Array.isArray(pair) ? String(pair[1] ?? '') : ''),
    // Hosted ones do not let it be read.
    () => '',
  );
  return warningsOf({
    policy: info.get('maxmemory_policy'),
    aof: info.get('aof_enabled'),
    fsync: fsync === '' ? undefined : fsync,
  });
}

export interface RedisSettings {
  readonly policy: string | undefined;
  /** `1` or `0` */
  readonly aof: string | undefined;
  /** always, everysec or no; undefined: it cannot be read */
  readonly fsync: string | undefined;
}

/** Pure. */
export function warningsOf({ policy, aof, fsync }: RedisSettings): readonly RedisWarning[] {
  const warnings: RedisWarning[] = [];
  if (policy !== 'noeviction') {
    warnings.push({
      code: 'eviction',
      text: `Redis may throw jobs away when its memory is full (maxmemory-policy ${policy ?? 'unknown'}): set it to noeviction.`,
    });
  }
  if (aof !== '1') {
    warnings.push({ code: 'no_aof', text: 'Redis keeps nothing over a restart: set appendonly to yes.' });
  } else if (fsync === undefined) {
    warnings.push({
      code: 'unknown',
      text: 'Redis does not say how often it writes to the disk: appendfsync should be always.',
    });
  } else if (fsync !== 'always') {
    warnings.push({
      code: 'fsync',
      text: `A loss of power may cost jobs of the last second (appendfsync ${fsync}): set it to always.`,
    });
  }
  return warnings;
}

function fieldsOf(info: string): ReadonlyMap<string, string> {
  return new Map(
    info.split('\r\n').flatMap((line) => {
      const [name = '', ...rest] = line.split(':');
      return rest.length === 0 ? [] : [[name, rest.join(':')] as const];
    }),
  );
}
