/** Accepted jobs through the one gate: each is read to its end, whatever happens to engine and server meanwhile. */
import { type ErrorCode, fromWire, SottoError, toSottoError, toWire } from '../../shared/errors.ts';
import type { Clock } from '../../shared/queue/port.ts';
import type { Reservation, TranscribeResult, TranscriptionService } from '../service/port.ts';
import type { AudioFiles } from './audio-files.ts';
import type { FetchSource } from './fetch-source.ts';
import { type JobLog, jobLine } from './job-log.ts';
import type { JobEnd, JobRunner, JobStore, JobView, StoredJob } from './port.ts';
import { soFar } from './so-far.ts';
import { isFinal } from './states.ts';

export interface RunnerParts {
  readonly store: JobStore;
  readonly service: Pick<TranscriptionService, 'reserve'>;
  readonly files: AudioFiles;
  readonly fetchSource: FetchSource;
  readonly clock: Clock;
  /** epoch milliseconds */
  readonly wall: () => number;
  readonly log: JobLog;
  /** its webhook may be due */
  readonly onFinished: () => void;
}

/** What the engine's trouble is, and not the file's: it is tried again. */
export const TRY_AGAIN: readonly ErrorCode[] = [
  'device_lost',
  'engine_exited',
  'engine_timeout',
  'engine_unavailable',
  'model_load_failed',
  'out_of_memory',
];
/** Tries in a row without a new segment, ends of the server in the middle of it included. */
export const MAX_ATTEMPTS = 5;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

interface Active {
  readonly control: AbortController;
  readonly place: Reservation;
  progress: JobView['progress'];
  /** what could not be written down: the run counts for nothing */
  broken: SottoError | undefined;
  /** its end, with the file's deletion */
  readonly ended: Promise<void>;
}

export function createJobRunner(parts: RunnerParts): JobRunner {
  const { store, service, files, clock, wall, log } = parts;
  const active = new Map<string, Active>();
  const pauses = new Map<string, () => void>();
  const watchers = new Map<string, Set<() => void>>();
  const closing = new SottoError('closed');
  let state: 'open' | 'closed' = 'open';

  function tell(id: string): void {
    for (const listener of watchers.get(id) ?? []) {
      try {
        listener();
      } catch (error) {
        // Who only looks on must not end the job.
        log.error({ job: shortId(id), err: toSottoError(error) }, 'job: a follower');
      }
    }
  }

  function run(job: StoredJob, place: Reservation): void {
    const control = new AbortController();
    const { promise: ended, resolve } = deferred();
    const entry: Active = { control, place, progress: undefined, broken: undefined, ended };
    active.set(job.id, entry);
    void read(job, entry)
      .catch((error: unknown) => {
        // The disk, not the job: it goes on where the store stands, when that can be written to again.
        log.error({ job: shortId(job.id), err: toSottoError(error) }, 'job');
        if (state === 'open') pause(job.id, LONGEST_PAUSE_MS);
      })
      .finally(() => {
        place.release();
        active.delete(job.id);
        resolve();
      });
  }

  async function read(job: StoredJob, entry: Active): Promise<void> {
    const { id } = job;
    let end: JobEnd;
    try {
      const result = await transcribed(job, entry);
      const wrong = result.leftOut[0]?.error ?? result.endedEarly;
      // An empty text would say that nobody spoke.
      if (result.segments.length === 0 && wrong !== undefined) throw fromWire(wrong);
      end = { status: 'done', result };
    } catch (thrown) {
      if (entry.broken !== undefined) throw entry.broken;
      const error = entry.control.signal.aborted ? entry.control.signal.reason : thrown;
      const next = afterFailure(id, toSottoError(error));
      if (next === undefined) return;
      end = next;
    }
    finish(job, end);
    await files.remove(id);
  }

  async function transcribed(job: StoredJob, entry: Active): Promise<TranscribeResult> {
    const { id } = job;
    const { signal } = entry.control;
    if (job.source.kind === 'url') {
      await parts.fetchSource(job.source.url, files.partOf(id), signal);
      await files.adopt(files.partOf(id), id);
      store.fetched(id);
    }
    /** What cannot be written down must not be taken for done. */
    const orStop = (work: () => void) => {
      try {
        // What follows would leave a gap.
        if (entry.broken === undefined) work();
      } catch (error) {
        entry.broken = toSottoError(error);
        entry.control.abort(entry.broken);
      }
      tell(id);
    };
    return entry.place.transcribe({
      path: files.pathOf(id),
      model: job.model,
      options: job.options,
      jobId: id,
      signal,
      maxWaitMs: Number.POSITIVE_INFINITY,
      onPlace: () => tell(id),
      onStart: () => orStop(() => store.start(id, wall())),
      onSegments: (more) => orStop(() => store.addSegments(id, more)),
      onProgress(progress) {
        entry.progress = progress;
        tell(id);
      },
      onNote: (note) => orStop(() => store.addNote(id, note)),
      ...soFar(store, id),
    });
  }

  /** How it ends; undefined where it does not: it goes on later, or was cancelled by its owner. */
  function afterFailure(id: string, error: SottoError): JobEnd | undefined {
    const job = store.find(id);
    if (job === undefined || isFinal(job.status)) {
      void files.remove(id);
      return undefined;
    }
    if (state === 'closed' || error.code === 'closed') {
      store.requeue(id, 'not-counted');
      return undefined;
    }
    const tried = job.attempts + (job.status === 'running' ? 1 : 0);
    if (TRY_AGAIN.includes(error.code) && tried < MAX_ATTEMPTS) {
      store.requeue(id, 'counted');
      log.info({ job: shortId(id), code: error.code, tried }, 'job: it is tried again');
      pause(id, Math.min(FIRST_PAUSE_MS * 2 ** tried, LONGEST_PAUSE_MS));
      tell(id);
      return undefined;
    }
    return { status: 'failed', error: toWire(error) };
  }

  function finish(job: StoredJob, end: JobEnd): void {
    if (!store.finish(job.id, end, wall())) return;
    log.info({ job: shortId(job.id), ...jobLine(job, end, wall()) }, 'job');
    tell(job.id);
    parts.onFinished();
  }

  function pause(id: string, ms: number): void {
    const cancel = clock.after(ms, () => {
      pauses.delete(id);
      resume(id);
    });
    pauses.set(id, cancel);
  }

  /** It was promised a place: where none is to be had, no engine starts, and it waits for one that does. */
  function resume(id: string): void {
    const job = store.find(id);
    if (state === 'closed') return;
    if (job === undefined || isFinal(job.status)) {
      void files.remove(id);
      return;
    }
    if (job.attempts >= MAX_ATTEMPTS) {
      finish(job, {
        status: 'failed',
        error: { code: 'internal', detail: `it was tried ${job.attempts} times` },
      });
      void files.remove(id);
      return;
    }
    try {
      run(job, service.reserve({ force: true, ...(job.tenant === undefined ? {} : { tenant: job.tenant }) }));
    } catch (error) {
      log.info({ job: shortId(id), code: toSottoError(error).code }, 'job: no place yet');
      pause(id, LONGEST_PAUSE_MS);
    }
  }

  return {
    start() {
      store.recover();
      for (const { id } of store.unfinished()) resume(id);
    },
    run,
    now: (id) => ({ place: active.get(id)?.place.place, progress: active.get(id)?.progress }),
    watch(id, listener) {
      const listeners = watchers.get(id) ?? new Set();
      watchers.set(id, listeners.add(listener));
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0 && watchers.get(id) === listeners) watchers.delete(id);
      };
    },
    stop(id) {
      pauses.get(id)?.();
      pauses.delete(id);
      const entry = active.get(id);
      if (entry === undefined) void files.remove(id);
      else entry.control.abort(new SottoError('cancelled'));
      tell(id);
    },
    async close() {
      state = 'closed';
      for (const cancel of pauses.values()) cancel();
      pauses.clear();
      const left = [...active.values()];
      for (const { control } of left) control.abort(closing);
      await Promise.all(left.map(({ ended }) => ended));
    },
  };
}

/** Enough to find it in a log, too little to read or delete it. */
export const shortId = (id: string): string => id.slice(0, 10);

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve: () => resolve() };
}
