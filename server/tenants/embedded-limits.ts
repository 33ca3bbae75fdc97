/**
 * The store of limits of one server process: what lasts a minute or a request is in memory, where one thread makes
 * every call atomic; what a day adds up to is in SQLite. Amounts of audio are whole milliseconds, so that sums are
 * exact.
 */
import type { Sqlite } from '../sqlite.ts';
import { createLapsing, type Lapsing } from './lapsing.ts';
import { createMinuteLog, type MinuteLog } from './minute-log.ts';
import {
  type AudioAnswer,
  dayOf,
  type Hold,
  type LimitStore,
  SETTLED_MS,
  toNextDay,
  type UsageRow,
} from './port.ts';

export interface EmbeddedLimitsOptions {
  /** epoch milliseconds */
  readonly wall?: () => number;
  readonly ttlMs?: number;
}

interface Reserved {
  readonly day: string;
  readonly ms: number;
}

/** Of one tenant. */
interface Counters {
  readonly minute: MinuteLog;
  readonly holds: Readonly<Record<Hold['kind'], Lapsing<true>>>;
  readonly audio: Lapsing<Reserved>;
}

export const TTL_MS = 30_000;
/** Settled ids are forgotten this often at most. */
const SWEEP_MS = 60_000;

/** `db` is the caller's to close. */
export function createEmbeddedLimits(
  db: Sqlite,
  { wall = Date.now, ttlMs = TTL_MS }: EmbeddedLimitsOptions = {},
): LimitStore {
  const tenants = new Map<string, Counters>();
  let sweptAt = Number.NEGATIVE_INFINITY;

  function of(tenant: string): Counters {
    const known = tenants.get(tenant);
    if (known !== undefined) return known;
    const holds = { job: createLapsing<true>(), session: createLapsing<true>() };
    const counters = { minute: createMinuteLog(), holds, audio: createLapsing<Reserved>() };
    tenants.set(tenant, counters);
    return counters;
  }

  const usedMs = (tenant: string, day: string): number =>
    db.get<{ ms: number }>(
      'SELECT coalesce(sum(ms), 0) AS ms FROM usage WHERE tenant = ? AND day = ?',
      tenant,
      day,
    )?.ms ?? 0;

  const isSettled = (tenant: string, id: string, now: number): boolean =>
    db.get('SELECT 1 FROM settled WHERE tenant = ? AND id = ? AND at > ?', tenant, id, now - SETTLED_MS) !==
    undefined;

  /** Used, and reserved for that day. */
  function takenMs(tenant: string, day: string, now: number): number {
    const reserved = of(tenant).audio.values(now);
    return reserved.reduce((sum, each) => (each.day === day ? sum + each.ms : sum), usedMs(tenant, day));
  }

  function answer(tenant: string, day: string, perDay: number | undefined, granted?: boolean): AudioAnswer {
    const now = wall();
    const left = perDay === undefined ? Number.POSITIVE_INFINITY : toMs(perDay) - takenMs(tenant, day, now);
    return {
      granted: granted ?? left > 0,
      remainingSeconds: Math.max(0, left) / 1_000,
      resetMs: toNextDay(now),
    };
  }

  function reserve(tenant: string, id: string, seconds: number, perDay: number | undefined): AudioAnswer {
    const now = wall();
    const { audio } = of(tenant);
    const before = audio.get(id, now);
    const day = before?.day ?? dayOf(now);
    const ms = toMs(seconds);
    if (isSettled(tenant, id, now)) return answer(tenant, day, perDay, true);
    const others = takenMs(tenant, day, now) - (before?.ms ?? 0);
    const most = perDay === undefined ? Number.POSITIVE_INFINITY : toMs(perDay);
    const granted = ms > 0 ? others + ms <= most : others < most;
    if (granted) audio.set(id, { day, ms }, now + ttlMs);
    return answer(tenant, day, perDay, granted);
  }

  function sweep(now: number): void {
    if (now - sweptAt < SWEEP_MS) return;
    sweptAt = now;
    db.run('DELETE FROM settled WHERE at <= ?', now - SETTLED_MS);
  }

  return {
    ttlMs,
    async takeRequest(tenant, most) {
      return of(tenant).minute.take(wall(), most);
    },
    async hold({ kind, tenant, id }, most) {
      const now = wall();
      const held = of(tenant).holds[kind];
      const inUse = held.values(now).length;
      const known = held.get(id, now) !== undefined;
      if (!known && most !== undefined && inUse >= most) return { granted: false, inUse };
      held.set(id, true, now + ttlMs);
      return { granted: true, inUse: known ? inUse : inUse + 1 };
    },
    async release({ kind, tenant, id }) {
      of(tenant).holds[kind].delete(id);
    },
    async renew(holds, reservations) {
      const now = wall();
      for (const { kind, tenant, id } of holds) of(tenant).holds[kind].set(id, true, now + ttlMs);
      for (const { tenant, id, seconds } of reservations) reserve(tenant, id, seconds, undefined);
    },
    async reserveAudio({ tenant, id }, seconds, perDay) {
      return reserve(tenant, id, seconds, perDay);
    },
    async settleAudio({ tenant, id, model, seconds, requests }) {
      const now = wall();
      const { audio } = of(tenant);
      const day = audio.get(id, now)?.day ?? dayOf(now);
      db.transaction(() => {
        sweep(now);
        const fresh = db.run(
          `INSERT INTO settled VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET at = excluded.at WHERE at <= ?`,
          ...[tenant, id, now, now - SETTLED_MS],
        );
        if (fresh === 0) return;
        db.run(
          `INSERT INTO usage VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
           SET requests = requests + excluded.requests, ms = ms + excluded.ms`,
          ...[tenant, day, model, requests, toMs(seconds)],
        );
      });
      audio.delete(id);
    },
    async audio(tenant, perDay) {
      return answer(tenant, dayOf(wall()), perDay);
    },
    async usage(tenant, from, to) {
      const rows = db.all<Omit<UsageRow, 'seconds'> & { ms: number }>(
        `SELECT day, model, requests, ms FROM usage WHERE tenant = ? AND day BETWEEN ? AND ? ORDER BY day, model`,
        ...[tenant, from, to],
      );
      return rows.map(({ ms, ...row }) => ({ ...row, seconds: ms / 1_000 }));
    },
    async close() {
      tenants.clear();
    },
  };
}

const toMs = (seconds: number): number => Math.round(seconds * 1_000);
