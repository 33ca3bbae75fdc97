/** The counters of tenants on Redis: one and the same for every machine, each step a script that runs whole. */
import type { Redis } from 'ioredis';
import {
  type AudioAnswer,
  type AudioReservation,
  dayOf,
  type Hold,
  type LimitStore,
  MINUTE_MS,
  SETTLED_MS,
  toNextDay,
  type UsageRow,
} from '../tenants/port.ts';
import {
  HOLD,
  LOOK_AUDIO,
  RENEW_AUDIO,
  RENEW_HOLDS,
  RESERVE_AUDIO,
  SETTLE_AUDIO,
  TAKE_REQUEST,
} from './limit-scripts.ts';
import { toClusterError } from './redis.ts';

export interface RedisLimitStoreOptions {
  /** `bounded` (redis.ts); whoever made it closes it */
  readonly redis: Redis;
  /** before every key */
  readonly prefix?: string;
  /** of holds and reservations, in milliseconds */
  readonly ttlMs?: number;
  /** epoch milliseconds; Redis' own clock unless given */
  readonly wall?: () => number;
}

const DEFAULT_TTL_MS = 30_000;
const KEPT_DAYS = 400;
const DAY_MS = 86_400_000;

/** Every method rejects with `cluster_unavailable` where Redis does not answer: nobody is let in unseen. */
export function createRedisLimitStore(options: RedisLimitStoreOptions): LimitStore {
  const { redis, prefix = 'sotto:limits', ttlMs = DEFAULT_TTL_MS, wall } = options;
  const now = (): string | number => wall?.() ?? '';
  // The braces keep all of a tenant on one node where Redis is a cluster.
  const key = (tenant: string, ...rest: readonly string[]) => [`${prefix}:{${tenant}}`, ...rest].join(':');
  const reservations = (tenant: string) => key(tenant, 'reserved');
  const used = (tenant: string) => key(tenant, 'used');
  const usage = (tenant: string) => key(tenant, 'usage');
  const settled = ({ tenant, id }: AudioReservation) => key(tenant, 'settled', id);
  const holds = ({ tenant, kind }: Pick<Hold, 'tenant' | 'kind'>) => key(tenant, 'held', kind);

  return {
    ttlMs,

    async takeRequest(tenant, most) {
      const answer = await TAKE_REQUEST.run(redis, [key(tenant, 'requests')], [now(), MINUTE_MS, most]);
      const [granted = 0, counted = 0, resetMs = 0] = numbers(answer);
      return { granted: granted === 1, remaining: Math.max(0, most - counted), resetMs };
    },

    async hold(hold, most) {
      const answer = await HOLD.run(redis, [holds(hold)], [now(), ttlMs, hold.id, most ?? '']);
      const [granted = 0, inUse = 0] = numbers(answer);
      return { granted: granted === 1, inUse };
    },

    async release(hold) {
      await redis.zrem(holds(hold), hold.id).catch((thrown: unknown) => {
        throw toClusterError(thrown);
      });
    },

    async renew(held, reserved) {
      const sets = grouped(held, holds);
      const tenants = grouped(reserved, ({ tenant }) => tenant);
      await Promise.all([
        ...[...sets].map(([set, each]) =>
          RENEW_HOLDS.run(redis, [set], [now(), ttlMs, ...each.map(({ id }) => id)]),
        ),
        ...[...tenants].map(([tenant, each]) =>
          RENEW_AUDIO.run(
            redis,
            [reservations(tenant), ...each.map(settled)],
            [now(), ttlMs, ...each.flatMap(({ id, seconds }) => [id, toMs(seconds)])],
          ),
        ),
      ]);
    },

    async reserveAudio(reservation, seconds, perDay) {
      const { tenant, id } = reservation;
      const keys = [reservations(tenant), used(tenant), settled(reservation)];
      const args = [now(), ttlMs, id, toMs(seconds), perDay === undefined ? '' : toMs(perDay)];
      return audioAnswer(await RESERVE_AUDIO.run(redis, keys, args));
    },

    async settleAudio(use) {
      const { tenant, id, model, seconds, requests } = use;
      await SETTLE_AUDIO.run(
        redis,
        [reservations(tenant), used(tenant), usage(tenant), settled(use)],
        [now(), SETTLED_MS, id, model, toMs(seconds), requests, KEPT_DAYS],
      );
    },

    async audio(tenant, perDay) {
      const keys = [reservations(tenant), used(tenant)];
      return audioAnswer(
        await LOOK_AUDIO.run(redis, keys, [now(), perDay === undefined ? '' : toMs(perDay)]),
      );
    },

    async usage(tenant, from, to) {
      const fields = await redis.hgetall(usage(tenant)).catch((thrown: unknown) => {
        throw toClusterError(thrown);
      });
      return usageRows(fields).filter(({ day }) => day >= from && day <= to);
    },

    close: () => Promise.resolve(),
  };
}

const toMs = (seconds: number): number => Math.round(seconds * 1_000);

function grouped<Item>(
  items: readonly Item[],
  by: (item: Item) => string,
): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(by(item), [...(groups.get(by(item)) ?? []), item]);
  return groups;
}

const numbers = (answer: unknown): readonly number[] => (Array.isArray(answer) ? answer.map(Number) : []);

function audioAnswer(answer: unknown): AudioAnswer {
  const [granted, left, now]: readonly unknown[] = Array.isArray(answer) ? answer : [];
  return {
    granted: granted === 1,
    remainingSeconds: left === '' ? Number.POSITIVE_INFINITY : Number(left) / 1_000,
    resetMs: toNextDay(Number(now)),
  };
}

/** From "day ms model" and "day requests model". */
function usageRows(fields: Readonly<Record<string, string>>): readonly UsageRow[] {
  const rows = new Map<string, { day: string; model: string; requests: number; seconds: number }>();
  for (const [field, value] of Object.entries(fields)) {
    const [, number = '0', kind, model = ''] = /^(\d+) (ms|requests) (.*)$/s.exec(field) ?? [];
    const day = dayOf(Number(number) * DAY_MS);
    const row = rows.get(`${number} ${model}`) ?? { day, model, requests: 0, seconds: 0 };
    rows.set(`${number} ${model}`, row);
    if (kind === 'ms') row.seconds = Number(value) / 1_000;
    else row.requests = Number(value);
  }
  return [...rows.values()].toSorted((a, b) =>
    a.day < b.day || (a.day === b.day && a.model < b.model) ? -1 : 1,
  );
}
