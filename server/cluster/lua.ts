/** Lua scripts on Redis: each runs whole, with nothing of others in between. */
import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { toClusterError } from './redis.ts';

export interface Script {
  /** Rejects with `cluster_unavailable`. */
  run(redis: Redis, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown>;
}

/** Sent by its digest, and whole where Redis does not know it: the first time, and after each of its restarts. */
export function luaScript(text: string): Script {
  const sha = createHash('sha1').update(text).digest('hex');
  return {
    async run(redis, keys, args) {
      try {
        return await redis.evalsha(sha, keys.length, ...keys, ...args);
      } catch (thrown) {
        if (!(thrown instanceof Error && thrown.message.startsWith('NOSCRIPT'))) throw toClusterError(thrown);
      }
      try {
        return await redis.eval(text, keys.length, ...keys, ...args);
      } catch (thrown) {
        throw toClusterError(thrown);
      }
    },
  };
}

/** `local now`: Redis' own clock in milliseconds, so that machines agree; or what ARGV[1] says (tests). */
export const LUA_NOW = `
local now = tonumber(ARGV[1])
if not now then
  local t = redis.call('TIME')
  now = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
end
`;
