/** Client secrets of live sessions in Redis: whichever ingress gave one, it is valid at all of them. */
import type { Redis } from 'ioredis';
import { SottoError } from '../../shared/errors.ts';
import {
  hashOfSecret,
  isClientSecret,
  newClientSecret,
  type Secrets,
  type SecretsOptions,
} from '../realtime/secrets.ts';
import { LUA_NOW, luaScript } from './lua.ts';

/** What is kept of each; Redis forgets it when it is over. */
interface Kept {
  readonly config: Awaited<ReturnType<Secrets['check']>>;
  readonly host?: string | undefined;
}

const COMMON = `${LUA_NOW}
local P = KEYS[1]
local call = redis.call
local function name(hash) return P .. ':' .. hash end
`;

/** now, hash, how long, how many at most, what is kept. Gives until when, or nothing where there are too many. */
const CREATE = luaScript(`${COMMON}
call('ZREMRANGEBYSCORE', P, '-inf', now)
if call('ZCARD', P) >= tonumber(ARGV[4]) then return false end
local last = string.format('%.0f', now + ARGV[3])
call('ZADD', P, last, ARGV[2])
call('HSET', name(ARGV[2]), 'kept', ARGV[5], 'until', last)
call('PEXPIRE', name(ARGV[2]), ARGV[3])
return last
`);

/** now, hash */
const FIND = luaScript(`${COMMON}
local kept, last = unpack(call('HMGET', name(ARGV[2]), 'kept', 'until'))
return last and tonumber(last) > now and kept
`);

export interface RedisSecretsOptions extends SecretsOptions {
  /** `bounded` (redis.ts); whoever made it closes it */
  readonly redis: Redis;
  /** before every name; its braces keep all of them in one slot of a Redis Cluster */
  readonly prefix: string;
}

/** About half a kilobyte each. */
const MOST = 50_000;

/** By Redis' own clock unless another is given. Every method may reject with `cluster_unavailable`. */
export function createRedisSecrets({ redis, prefix, wall, most = MOST }: RedisSecretsOptions): Secrets {
  const keys = [prefix];
  const now = (): string | number => wall?.() ?? '';

  async function find(value: string): Promise<Kept | undefined> {
    if (!isClientSecret(value)) return undefined;
    const kept = await FIND.run(redis, keys, [now(), hashOfSecret(value)]);
    return typeof kept === 'string' ? (JSON.parse(kept) as Kept) : undefined;
  }

  return {
    async create(config, validMs, host) {
      const value = newClientSecret();
      const kept: Kept = { config, host };
      const until = await CREATE.run(redis, keys, [
        ...[now(), hashOfSecret(value), validMs, most],
        JSON.stringify(kept),
      ]);
      if (typeof until !== 'string') throw new SottoError('queue_full', 'client secrets');
      return { value, expiresAt: Math.floor(Number(until) / 1_000) };
    },
    async check(value) {
      const kept = await find(value);
      if (kept === undefined) throw new SottoError('key_refused');
      return kept.config;
    },
    hostOf: async (value) => (await find(value))?.host,
  };
}
