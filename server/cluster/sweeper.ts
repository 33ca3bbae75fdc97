/** What fell between two steps when a process died is put right by any ingress. */
import { type ErrorCode, toSottoError } from '../../shared/errors.ts';
import type { JobLog } from '../jobs/job-log.ts';
import { shortId } from '../jobs/runner.ts';
import type { Blobs } from './blobs.ts';
import type { ClusterStore } from './cluster-store.ts';
import type { WorkQueue } from './queue.ts';

export interface SweeperParts {
  readonly store: Pick<ClusterStore, 'sweep' | 'finish' | 'look'>;
  readonly queue: WorkQueue;
  readonly blobs: Blobs;
  readonly log: JobLog;
}

export interface Sweeper {
  /** Rejects `cluster_unavailable`. */
  sweep(): Promise<void>;
  /** Recordings that no job has: their ingress died before it was accepted. */
  sweepBlobs(): Promise<void>;
  close(): Promise<void>;
}

const EVERY_MS = 2_000;
/** A step takes less. */
const STEP_MS = 3_000;
const BLOBS_EVERY_MS = 120_000;
/** From a recording's storing to its job's accepting it takes far less, and clocks agree better. */
const BLOB_MS = 300_000;

export function createSweeper({ store, queue, blobs, log }: SweeperParts): Sweeper {
  async function sweep(): Promise<void> {
    const { lost, orphans } = await store.sweep(STEP_MS);
    for (const { id, priority } of lost) {
      log.info({ job: shortId(id) }, 'job: put into the queue again');
      await queue.add(id, priority);
    }
    for (const id of orphans) {
      await store.finish(id, 'any', { status: 'cancelled' }, STEP_MS);
      await queue.remove(id);
      await blobs.remove(id);
    }
  }

  async function sweepBlobs(): Promise<void> {
    for (const id of await blobs.older(BLOB_MS)) {
      const looked = await store.look(id);
      if (looked === undefined || looked.record.source.kind === 'gone') await blobs.remove(id);
    }
  }

  let state: 'open' | 'closed' = 'open';
  let work: Promise<void> = Promise.resolve();
  const timers = [every(EVERY_MS, sweep), every(BLOBS_EVERY_MS, sweepBlobs)];

  function every(ms: number, task: () => Promise<void>): NodeJS.Timeout {
    return setInterval(() => {
      work = work.then(task).catch((error: unknown) => {
        const err = toSottoError(error);
        if (state === 'open' && err.code !== UNAVAILABLE) log.error({ err }, 'cluster: sweeping');
      });
    }, ms);
  }

  return {
    sweep,
    sweepBlobs,
    async close() {
      state = 'closed';
      for (const timer of timers) clearInterval(timer);
      await work;
    },
  };
}

/** Presence says that already. */
const UNAVAILABLE: ErrorCode = 'cluster_unavailable';
