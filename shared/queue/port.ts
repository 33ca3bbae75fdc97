/** The gate's types. `admission.ts` holds whole jobs, `batcher.ts` turns admitted jobs' windows into batches. */
import type { EngineBatch, EngineWindow, ReadOptions, WindowReading } from '../asr/engine.ts';
import type { Outcome } from '../errors.ts';

/** Live goes before file. */
export type Priority = 'live' | 'file';

/** Who asks, and its part where several wait. */
export interface Share {
  readonly id: string;
  /** relative to others', > 0 */
  readonly weight: number;
}

/** Those who did not say who they are: one tenant, which has everything to itself where there are no others. */
export const NOBODY: Share = { id: '', weight: 1 };

/** What someone who waits may be told. `etaMs` is undefined until something was measured. */
export interface QueuePlace {
  /** 0 = next */
  readonly position: number;
  readonly etaMs: number | undefined;
}

export interface AdmissionRequest {
  readonly priority: Priority;
  readonly tenant?: Share;
  readonly signal?: AbortSignal;
  /** called whenever the place changes, until admitted */
  readonly onPlace?: (place: QueuePlace) => void;
  /** how much work it brings, in seconds of audio, if known: for the estimate */
  readonly seconds?: number;
  /** longest wait of this one; `undefined`: the gate's own, `Infinity`: as long as it takes */
  readonly maxWaitMs?: number;
  /**
   * Asked when it is its turn and a place is free. Where it says yes it begins with that; where it says no it waits on,
   * and those behind it may begin before it, until `wake`. It may unless it says.
   */
  readonly tryBegin?: () => boolean;
}

/** A place among the active jobs. `leave` is idempotent and must be called on every way out. */
export interface Lease {
  readonly id: number;
  /** What it still needs, as far as it knows by now: better for the estimates of those behind than other jobs' pace. */
  expect(remainingMs: number): void;
  leave(end: 'done' | 'failed' | 'cancelled'): void;
}

export interface ReserveRequest {
  readonly priority: Priority;
  readonly tenant?: Share;
  /** it was promised a place before: it is never refused for want of room */
  readonly force?: boolean;
}

/** A place in line of a job that cannot begin yet: its file is still on its way. */
export interface Ticket {
  /** It can begin: resolves when admitted, at once where a place is free. Rejects as `Admission.enter`. Once. */
  enter(request?: Omit<AdmissionRequest, 'priority' | 'tenant'>): Promise<Lease>;
  /** Leaves the line, as cancelled. Idempotent; does nothing after `enter`. */
  release(): void;
  /** as it stands now; `etaMs` 0 and position 0 once out of line */
  readonly place: QueuePlace;
  /** whether one of its tenant could begin now, were it its turn */
  readonly placeFree: boolean;
}

export interface AdmissionLimits {
  /** active file jobs of one tenant at once (1: strictly serial) */
  readonly maxActive: number;
  /** tenants that may have active file jobs at once; 1 unless given: `maxActive` then bounds all together */
  readonly maxTenants?: number;
  /** active live jobs at once; they do not use up file places */
  readonly maxLive: number;
  /** how many of one tenant may wait, and `maxTenants` times as many of all; one more is refused with `queue_full` */
  readonly maxWaiting: number;
  /** longest wait before `queue_timeout`; undefined: as long as it takes */
  readonly maxWaitMs: number | undefined;
}

export interface AdmissionStats {
  readonly active: number;
  /** those with a ticket that cannot begin yet included */
  readonly waiting: number;
  readonly done: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly refused: number;
}

export interface Admission {
  /** Resolves when admitted. Rejects `queue_full` at once, `queue_timeout`, `cancelled`, or `closed`. */
  enter(request: AdmissionRequest): Promise<Lease>;
  /**
   * A place in line that counts as waiting while its job is not ready to begin; those behind it who are ready may
   * begin before it, and never take its place. Throws `queue_full` or `closed` at once.
   */
  reserve(request: ReserveRequest): Ticket;
  /** How long a newcomer would wait; undefined until something was measured. 0 where a place is free. */
  etaMs(priority: Priority, tenant?: Share): number | undefined;
  stats(): AdmissionStats;
  /** What someone's `tryBegin` answers has changed. */
  wake(): void;
  /** Refuses newcomers and everyone waiting with `closed`; resolves when the active have left. */
  close(): Promise<void>;
}

export interface WindowRequest {
  readonly window: EngineWindow;
  readonly options: ReadOptions;
  readonly priority: Priority;
  readonly tenant?: Share;
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
