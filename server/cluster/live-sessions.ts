/** The live sessions of one ingress: whether there is a place for another, and that their leases are renewed. */
import { SottoError, toSottoError } from '../../shared/errors.ts';
import { type Clock, realClock } from '../../shared/queue/port.ts';
import type { JobLog } from '../jobs/job-log.ts';
import type { ServiceSession, SessionOptions } from '../service/port.ts';
import { type OpenLiveLine, openLiveLine } from './live-line.ts';
import { LIVE_BEAT_MS, type LiveLease, type LivePlaces, type LiveStanding } from './live-places.ts';
import { createLiveSession, type LiveSession } from './live-session.ts';

export interface LiveSessionsParts {
  readonly places: LivePlaces;
  readonly log: JobLog;
  readonly openLine?: OpenLiveLine;
  readonly clock?: Clock;
}

export interface LiveSessions {
  /**
   * A place at some worker, leased when it is needed first. Throws at once: `queue_full`, `model_unknown`, `closed`,
   * `engine_unavailable` where no worker is there, `cluster_unavailable` where Redis is not.
   */
  open(options: SessionOptions): ServiceSession;
  /** Asks how the workers stand, and says that the sessions are there. Every second, and now. */
  look(): Promise<void>;
  /** open here */
  readonly count: number;
  /** of all workers, by whoever; undefined: Redis is away */
  readonly places: { readonly all: number; readonly taken: number } | undefined;
  close(): Promise<void>;
}

/** Beats in a row in which a worker was not there, before its sessions move. */
const MISSED = 2;

export function createLiveSessions({ places, log, ...parts }: LiveSessionsParts): LiveSessions {
  const { openLine = openLiveLine, clock = realClock } = parts;
  const sessions = new Set<LiveSession>();
  const freeing = new Set<Promise<void>>();
  const closed = new AbortController();
  const missed = new Map<string, number>();
  let standing: readonly LiveStanding[] | undefined;
  /** leases of ours that `standing` counts */
  let counted = 0;
  let looking: Promise<void> | undefined;

  const leases = (): readonly LiveLease[] => [...sessions].flatMap(({ lease }) => lease ?? []);

  async function beat(): Promise<void> {
    const ours = leases();
    try {
      standing = await places.beat(ours);
      counted = ours.length;
    } catch (thrown) {
      // What is open goes on: its windows do not pass through Redis.
      if (standing !== undefined) log.error({ err: toSottoError(thrown) }, 'live: Redis is away');
      standing = undefined;
      missed.clear();
      return;
    }
    const there = new Set(standing.map(({ id }) => id));
    for (const id of new Set(ours.map(({ worker }) => worker.id))) {
      if (there.has(id)) missed.delete(id);
      else missed.set(id, (missed.get(id) ?? 0) + 1);
    }
    for (const session of sessions) {
      const { lease } = session;
      if (lease !== undefined && (missed.get(lease.worker.id) ?? 0) >= MISSED) session.moveOn();
    }
  }

  function look(): Promise<void> {
    looking ??= beat().finally(() => {
      looking = undefined;
    });
    return looking;
  }
  const timer = setInterval(() => void look(), LIVE_BEAT_MS);

  function free(lease: LiveLease): void {
    const done = places
      .free(lease)
      // It lapses by itself.
      .catch((thrown: unknown) => log.info({ err: toSottoError(thrown) }, 'live: a lease'))
      .finally(() => freeing.delete(done));
    freeing.add(done);
  }

  function check({ model, signal }: SessionOptions): void {
    if (closed.signal.aborted) throw new SottoError('closed');
    if (signal.aborted) throw new SottoError('cancelled');
    if (standing === undefined) throw new SottoError('cluster_unavailable');
    if (standing.length === 0) throw new SottoError('engine_unavailable', 'no worker is there');
    const able = standing.filter(({ models }) => models.includes(model));
    if (able.length === 0) throw new SottoError('model_unknown', model);
    const free = able.reduce((sum, { places: all, taken }) => sum + Math.max(0, all - taken), 0);
    if (free + counted - sessions.size <= 0) throw new SottoError('queue_full', 'live sessions');
  }

  return {
    open(options) {
      check(options);
      const session = createLiveSession(options, {
        places,
        openLine,
        clock,
        free,
        pendingAt: (worker) => standing?.find(({ id }) => id === worker)?.pending ?? 0,
        onLeft: () => sessions.delete(session),
        closed: closed.signal,
      });
      sessions.add(session);
      return session;
    },
    look,
    get count() {
      return sessions.size;
    },
    get places() {
      return standing?.reduce(
        (sum, each) => ({ all: sum.all + each.places, taken: sum.taken + each.taken }),
        { all: 0, taken: 0 },
      );
    },
    async close() {
      if (closed.signal.aborted) return;
      clearInterval(timer);
      closed.abort();
      await looking;
      await Promise.all(freeing);
    },
  };
}
