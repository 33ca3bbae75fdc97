/** A worker among the machines: takes jobs from the queue and reads them with the engine of this machine. */
import { DelayedError, type Job, WaitingError, Worker } from 'bullmq';
import { SottoError, settle, toSottoError } from '../../shared/errors.ts';
import type { TranscriptionService } from '../service/port.ts';
import type { ChangeFeed } from './change-feed.ts';
import { QUEUE } from './keys.ts';
import { BEAT_MS } from './presence.ts';
import { WORKER_OPTIONS } from './queue.ts';
import { GIVE_WAY, type ReadJobParts, readJob } from './read-job.ts';
import type { RedisLink } from './redis.ts';
import type { WorkerSays } from './standing.ts';

export interface ClusterWorkerParts extends Omit<ReadJobParts, 'service' | 'onText'> {
  readonly service: TranscriptionService;
  readonly feed: ChangeFeed;
  /** patient, for BullMQ alone; it opens a second one like it for its blocking read */
  readonly link: RedisLink;
  readonly prefix: string;
  /** jobs at once */
  readonly slots: number;
  /** a job with text of its own is read for so long at least before it gives way to another tenant's */
  readonly turnMs?: number;
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

interface Active {
  readonly control: AbortController;
  /** by `performance.now()` */
  readonly beganAt: number;
  textAt: number | undefined;
}

const TURN_MS = 10_000;

/** Half of the time is for reading, however long it takes to come to where another stopped. Pure. */
export const hadItsTurn = (
  { beganAt, textAt }: Omit<Active, 'control'>,
  now: number,
  turnMs: number,
): boolean => textAt !== undefined && now - textAt >= Math.max(turnMs, textAt - beganAt);

export function startClusterWorker(parts: ClusterWorkerParts): ClusterWorker {
  const { store, service, feed, log, turnMs = TURN_MS } = parts;
  const me = parts.worker;
  const active = new Map<string, Active>();
  const closing = new SottoError('closed');
  let state: 'open' | 'leaving' = 'open';
  let ending: Promise<void> | undefined;

  async function take(job: Job, token = ''): Promise<void> {
    const id = job.id ?? '';
    const control = new AbortController();
    const entry: Active = { control, beganAt: performance.now(), textAt: undefined };
    active.set(id, entry);
    try {
      const handed = await readJob(id, control.signal, { ...parts, onText });
      if (handed.name === 'over') return;
      if (handed.name === 'gave-way') {
        await job.changePriority({ priority: handed.priority });
        await job.moveToWait(token);
        throw new WaitingError();
      }
      if (handed.afterMs === 0) {
        await job.moveToWait(token);
        throw new WaitingError();
      }
      await job.moveToDelayed(Date.now() + handed.afterMs, token);
      throw new DelayedError();
    } finally {
      if (active.get(id) === entry) active.delete(id);
    }
  }

  function onText(id: string): void {
    const entry = active.get(id);
    if (entry !== undefined) entry.textAt ??= performance.now();
  }

  /** Where all slots are taken, one whose turn is over may have to give way. */
  async function giveWay(): Promise<void> {
    const now = performance.now();
    const had = [...active].flatMap(([id, entry]) => (hadItsTurn(entry, now, turnMs) ? [id] : []));
    if (state === 'leaving' || active.size < parts.slots || had.length === 0) return;
    const id = await store.due(had);
    if (id !== undefined) active.get(id)?.control.abort(GIVE_WAY);
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
    for (const id of ids) active.get(id)?.control.abort(lost);
  });

  const unwatch = feed.watchAll((change) => {
    if (change === undefined || !STOPS.includes(change.what)) return;
    active.get(change.id)?.control.abort(new SottoError('cancelled'));
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
    await giveWay();
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
      for (const { control } of active.values()) control.abort(closing);
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
