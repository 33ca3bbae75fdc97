/**
 * Places for live sessions on the workers, in Redis. A worker says every second where it is and how many it has; an
 * ingress leases one of them for each of its sessions. Both lapse when they are not said again: whoever dies holds
 * nothing. All times are Redis' own.
 */
import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { luaScript } from './lua.ts';
import { toClusterError } from './redis.ts';

/** What a worker says of its places. */
export interface LiveWorker {
  readonly id: string;
  /** `ws://host:port` */
  readonly address: string;
  readonly places: number;
  /** catalogue ids that it reads */
  readonly models: readonly string[];
  /** windows of everybody that are read before a newcomer's */
  readonly pending: number;
}

export interface LiveLease {
  /** nobody can guess it: it opens the worker's door (realtime/window-listener.ts) */
  readonly id: string;
  readonly worker: LiveWorker;
}

export interface LiveStanding extends LiveWorker {
  /** places that are leased, by whoever */
  readonly taken: number;
}

export interface LivePlaces {
  /** A worker: that it is there, until it has not said so for LIVE_GONE_MS. */
  announce(worker: LiveWorker): Promise<void>;
  withdraw(id: string): Promise<void>;
  /** A place at the worker with the most room of those that read the model; undefined: there is none. */
  lease(model: string, avoid: readonly string[]): Promise<LiveLease | undefined>;
  free(lease: LiveLease): Promise<void>;
  /** Of one ingress, every second: renews its leases, and answers how the workers stand. */
  beat(leases: readonly LiveLease[]): Promise<readonly LiveStanding[]>;
  /** A worker: whether someone holds this lease of its places. */
  holds(worker: string, lease: string): Promise<boolean>;
}

export const LIVE_BEAT_MS = 1_000;
export const LIVE_GONE_MS = 5_000;

const COMMON = `
local P = KEYS[1]
local call = redis.call
local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local workers = P .. ':live'
local function said(id) return call('HGET', P .. ':live:said', id) end
local function leases(id) return P .. ':live:leases:' .. id end
local function taken(id)
  call('ZREMRANGEBYSCORE', leases(id), '-inf', now)
  return call('ZCARD', leases(id))
end
local function present()
  for _, id in ipairs(call('ZRANGEBYSCORE', workers, '-inf', now)) do call('HDEL', P .. ':live:said', id) end
  call('ZREMRANGEBYSCORE', workers, '-inf', now)
  return call('ZRANGE', workers, 0, -1)
end
local function take(id, lease, lasts)
  call('ZADD', leases(id), now + lasts, lease)
  call('PEXPIRE', leases(id), lasts)
end
`;

/** ARGV: id, how long it is believed, what it says. */
const ANNOUNCE = luaScript(`${COMMON}
call('ZADD', workers, now + ARGV[2], ARGV[1])
call('HSET', P .. ':live:said', ARGV[1], ARGV[3])
`);

const WITHDRAW = luaScript(`${COMMON}
call('ZREM', workers, ARGV[1])
call('HDEL', P .. ':live:said', ARGV[1])
`);

/** ARGV: lease, how long it lasts, model, workers to avoid… Gives what the worker says, or nothing. */
const LEASE = luaScript(`${COMMON}
local avoid = {}
for i = 4, #ARGV do avoid[ARGV[i]] = true end
local best, most = nil, 0
for _, id in ipairs(present()) do
  if not avoid[id] then
    local says = cjson.decode(said(id))
    for _, model in ipairs(says.models) do
      if model == ARGV[3] then
        local room = says.places - taken(id)
        if room > most then best, most = id, room end
      end
    end
  end
end
if not best then return nil end
take(best, ARGV[1], ARGV[2])
return said(best)
`);

/** ARGV: how long leases last, then worker and lease of each. Gives what each worker says, and its leased places. */
const BEAT = luaScript(`${COMMON}
local all, there = {}, {}
for _, id in ipairs(present()) do there[id] = true end
for i = 2, #ARGV, 2 do
  if there[ARGV[i]] then take(ARGV[i], ARGV[i + 1], ARGV[1]) end
end
for id in pairs(there) do
  table.insert(all, said(id))
  table.insert(all, taken(id))
end
return all
`);

/** ARGV: worker, lease. */
const HOLDS = luaScript(`${COMMON}
local until_ = call('ZSCORE', leases(ARGV[1]), ARGV[2])
if until_ and tonumber(until_) > now then return 1 end
return 0
`);

/** @param prefix of every key (keys.ts); its braces keep all of them in one slot of a Redis Cluster */
export function createLivePlaces(redis: Redis, prefix: string, goneMs: number = LIVE_GONE_MS): LivePlaces {
  const keys = [prefix];
  return {
    async announce(worker) {
      await ANNOUNCE.run(redis, keys, [worker.id, goneMs, JSON.stringify(worker)]);
    },
    async withdraw(id) {
      await WITHDRAW.run(redis, keys, [id]);
    },
    async lease(model, avoid) {
      const id = `lease_${randomBytes(24).toString('base64url')}`;
      const says = await LEASE.run(redis, keys, [id, goneMs, model, ...avoid]);
      return typeof says === 'string' ? { id, worker: JSON.parse(says) as LiveWorker } : undefined;
    },
    async free({ id, worker }) {
      await redis.zrem(`${prefix}:live:leases:${worker.id}`, id).catch((thrown: unknown) => {
        throw toClusterError(thrown);
      });
    },
    async beat(leases) {
      const pairs = leases.flatMap(({ id, worker }) => [worker.id, id]);
      const answer = await BEAT.run(redis, keys, [goneMs, ...pairs]);
      const all: readonly unknown[] = Array.isArray(answer) ? answer : [];
      return all.flatMap((says, index) =>
        index % 2 === 0
          ? [{ ...(JSON.parse(String(says)) as LiveWorker), taken: Number(all[index + 1]) }]
          : [],
      );
    },
    async holds(worker, lease) {
      return (await HOLDS.run(redis, keys, [worker, lease])) === 1;
    },
  };
}
