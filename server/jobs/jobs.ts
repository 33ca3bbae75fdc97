/** Durable jobs: store, recordings, runner and webhooks as one. */
import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { toSottoError } from '../../shared/errors.ts';
import { type Clock, realClock } from '../../shared/queue/port.ts';
import type { Reservation, TranscribeResult, TranscriptionService } from '../service/port.ts';
import { openAudioFiles } from './audio-files.ts';
import { createFetchSource } from './fetch-source.ts';
import { fingerprintOf } from './fingerprint.ts';
import { type JobLog, NO_LOG } from './job-log.ts';
import { createOutbound, type Outbound } from './outbound.ts';
import type { JobRemoval, JobSource, JobSpec, JobStore, Jobs, JobView, Soon, StoredJob } from './port.ts';
import { createJobRunner } from './runner.ts';
import { allSegments } from './so-far.ts';
import { isFinal } from './states.ts';
import { openJobStore } from './store.ts';
import { webhookKey } from './webhook-signature.ts';
import { createWebhooks } from './webhooks.ts';

export interface JobsOptions {
  /** of the database and the recordings; made where it is missing */
  readonly folder: string;
  /** how long finished jobs are kept */
  readonly ttlMs: number;
  readonly maxBytes: number;
  readonly fetchMs: number;
  readonly allowPrivateUrls: boolean;
  readonly webhookSecret: string | undefined;
}

export interface JobsParts {
  readonly service: Pick<TranscriptionService, 'reserve'>;
  readonly log?: JobLog;
  readonly clock?: Clock;
  /** epoch milliseconds */
  readonly wall?: () => number;
  readonly outbound?: Outbound;
}

export interface OpenJobs extends Jobs {
  find(id: string): JobView | undefined;
  segments: JobStore['segments'];
  result(id: string): TranscribeResult | undefined;
  remove(id: string): JobRemoval;
  readonly counts: JobStore['counts'];
  /** in the order in which they were accepted */
  unfinished(): readonly Pick<JobView, 'id' | 'tenant'>[];
  /** What runs goes on after the next start. Idempotent. */
  close(): Promise<void>;
}

/** Each with its segments, in one transaction of a few milliseconds. */
const PRUNE_AT_ONCE = 20;
const PRUNE_EVERY_MS = 60_000;
/** Where more is to be forgotten: between two short transactions others have their turn. */
const PRUNE_NEXT_MS = 100;

/** Takes up what the last process left. Throws JobsFolderError. */
export async function openJobs(options: JobsOptions, parts: JobsParts): Promise<OpenJobs> {
  const { wall = Date.now, log = NO_LOG, service } = parts;
  const clock = guardedClock(parts.clock ?? realClock, log);
  const outbound = parts.outbound ?? createOutbound({ allowPrivate: options.allowPrivateUrls });
  await mkdir(options.folder, { recursive: true, mode: 0o700 });
  const store = openJobStore(options.folder);
  const files = await openAudioFiles(join(options.folder, 'audio'));
  await files.sweep(new Set(store.unfinished().map(({ id }) => id)));
  const limits = { maxBytes: options.maxBytes, totalMs: options.fetchMs };
  const fetchSource = createFetchSource(outbound, limits, clock);
  const webhooks = createWebhooks({ store, outbound, secret: options.webhookSecret, clock, wall, log });
  const runner = createJobRunner({
    ...{ store, service, files, fetchSource, clock, wall, log },
    onFinished: webhooks.wake,
  });
  let closing: Promise<void> | undefined;
  let cancelPrune = () => {};

  function prune(): void {
    cancelPrune = clock.after(PRUNE_EVERY_MS, prune);
    if (store.prune(wall() - options.ttlMs, PRUNE_AT_ONCE) < PRUNE_AT_ONCE) return;
    cancelPrune();
    cancelPrune = clock.after(PRUNE_NEXT_MS, prune);
  }

  function viewOf(job: StoredJob): JobView {
    const { options: _options, source: _source, attempts: _attempts, ...view } = job;
    const now = runner.now(job.id);
    return {
      ...view,
      expiresAt: view.finishedAt === undefined ? undefined : view.finishedAt + options.ttlMs,
      place: view.status === 'queued' ? now.place : undefined,
      progress: view.status === 'running' ? now.progress : undefined,
    };
  }

  async function submit(spec: JobSpec, source: JobSource, takePlace: () => Soon<Reservation>) {
    const fingerprint = fingerprintOf(spec, source);
    const { id = `job_${randomBytes(18).toString('base64url')}` } = spec;
    const { idempotencyKey: key } = spec;
    let place: Reservation | undefined;
    let used: 'no' | 'yes' = 'no';
    try {
      const known = key === undefined ? undefined : store.replay(key, fingerprint);
      if (known !== undefined) return { view: viewOf(known), replayed: true };
      place = await takePlace();
      if (source.kind === 'file') await files.adopt(source.path, id);
      const kept = source.kind === 'file' ? ({ kind: 'file' } as const) : source;
      const { job, replayed } = store.accept({ ...spec, id, source: kept, fingerprint, createdAt: wall() });
      if (!replayed) {
        used = 'yes';
        runner.run(job, place);
      }
      return { view: viewOf(job), replayed };
    } finally {
      if (used === 'no') {
        place?.release();
        await files.remove(id);
        if (source.kind === 'file') await rm(source.path, { force: true });
      }
    }
  }

  runner.start();
  webhooks.wake();
  prune();

  return {
    submit,
    knows: (key) => store.byKey(key) !== undefined,
    find(id) {
      const job = store.find(id);
      return job === undefined ? undefined : viewOf(job);
    },
    segments: store.segments,
    result(id) {
      const outcome = store.outcome(id);
      return outcome === undefined ? undefined : { ...outcome, segments: allSegments(store, id) };
    },
    watch: runner.watch,
    remove(id) {
      const job = store.find(id);
      if (job === undefined) return 'unknown';
      if (isFinal(job.status)) {
        store.forget(id);
        return 'forgotten';
      }
      store.finish(id, { status: 'cancelled' }, wall());
      runner.stop(id);
      webhooks.wake();
      return 'cancelled';
    },
    checkAddress: (url) => void outbound.check(url),
    secretFault(secret = options.webhookSecret) {
      if (secret === undefined) return 'missing';
      return webhookKey(secret) === undefined ? 'malformed' : undefined;
    },
    counts: store.counts,
    unfinished: store.unfinished,
    close() {
      closing ??= (async () => {
        cancelPrune();
        await Promise.all([runner.close(), webhooks.close()]);
        store.close();
      })();
      return closing;
    },
  };
}

/** A full disk must not end the process: what fails in a timer goes to the log. */
const guardedClock = (clock: Clock, log: JobLog): Clock => ({
  now: () => clock.now(),
  after: (ms, action) =>
    clock.after(ms, () => {
      try {
        action();
      } catch (error) {
        log.error({ err: toSottoError(error) }, 'jobs');
      }
    }),
});
