/** An ingress among the machines: says every second that it is there, and learns how all stands. */
import { toSottoError } from '../../shared/errors.ts';
import type { JobLog } from '../jobs/job-log.ts';
import type { ClusterStore, Standing } from './cluster-store.ts';
import { ableOf, slotsOf, type WorkerSays, workerOf } from './standing.ts';

export interface Presence {
  readonly id: string;
  /** of the last second; [] while Redis is away */
  readonly workers: readonly WorkerSays[];
  /** undefined: Redis is away */
  readonly standing: Standing | undefined;
  readonly slots: number;
  /** these places are held until they are let go */
  readonly held: Set<string>;
  /** Now, and not in a second. */
  look(): Promise<void>;
  close(): Promise<void>;
}

export const BEAT_MS = 1_000;
/** Who was not heard of for so long is gone. */
export const GONE_MS = 10_000;

export function createPresence(id: string, store: ClusterStore, log: JobLog): Presence {
  const held = new Set<string>();
  let standing: Standing | undefined;
  let workers: readonly WorkerSays[] = [];
  let known: 'unknown' | 'there' | 'away' = 'unknown';

  async function look(): Promise<void> {
    try {
      standing = await store.beat(id, GONE_MS, [...held]);
      workers = standing.workers.flatMap((text) => workerOf(text) ?? []);
      if (known === 'away') log.info({}, 'cluster: Redis is there again');
      known = 'there';
    } catch (error) {
      if (known !== 'away') log.error({ err: toSottoError(error) }, 'cluster: Redis is away');
      known = 'away';
      standing = undefined;
      workers = [];
    }
  }

  let looking: Promise<void> | undefined;
  const timer = setInterval(() => {
    looking ??= look().finally(() => {
      looking = undefined;
    });
  }, BEAT_MS);

  return {
    id,
    held,
    get workers() {
      return workers;
    },
    get standing() {
      return standing;
    },
    get slots() {
      return slotsOf(ableOf(workers));
    },
    look,
    async close() {
      clearInterval(timer);
      await looking;
      await store
        .leave(id)
        .catch((error: unknown) => log.info({ err: toSottoError(error) }, 'cluster: leaving'));
    },
  };
}
