/** What the routes, the job runner and the command line ask for, and all that they know of the machine room. */
import type { EngineInfo, EngineWindow, ReadOptions, WindowReading } from '../../shared/asr/engine.ts';
import type { ErrorWire } from '../../shared/errors.ts';
import type { SupervisorState } from '../../shared/host/events.ts';
import type { Vote } from '../../shared/pipeline/job-language.ts';
import type {
  AdmissionStats,
  BatcherStats,
  Priority,
  QueuePlace,
  Share,
  WindowRequest,
} from '../../shared/queue/port.ts';
import type { Segment, Transcript } from '../../shared/transcript/transcript.ts';

export interface TranscriptionService {
  /**
   * A place in line, taken before the body is read. Throws at once, without any wait: `queue_full`, `closed`,
   * `engine_unavailable` with why no engine starts, or `engine_exited` while one starts again and no spare is there
   * (`status().etaMs` says for how long; the first start may be waited for). The place counts among those waiting until `transcribe` is
   * admitted or it is released. `force`: a job accepted before a restart, which is never refused for want of room.
   * `tenant`: whose it is; nobody's share it as one.
   */
  reserve(options?: ReserveOptions): Reservation;
  /**
   * A session whose windows come as they are spoken, or as a page cuts them: a place among the sessions
   * (`ASR_MAX_SESSIONS`), the same batcher and engine as everyone's. Throws at once: `queue_full`, `closed`,
   * `engine_unavailable`, `model_unknown`.
   */
  openSession(options: SessionOptions): ServiceSession;
  /** Reads a known clip through the same gate and engine as everyone's windows; rejects with a SottoError. */
  canary(signal: AbortSignal): Promise<CanaryResult>;
  /** `etaMs` is that of a newcomer of this tenant. */
  status(tenant?: Share): ServiceStatus;
  /** Called on every event that metrics count. Returns what unsubscribes. */
  observe(listener: (event: ServiceEvent) => void): () => void;
  /** Refuses newcomers, ends what runs after `graceMs`, kills every child. Idempotent. */
  close(graceMs?: number): Promise<void>;
}

/** As the routes know it. Where the place is another machine's to give, that takes a moment; then it rejects instead. */
export interface RequestService extends Omit<TranscriptionService, 'reserve'> {
  reserve(options?: ReserveOptions): Reservation | Promise<Reservation>;
}

export interface ReserveOptions {
  readonly force?: boolean;
  readonly tenant?: Share;
}

export interface SessionOptions {
  /** catalogue id */
  readonly model: string;
  /** live goes before file */
  readonly priority: Priority;
  readonly tenant?: Share;
  /** ends the session, and what it waits for */
  readonly signal: AbortSignal;
}

export interface ServiceSession {
  /** Resolves when the engine is there; rejects with a SottoError. */
  ready(): Promise<EngineInfo>;
  /** One window through the gate; settles as the batcher's `submit`. Keys are the session's own. */
  read(request: SessionWindow): Promise<WindowReading | undefined>;
  /** windows of everybody that are read before its next one, and how long that will take */
  readonly place: QueuePlace;
  /** Gives the place back; what is under way is cancelled. Idempotent. */
  leave(): void;
}

export interface SessionWindow {
  readonly window: EngineWindow;
  readonly options: Omit<ReadOptions, 'model'>;
  readonly kind: WindowRequest['kind'];
  readonly signal?: AbortSignal;
}

export interface Reservation {
  /**
   * Waits for its turn, then reads the file to its end. Rejects with a SottoError: `queue_timeout`, `cancelled`, what
   * is wrong with the file, or with the engine. The place is free again however it ends. Once.
   */
  transcribe(request: TranscribeRequest): Promise<TranscribeResult>;
  /** Gives the place back without having used it. Idempotent; does nothing after `transcribe`. */
  release(): void;
  /** as it stands now: 0 is next */
  readonly place: QueuePlace;
}

export interface TranscribeRequest {
  /** of the spooled file; the caller deletes it */
  readonly path: string;
  /** catalogue id */
  readonly model: string;
  readonly options: Omit<ReadOptions, 'model' | 'effort'>;
  readonly signal: AbortSignal;
  /** of a job that may be tried again: what is counted for it is counted once */
  readonly jobId?: string;
  /** `undefined`: the service's own limit; `Infinity`: as long as it takes (jobs that were accepted) */
  readonly maxWaitMs?: number;
  readonly onPlace?: (place: QueuePlace) => void;
  /** it was admitted */
  readonly onStart?: () => void;
  /** final segments as they come, in order */
  readonly onSegments?: (segments: readonly Segment[]) => void;
  readonly onProgress?: (progress: { doneSeconds: number; totalSeconds: number | undefined }) => void;
  /** what the job must still know when it goes on later, before the segments that come after it */
  readonly onNote?: (note: ReadNote) => void;
  /** continue after text that is final already: windows that end by `from` seconds are not read again */
  readonly resume?: {
    readonly from: number;
    readonly segments: readonly Segment[];
    /** of windows that end by `from`, in order */
    readonly notes?: readonly ReadNote[];
  };
}

/** A stretch without text because it kills engines, in seconds of the source. */
export interface LeftOut {
  readonly start: number;
  readonly end: number;
  readonly error: ErrorWire;
}

/** What was learnt of a window beside its text. */
export type ReadNote =
  | ({ readonly name: 'left-out' } & LeftOut)
  /** what it was taken for, where the language was not said; `end` in seconds of the source */
  | { readonly name: 'language'; readonly end: number; readonly vote: Vote };

export interface TranscribeResult extends Transcript {
  /** where it was not said: what was taken for spoken, with its probability */
  readonly languageProbability?: number;
  /** stretches that were left out because they kill engines */
  readonly leftOut: readonly LeftOut[];
  /** the file ended in damage: what was read before is complete */
  readonly endedEarly?: ErrorWire;
  readonly timings: { readonly waitMs: number; readonly decodeMs: number; readonly inferenceMs: number };
}

export interface CanaryResult {
  readonly ms: number;
  readonly text: string;
}

/** A device that was tried, in the order of preference. */
export interface DeviceProbe {
  readonly device: 'cuda' | 'webgpu' | 'cpu';
  readonly outcome: 'chosen' | 'unavailable' | 'not-tried';
  /** why not, or the adapter's name */
  readonly detail?: string;
}

export interface ServiceStatus {
  readonly engine: SupervisorState;
  readonly info: EngineInfo | undefined;
  readonly devices: readonly DeviceProbe[];
  readonly spare: 'none' | 'starting' | 'ready';
  /** engines replaced since the start, by reason */
  readonly restarts: Readonly<Record<'exit' | 'hang' | 'memory' | 'recycle', number>>;
  readonly decoderRestarts: number;
  readonly admission: AdmissionStats;
  readonly batcher: BatcherStats;
  /** an honest guess at how long a newcomer would wait; undefined before anything was measured */
  readonly etaMs: number | undefined;
  /** the server's own first */
  readonly models: readonly ServedModel[];
}

export interface ServedModel {
  readonly id: string;
  /** `available`: not in memory, and loaded when it is asked for */
  readonly state: 'loaded' | 'loading' | 'available' | 'failed';
  /** why it failed */
  readonly error?: ErrorWire;
  /** until it is loaded, where that is known, or would be if it were asked for now; milliseconds */
  readonly etaMs?: number;
  /** what its processes hold, where they have said it */
  readonly memoryBytes?: number;
}

export type ServiceEvent =
  | { readonly type: 'refused'; readonly reason: string }
  | {
      readonly type: 'job';
      readonly end: 'done' | 'failed' | 'cancelled' | 'refused';
      readonly code?: string;
      readonly waitMs: number;
      readonly decodeMs: number;
      readonly inferenceMs: number;
      readonly audioSeconds: number;
    }
  | { readonly type: 'batch'; readonly width: number; readonly ms: number; readonly audioSeconds: number }
  | {
      readonly type: 'engine-replaced';
      readonly reason: 'exit' | 'hang' | 'memory' | 'recycle';
      readonly ms: number;
    }
  | { readonly type: 'decode-failed'; readonly code: string }
  /** `ms`: of the load, and of the try that failed; 0 of an unload */
  | {
      readonly type: 'model';
      readonly model: string;
      readonly change: 'loaded' | 'unloaded' | 'failed';
      readonly ms: number;
    }
  /** a job whose place was free before its model was there waited so long for that */
  | { readonly type: 'model-wait'; readonly model: string; readonly ms: number };
