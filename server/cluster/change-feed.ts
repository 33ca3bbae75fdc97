/** What changes on any machine, as it changes: one stream in Redis, read by one connection of each process. */
import { toSottoError } from '../../shared/errors.ts';
import type { JobLog } from '../jobs/job-log.ts';
import type { RedisLink } from './redis.ts';

export interface Change {
  readonly id: string;
  /** a status, or `segments`, `progress`, `ask`, `answer` */
  readonly what: string;
}

export interface ChangeFeed {
  /** `undefined`: changes may have been missed, look anew. Returns what unsubscribes. */
  watch(id: string, listener: (change: Change | undefined) => void): () => void;
  watchAll(listener: (change: Change | undefined) => void): () => void;
  close(): void;
}

const BLOCK_MS = 5_000;
const AT_ONCE = 500;
const PAUSE_MS = 250;

/** `link`: a patient connection of its own, closed with the feed. */
export function createChangeFeed(link: RedisLink, stream: string, log: JobLog): ChangeFeed {
  const one = new Map<string, Set<(change: Change | undefined) => void>>();
  const all = new Set<(change: Change | undefined) => void>();
  let state: 'open' | 'closed' = 'open';
  let last: string | undefined;

  function tell(listeners: Iterable<(change: Change | undefined) => void>, change: Change | undefined): void {
    for (const listener of listeners) {
      try {
        listener(change);
      } catch (error) {
        log.error({ err: toSottoError(error) }, 'cluster: a follower');
      }
    }
  }

  function missed(): void {
    tell(all, undefined);
    for (const listeners of [...one.values()]) tell([...listeners], undefined);
  }

  async function read(): Promise<void> {
    while (state === 'open') {
      try {
        if (last === undefined) {
          // By number, not `$`: nothing falls between two reads.
          last = (await link.redis.xrevrange(stream, '+', '-', 'COUNT', 1))[0]?.[0] ?? '0';
          missed();
        }
        const found = await link.redis.xread('COUNT', AT_ONCE, 'BLOCK', BLOCK_MS, 'STREAMS', stream, last);
        for (const [at, fields] of found?.[0]?.[1] ?? []) {
          last = at;
          const [, id = '', , what = ''] = fields;
          const change = { id, what };
          tell(all, change);
          tell([...(one.get(id) ?? [])], change);
        }
      } catch (error) {
        if ((state as 'open' | 'closed') === 'closed') return;
        log.error({ code: toSottoError(error).message.slice(0, 120) }, 'cluster: changes');
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    }
  }

  const unready = link.onReady(missed);
  void read();

  return {
    watch(id, listener) {
      const listeners = one.get(id) ?? new Set();
      one.set(id, listeners.add(listener));
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0 && one.get(id) === listeners) one.delete(id);
      };
    },
    watchAll(listener) {
      all.add(listener);
      return () => void all.delete(listener);
    },
    close() {
      state = 'closed';
      unready();
      link.close();
    },
  };
}
