/** The gate's types. `admission.ts` holds whole jobs, `batcher.ts` turns admitted jobs' windows into batches. */
import type { EngineBatch, EngineWindow, ReadOptions, WindowReading } from '../asr/engine.ts';
import type { Outcome } from '../errors.ts';

/** Live goes before file. */
export type Priority = 'live' | 'file';

/** What someone who waits may be told. `etaMs` is undefined until something was measured. */
export interface QueuePlace {
  /** 0 = next */
  readonly position: number;
  readonly etaMs: number | undefined;
}

export interface AdmissionRequest {
  readonly priority: Priority;
  readonly signal?: AbortSignal;
  /** called whenever the place changes, until admitted */
  readonly onPlace?: (place: QueuePlace) => void;
  /** how much work it brings, in seconds of audio, if known: for the estimate */
  readonly seconds?: number;
}

/** A place among the active jobs. `leave` is idempotent and must be called on every way out. */
export interface Lease {
  readonly id: number;
  leave(end: 'done' | 'failed' | 'cancelled'): void;
}

export interface AdmissionLimits {
  /** active file jobs at once (1: strictly serial) */
  readonly maxActive: number;
  /** active live jobs at once; they do not use up file places */
  readonly maxLive: number;
  /** how many may wait; one more is refused with `queue_full` */
  readonly maxWaiting: number;
  /** longest wait before `queue_timeout`; undefined: as long as it takes */
  readonly maxWaitMs: number | undefined;
}

export interface AdmissionStats {
  readonly active: number;
  readonly waiting: number;
  readonly done: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly refused: number;
}

export interface Admission {
  /** Resolves when admitted. Rejects `queue_full` at once, `queue_timeout`, `cancelled`, or `closed`. */
  enter(request: AdmissionRequest): Promise<Lease>;
  stats(): AdmissionStats;
  /** Refuses newcomers and everyone waiting with `closed`; resolves when the active have left. */
  close(): Promise<void>;
}

export interface WindowRequest {
  readonly window: EngineWindow;
  readonly options: ReadOptions;
  readonly priority: Priority;
  /**
   * A partial may be replaced: a later one of the same `replaces` key that comes before this one started
   * settles this one with `undefined`. Finals have none; a final with a key also replaces waiting partials of it.
   */
  readonly kind:
    | { readonly name: 'final'; readonly key?: string }
    | { readonly name: 'partial'; readonly key: string };
  readonly signal?: AbortSignal;
}

export interface BatcherStats {
  readonly running: number;
  readonly waiting: number;
  readonly windows: number;
  readonly batches: number;
  readonly replaced: number;
  /** engine milliseconds a second of audio, moving average; undefined before the first batch */
  readonly msPerSecond: number | undefined;
}

/** Runs one batch; one result a window, in order. The supervisor implements it. */
export type RunBatch = (
  batch: EngineBatch,
  signal: AbortSignal,
) => Promise<readonly Outcome<WindowReading>[]>;

export interface Batcher {
  /** Resolves with the reading, or `undefined` when a newer partial took its place. Rejects with a SottoError. */
  submit(request: WindowRequest): Promise<WindowReading | undefined>;
  stats(): BatcherStats;
  close(): Promise<void>;
}

/** Time as the gate sees it, so that tests own it. */
export interface Clock {
  now(): number;
  /** returns what cancels it */
  after(ms: number, action: () => void): () => void;
}

export const realClock: Clock = {
  now: () => performance.now(),
  after(ms, action) {
    const id = setTimeout(action, ms);
    return () => clearTimeout(id);
  },
};
