/** What the routes know of durable jobs, and what the runner asks of the store. */
import type { Task } from '../../shared/asr/engine.ts';
import type { ErrorWire } from '../../shared/errors.ts';
import type { ResponseFormat } from '../../shared/protocol/http.ts';
import type { QueuePlace, Share } from '../../shared/queue/port.ts';
import type { Segment } from '../../shared/transcript/transcript.ts';
import type { ReadNote, Reservation, TranscribeRequest, TranscribeResult } from '../service/port.ts';
import type { FinalStatus, JobStatus } from './states.ts';

/** How the result is written where the asker does not say. */
export interface JobAnswer {
  readonly task: Task;
  readonly responseFormat: ResponseFormat;
  readonly granularities: { readonly segment: boolean; readonly word: boolean };
  readonly logprobs: boolean;
}

export interface Webhook {
  readonly url: string;
  /** `whsec_…`; undefined: the operator's */
  readonly secret: string | undefined;
}

export interface JobSpec {
  /** catalogue id */
  readonly model: string;
  readonly options: TranscribeRequest['options'];
  readonly answer: JobAnswer;
  readonly webhook: Webhook | undefined;
  readonly idempotencyKey: string | undefined;
  /** whose it is; undefined: nobody said */
  readonly tenant?: Share | undefined;
  /** what it is already called; undefined: it is given an id */
  readonly id?: string | undefined;
}

export type JobSource =
  /** a file on this machine, taken over: moved or deleted, whatever happens */
  | { readonly kind: 'file'; readonly path: string; readonly sha256: string }
  | { readonly kind: 'url'; readonly url: string };

export interface JobView {
  readonly id: string;
  readonly status: JobStatus;
  readonly model: string;
  readonly tenant: Share | undefined;
  readonly answer: JobAnswer;
  /** epoch milliseconds, as all times here */
  readonly createdAt: number;
  readonly startedAt: number | undefined;
  readonly finishedAt: number | undefined;
  /** of a finished job: when it is forgotten */
  readonly expiresAt: number | undefined;
  /** of a queued job that stands in line */
  readonly place: QueuePlace | undefined;
  /** of a running job */
  readonly progress: { readonly doneSeconds: number; readonly totalSeconds: number | undefined } | undefined;
  readonly error: ErrorWire | undefined;
  readonly webhook: 'none' | 'waiting' | DeliveryState;
}

export type DeliveryState = 'pending' | 'delivered' | 'given_up';

/** All that a finished job left, but for its segments. */
export type JobOutcome = Omit<TranscribeResult, 'segments'>;

/** At once where the jobs are this process's own, later where they lie elsewhere. */
export type Soon<Value> = Value | Promise<Value>;

/**
 * What the routes use. Ids are secrets: who has one may read and delete the job. Where jobs lie elsewhere, everything
 * that gives a promise may reject with `cluster_unavailable`.
 */
export interface Jobs {
  /**
   * The job is durable when this resolves: its file is on the disk and its row committed. A place is taken for a
   * new job only. With a known idempotency key: the job of that key, or `conflict`.
   */
  submit(
    spec: JobSpec,
    source: JobSource,
    takePlace: () => Soon<Reservation>,
  ): Promise<{ readonly view: JobView; readonly replayed: boolean }>;
  /** Whether a job has this key: whoever repeats a request needs no place. */
  knows(idempotencyKey: string): Soon<boolean>;
  find(id: string): Soon<JobView | undefined>;
  /** Final segments in order, from an index on; at most `limit`. */
  segments(id: string, from: number, limit: number): Soon<readonly Segment[]>;
  /** Of a job that is done; undefined otherwise. */
  result(id: string): Soon<TranscribeResult | undefined>;
  /** Called on every change of the job, until the returned function is called. */
  watch(id: string, listener: () => void): () => void;
  /** Cancels what is not finished, forgets what is. */
  remove(id: string): Soon<JobRemoval>;
  /** Throws `address_refused` for an address that can be refused by its looks. */
  checkAddress(url: string): void;
  /** What is wrong with a webhook's secret; undefined stands for the operator's. */
  secretFault(secret: string | undefined): 'missing' | 'malformed' | undefined;
}

export type JobRemoval = 'cancelled' | 'forgotten' | 'unknown';

/** A job as it lies in the store. */
export interface StoredJob extends Omit<JobView, 'place' | 'progress' | 'expiresAt'> {
  readonly options: TranscribeRequest['options'];
  /** where its sound is: yet to be fetched, in the folder, or deleted */
  readonly source: { readonly kind: 'url'; readonly url: string } | { readonly kind: 'file' | 'gone' };
  /** tries in a row that ended without a new segment */
  readonly attempts: number;
}

export interface NewJob extends JobSpec {
  readonly id: string;
  readonly source: { readonly kind: 'url'; readonly url: string } | { readonly kind: 'file' };
  /** of the content and the parameters */
  readonly fingerprint: string;
  readonly createdAt: number;
}

export type JobEnd =
  | { readonly status: 'done'; readonly result: TranscribeResult }
  | { readonly status: 'failed'; readonly error: ErrorWire }
  | { readonly status: 'cancelled' };

export interface Delivery {
  readonly jobId: string;
  /** the same at every try */
  readonly messageId: string;
  readonly status: FinalStatus;
  readonly url: string;
  readonly secret: string | undefined;
  /** tries so far */
  readonly attempts: number;
  readonly nextAt: number;
}

/**
 * Every call is one short transaction, committed and on the disk when it returns. A step that TRANSITIONS does not
 * have changes nothing and gives false.
 */
export interface JobStore {
  /** The job of the same key instead, where there is one. Throws `conflict` where its fingerprint differs. */
  accept(job: NewJob): { readonly job: StoredJob; readonly replayed: boolean };
  byKey(idempotencyKey: string): StoredJob | undefined;
  /** The job of that key. Throws `conflict` where its fingerprint differs. */
  replay(idempotencyKey: string, fingerprint: string): StoredJob | undefined;
  find(id: string): StoredJob | undefined;
  /** in the order in which they were accepted */
  unfinished(): readonly StoredJob[];
  /** What ran when the last process ended is queued again, one try more. */
  recover(): void;
  /** Its address is forgotten. */
  fetched(id: string): void;
  start(id: string, now: number): boolean;
  requeue(id: string, tried: 'counted' | 'not-counted'): boolean;
  /** An index that is there already stays as it is. */
  addSegments(id: string, segments: readonly Segment[]): void;
  segments(id: string, from: number, limit: number): readonly Segment[];
  addNote(id: string, note: ReadNote): void;
  /** Those of windows that end by `seconds`, in order; the others are forgotten, for their windows are read again. */
  keepNotes(id: string, seconds: number): readonly ReadNote[];
  /** With its webhook, if it has one, as a pending delivery, and its sound as gone. */
  finish(id: string, end: JobEnd, now: number): boolean;
  outcome(id: string): JobOutcome | undefined;
  forget(id: string): boolean;
  /** Forgets what finished before; at most `limit`, and gives how many. */
  prune(before: number, limit: number): number;
  /** pending, the next one first */
  deliveries(limit: number): readonly Delivery[];
  retryDelivery(jobId: string, attempts: number, nextAt: number): void;
  /** Its address and secret are forgotten. */
  endDelivery(jobId: string, state: 'delivered' | 'given_up'): void;
  counts(): Readonly<Record<JobStatus, number>>;
  close(): void;
}

export interface JobRunner {
  /** Takes up what the last process left, in its order. */
  start(): void;
  run(job: StoredJob, place: Reservation): void;
  /** where a job stands in line, or how far it is read */
  now(id: string): Pick<JobView, 'place' | 'progress'>;
  watch(id: string, listener: () => void): () => void;
  /** After the store says that it is cancelled. */
  stop(id: string): void;
  /** What runs is queued again, for the next start. */
  close(): Promise<void>;
}
