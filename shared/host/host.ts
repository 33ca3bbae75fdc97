/** The port of a place where an engine lives and can be killed: a Web Worker, a child process, a fake. */
import type { EngineBatch, EngineInfo, LoadProgress, WindowReading } from '../asr/engine.ts';
import type { SottoError } from '../errors.ts';

export interface EngineHost {
  /**
   * Starts the place and loads the engine. Rejects with a SottoError when it cannot (the host is then dead).
   * `onProgress` is called any number of times before it settles.
   */
  start(onProgress: (progress: LoadProgress) => void): Promise<EngineInfo>;
  /**
   * One at a time. Rejects with the reason when the host exits meanwhile. Where it can, it stops early when `signal`
   * aborts, with `cancelled`, and lives on.
   */
  run(batch: EngineBatch, signal?: AbortSignal): Promise<WindowReading[]>;
  /**
   * Whether the last run got to the engine before the place died, where it can tell: what never did is not to blame.
   */
  reached?(): boolean;
  /** Resident bytes of the place when it last answered, where it can tell. */
  memoryBytes?(): number | undefined;
  /** Ends the place at once, whatever it does. Idempotent. `exited` resolves. */
  kill(): void;
  /** Resolves, never rejects, when the place is gone, with why; `undefined` after kill(). */
  readonly exited: Promise<SottoError | undefined>;
}

/** One way to run the model; the ladder is a list of these, best first. */
export interface Rung {
  /** stable name, shown to people through the page's own words */
  readonly id: RungId;
  create(): EngineHost;
}

export type RungId = 'webgpu' | 'wasm' | 'cpu' | 'cuda' | 'server';
