/** BullMQ's part: which worker takes which job, and that a dead worker's job is taken again. */
import { Queue, type WorkerOptions } from 'bullmq';
import type { Redis } from 'ioredis';
import { QUEUE } from './keys.ts';
import { toClusterError } from './redis.ts';

export interface WorkQueue {
  /** Adding what is there already changes nothing. Rejects `cluster_unavailable`. */
  add(id: string, priority: number): Promise<void>;
  /** Takes it out of the line; nothing where it is being read. */
  remove(id: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * A dead worker's lock is over after LOCK_MS; its job was marked by one check and is put back by the next: taken again
 * within LOCK_MS + 2 × CHECK_MS. Locks are renewed at half their time, by a loop that never blocks: engine and decoder
 * are processes of their own.
 */
const LOCK_MS = 4_000;
const CHECK_MS = 1_500;

export const WORKER_OPTIONS = {
  lockDuration: LOCK_MS,
  stalledInterval: CHECK_MS,
  // How often a job may kill its workers is counted in its record.
  maxStalledCount: 1_000_000,
  // A lost connection is tried again at once, not after 15 s.
  runRetryDelay: 250,
  drainDelay: 2,
  removeOnComplete: { count: 0 },
  removeOnFail: { count: 0 },
} as const satisfies Partial<WorkerOptions>;

/** What travels is the id; all else is in the job's record. */
export function openQueue(redis: Redis, prefix: string, onError: (error: Error) => void): WorkQueue {
  const queue = new Queue(QUEUE, {
    connection: redis,
    prefix,
    skipVersionCheck: true,
    defaultJobOptions: { removeOnComplete: true, removeOnFail: true, attempts: 1_000_000 },
  });
  queue.on('error', onError);
  const told = async (work: Promise<unknown>): Promise<void> => {
    await work.catch((thrown: unknown) => {
      throw toClusterError(thrown);
    });
  };
  return {
    add: (id, priority) => told(queue.add('read', {}, { jobId: id, priority })),
    remove: (id) => told(queue.remove(id)),
    close: () => queue.close(),
  };
}
