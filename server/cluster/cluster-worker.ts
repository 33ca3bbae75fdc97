/** A worker among the machines: takes jobs from the queue and reads them with the engine of this machine. */
import { DelayedError, type Job, WaitingError, Worker } from 'bullmq';
import { SottoError, settle, toSottoError } from '../../shared/errors.ts';
import type { TranscriptionService } from '../service/port.ts';
import type { ChangeFeed } from './change-feed.ts';
import { QUEUE } from './keys.ts';
import { BEAT_MS } from './presence.ts';
import { WORKER_OPTIONS } from './queue.ts';
import { type ReadJobParts, readJob } from './read-job.ts';
import type { RedisLink } from './redis.ts';
import type { WorkerSays } from './standing.ts';

export interface ClusterWorkerParts extends Omit<ReadJobParts, 'service'> {
  readonly service: TranscriptionService;
  readonly feed: ChangeFeed;
  /** patient, for BullMQ alone; it opens a second one like it for its blocking read */
  readonly link: RedisLink;
  readonly prefix: string;
  /** jobs at once */
  readonly slots: number;
}

export interface ClusterWorker {
  /** Takes no more, lets what runs go on for so long, then puts it back in line. Idempotent. */
  close(graceMs: number): Promise<void>;
}

/** A worker that was not heard of for so long is not counted on. */
const PRESENT_MS = 4_000;
/** To put back what runs, once it was told to end. */
const LETTING_GO_MS = 5_000;
const ASK = 'ask:';
/** What ends a job on other machines. */
const STOPS: readonly string[] = ['cancelled', 'failed', 'done'];

export function startClusterWorker(parts: ClusterWorkerParts): ClusterWorker {
  const { store, service, feed, log } = parts;
  const me = parts.worker;
  const active = new Map<string, AbortController>();
  const closing = new SottoError('closed');
  let state: 'open' | 'leaving' = 'open';
  let ending: Promise<void> | undefined;

  async function take(job: Job, token = ''): Promise<void> {
    const id = job.id ?? '';
    const control = new AbortController();
    active.set(id, control);
    try {
      const handed = await readJob(id, control.signal, parts);
      if (handed.name === 'over') return;
      if (handed.afterMs === 0) {
        await job.moveToWait(token);
        throw new WaitingError();
      }
      await job.moveToDelayed(Date.now() + handed.afterMs, token);
      throw new DelayedError();
    } finally {
      if (active.get(id) === control) active.delete(id);
    }
  }

  const worker = new Worker(QUEUE, take, {
    ...WORKER_OPTIONS,
    connection: parts.link.redis,
    prefix: parts.prefix,
    concurrency: parts.slots,
    skipVersionCheck: true,
  });
  worker.on('error', (error: Error) => {
    // A lost connection is its own trouble, and comes many times over.
    log.info({ err: toSottoError(error) }, 'cluster: the queue');
  });
  worker.on('lockRenewalFailed', (ids: string[]) => {
    const lost = new SottoError('conflict', 'another worker has it');
    for (const id of ids) active.get(id)?.abort(lost);
  });

  const unwatch = feed.watchAll((change) => {
    if (change === undefined || !STOPS.includes(change.what)) return;
    active.get(change.id)?.abort(new SottoError('cancelled'));
  });
  const unask = feed.watch(me, (change) => {
    if (change?.what.startsWith(ASK)) void answer(change.what.slice(ASK.length));
  });

  async function answer(ask: string): Promise<void> {
    try {
      const outcome = await settle(() => service.canary(AbortSignal.timeout(60_000)));
      await store.tell(ask, JSON.stringify(outcome));
    } catch (error) {
      log.info({ err: toSottoError(error) }, 'cluster: a canary');
    }
  }

  async function beat(): Promise<void> {
    const says: WorkerSays = {
      id: me,
      slots: parts.slots,
      leaving: state === 'leaving',
      status: service.status(),
    };
    await store.present(me, PRESENT_MS, JSON.stringify(says));
  }
  let saying: 'nothing' | 'this' = 'nothing';
  const beatNow = () => {
    // While Redis is away one waits, and no more.
    if (saying === 'this') return;
    saying = 'this';
    void beat()
      .catch((error: unknown) => log.info({ err: toSottoError(error) }, 'cluster: beat'))
      .finally(() => {
        saying = 'nothing';
      });
  };
  beatNow();
  const timer = setInterval(beatNow, BEAT_MS);

  async function end(graceMs: number): Promise<void> {
    state = 'leaving';
    beatNow();
    const over = setTimeout(() => {
      for (const control of active.values()) control.abort(closing);
    }, graceMs);
    // Takes no more from now on, and resolves when what runs has ended. Without Redis that may be never: then its
    // lock runs out, and another goes on.
    await Promise.race([
      worker.close(),
      new Promise((resolve) => setTimeout(resolve, graceMs + LETTING_GO_MS)),
    ]);
    clearTimeout(over);
    clearInterval(timer);
    unwatch();
    unask();
    await Promise.race([
      settle(() => store.leave(me)),
      new Promise((resolve) => setTimeout(resolve, BEAT_MS)),
    ]);
  }

  return {
    close(graceMs) {
      ending ??= end(graceMs);
      return ending;
    },
  };
}
