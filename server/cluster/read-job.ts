/** One job by one worker: from its record to its end, in steps that another worker may go on from at any moment. */
import { rm } from 'node:fs/promises';
import { type ErrorCode, fromWire, SottoError, toSottoError, toWire } from '../../shared/errors.ts';
import { SAME_TIME } from '../../shared/speech/window.ts';
import type { Segment } from '../../shared/transcript/transcript.ts';
import type { FetchSource } from '../jobs/fetch-source.ts';
import { type JobLog, jobLine } from '../jobs/job-log.ts';
import type { JobEnd } from '../jobs/port.ts';
import { MAX_ATTEMPTS, shortId, TRY_AGAIN } from '../jobs/runner.ts';
import { isFinal } from '../jobs/states.ts';
import type { TranscribeResult, TranscriptionService } from '../service/port.ts';
import type { LimitStore } from '../tenants/port.ts';
import type { Blobs, OpenBlob } from './blobs.ts';
import { messageId } from './cluster-jobs.ts';
import { type Begun, type ClusterStore, turnOf, type Written } from './cluster-store.ts';
import type { JobRecord } from './job-record.ts';

export interface ReadJobParts {
  /** on a patient connection: what Redis is away for is written when it is back */
  readonly store: ClusterStore;
  readonly service: Pick<TranscriptionService, 'reserve'>;
  readonly blobs: Blobs;
  readonly fetchSource: FetchSource;
  /** for recordings on their way from an address */
  readonly partOf: (id: string) => string;
  readonly worker: string;
  readonly ttlMs: number;
  readonly log: JobLog;
  /** where a tenant's audio is counted, if it is */
  readonly limits?: Pick<LimitStore, 'settleAudio'> | undefined;
  /** it has new text: whoever goes on with it is further than this one was at its begin */
  readonly onText?: (id: string) => void;
}

/** `again`: in line once more, after so long. `gave-way`: at once, and in this turn. */
export type Handed =
  | { readonly name: 'over' }
  | { readonly name: 'again'; readonly afterMs: number }
  | { readonly name: 'gave-way'; readonly priority: number };

/** A signal's reason: it was this job's turn, and is another tenant's now. */
export const GIVE_WAY = new SottoError('closed', 'it gives way to another');

/** Workers that a job may end, one after another without new text, before it is taken for the cause. */
export const MAX_DEATHS = 3;
/** A client that waits takes its result at once. */
const REQUEST_KEPT_MS = 120_000;
const PROGRESS_MS = 500;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
const SEGMENTS_AT_ONCE = 500;

/** Also what the folder, the bucket or Redis says when it is away or full. */
const MAY_PASS: readonly ErrorCode[] = [...TRY_AGAIN, 'file_unreadable', 'cluster_unavailable'];
const OVER: Handed = { name: 'over' };

/** `signal` aborts where another has the job, it was cancelled, or this worker ends (`closed`). */
export async function readJob(id: string, signal: AbortSignal, parts: ReadJobParts): Promise<Handed> {
  const { store, blobs, log } = parts;
  const begun = await store.begin(id, parts.worker, MAX_DEATHS);
  if (begun.name === 'over') return OVER;
  const record = (await store.look(id))?.record;
  if (record === undefined) return OVER;
  const keptMs = record.kind === 'request' ? REQUEST_KEPT_MS : parts.ttlMs;
  const read = { seconds: 0 };
  /** Before it is over, so that it is not forgotten; once, whoever else does it. */
  const count = async (seconds: number) => {
    const { kind, tenant, model } = record;
    if (kind !== 'job' || tenant === undefined || seconds === 0) return;
    await parts.limits?.settleAudio({ tenant: tenant.id, id, model, seconds, requests: 1 });
  };
  const finish = async (end: JobEnd): Promise<Handed> => {
    await count(end.status === 'done' ? end.result.duration : read.seconds);
    if (!(await store.finish(id, begun.fence, end, keptMs, messageId()))) {
      // Another reads it; or it is over, by this very call where its answer was lost with the connection.
      const now = await store.look(id);
      if (now === undefined || isFinal(now.record.status)) await blobs.remove(id);
      return OVER;
    }
    log.info({ job: shortId(id), fence: begun.fence, ...jobLine(record, end, Date.now()) }, 'job');
    await blobs.remove(id);
    return OVER;
  };
  if (begun.name === 'poison') {
    const detail = `it ended ${MAX_DEATHS} workers`;
    return finish({ status: 'failed', error: { code: 'poison', detail } });
  }
  try {
    return await finish({ status: 'done', result: await transcribed(record, begun, signal, parts, read) });
  } catch (thrown) {
    const error = signal.aborted ? toSottoError(signal.reason) : toSottoError(thrown);
    if (error.code === 'cancelled') await count(read.seconds);
    if (error.code === FENCED || error.code === 'cancelled') return OVER;
    if (signal.reason === GIVE_WAY) {
      const priority = await store.giveWay(id, begun.fence, turnOf(record.tenant));
      return priority === undefined ? OVER : { name: 'gave-way', priority };
    }
    if (error.code === 'closed') {
      await store.requeue(id, begun.fence, 'not-counted');
      return { name: 'again', afterMs: 0 };
    }
    if (MAY_PASS.includes(error.code) && record.kind === 'job') {
      const tried = await store.requeue(id, begun.fence, 'counted');
      if (tried === undefined) return OVER;
      log.info({ job: shortId(id), code: error.code, tried }, 'job: it is tried again');
      if (tried < MAX_ATTEMPTS) {
        return { name: 'again', afterMs: Math.min(FIRST_PAUSE_MS * 2 ** tried, LONGEST_PAUSE_MS) };
      }
    }
    return finish({ status: 'failed', error: toWire(error) });
  }
}

/** Another worker has it. */
const FENCED: ErrorCode = 'conflict';

async function transcribed(
  record: JobRecord,
  begun: Exclude<Begun, { name: 'over' }>,
  outer: AbortSignal,
  parts: ReadJobParts,
  read: { seconds: number },
): Promise<TranscribeResult> {
  const { store, service, worker, log } = parts;
  const { id } = record;
  const { fence } = begun;
  const lost = new AbortController();
  const signal = AbortSignal.any([outer, lost.signal]);
  let writing: Promise<void> = Promise.resolve();
  let toldAt = Number.NEGATIVE_INFINITY;

  /** In order, one after another; the first that does not count ends the reading. */
  const write = (work: () => Promise<Written>) => {
    writing = writing
      .then(async () => {
        if (!lost.signal.aborted && (await work()) === 'fenced')
          throw new SottoError(FENCED, 'another worker has it');
      })
      .catch((error: unknown) => {
        lost.abort(toSottoError(error));
        log.info({ job: shortId(id), worker, err: toSottoError(error) }, 'job: it is not written on');
      });
  };

  const blob = await openRecording(record, fence, signal, parts);
  try {
    const segments = await segmentsOf(store, id);
    const from = segments.at(-1)?.end ?? 0;
    // From the last final segment on everything is read again.
    const notes = await store.keepNotes(id, fence, from + SAME_TIME);
    const place = await service.reserve({ force: true, ...(record.tenant && { tenant: record.tenant }) });
    const result = await place.transcribe({
      path: blob.path,
      model: record.model,
      options: record.options,
      signal,
      maxWaitMs: Number.POSITIVE_INFINITY,
      onSegments: (more) =>
        write(async () => {
          const answer = await store.addSegments(id, fence, more);
          if (answer === 'written') parts.onText?.(id);
          return answer;
        }),
      onProgress({ doneSeconds, totalSeconds }) {
        read.seconds = Math.max(read.seconds, doneSeconds);
        if (performance.now() - toldAt < PROGRESS_MS) return;
        toldAt = performance.now();
        write(() => store.progress(id, fence, doneSeconds, totalSeconds));
      },
      onNote: (note) => write(() => store.addNote(id, fence, note)),
      ...(segments.length === 0 ? {} : { resume: { from, segments, notes } }),
    });
    await writing;
    if (lost.signal.aborted) throw lost.signal.reason;
    const wrong = result.leftOut[0]?.error ?? result.endedEarly;
    // An empty text of a job would say that nobody spoke; of a request its route says so.
    if (record.kind === 'job' && result.segments.length === 0 && wrong !== undefined) throw fromWire(wrong);
    return { ...result, timings: { ...result.timings, waitMs: result.timings.waitMs + waited(record) } };
  } catch (thrown) {
    await writing;
    throw lost.signal.aborted ? lost.signal.reason : thrown;
  } finally {
    await blob.done();
  }
}

const waited = ({ createdAt, startedAt = createdAt }: JobRecord): number =>
  Math.max(0, startedAt - createdAt);

async function openRecording(
  record: JobRecord,
  fence: number,
  signal: AbortSignal,
  { store, blobs, fetchSource, partOf }: ReadJobParts,
): Promise<OpenBlob> {
  const { id, source } = record;
  if (source.kind === 'url') {
    const part = partOf(id);
    await fetchSource(source.url, part, signal);
    try {
      await blobs.put(id, part);
    } finally {
      await rm(part, { force: true });
    }
    await store.fetched(id, fence);
  }
  return blobs.open(id, signal);
}

async function segmentsOf(store: Pick<ClusterStore, 'segments'>, id: string): Promise<readonly Segment[]> {
  const all: Segment[] = [];
  for (;;) {
    const page = await store.segments(id, all.length, SEGMENTS_AT_ONCE);
    all.push(...page);
    if (page.length < SEGMENTS_AT_ONCE) return all;
  }
}
