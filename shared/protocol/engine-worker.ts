/** What the page and its engine worker say to each other (over comlink). Results are Outcomes: a thrown error would lose its code. */
import type { EngineBatch, EngineInfo, LoadProgress, WindowReading } from '../asr/engine.ts';
import type { ErrorWire, Outcome } from '../errors.ts';
import type { OrtFiles } from './ort-files.ts';

export interface EngineStart {
  /** catalogue id */
  readonly model: string;
  readonly device: 'webgpu' | 'wasm';
  /** base URL of the model hub */
  readonly hub: string;
  /** base URL of the site's own models, ending in a slash */
  readonly site: string;
  /** held by the worker while it lives, so that the page sees its end however it comes */
  readonly lock: string;
  readonly threads: number;
  /** undefined: beside the worker, where the site has them */
  readonly ort?: OrtFiles | undefined;
}

/** What the worker says unasked. */
export type EngineNotice =
  /** the first word: the script runs and holds its lock */
  | { readonly type: 'alive' }
  | { readonly type: 'progress'; readonly progress: LoadProgress }
  /** a request for the model's files went to `host`, or `bytes` came back from there */
  | { readonly type: 'asked'; readonly host: string; readonly requests: number; readonly bytes: number }
  /** the files could not be kept on the device; they will be fetched again next time */
  | { readonly type: 'uncached'; readonly reason: string }
  /** the device is gone; the worker is of no more use */
  | { readonly type: 'lost'; readonly error: ErrorWire };

export interface EngineWorkerApi {
  /** Once. `notice` is a comlink proxy. */
  start(options: EngineStart, notice: (notice: EngineNotice) => void): Promise<Outcome<EngineInfo>>;
  run(batch: EngineBatch): Promise<Outcome<WindowReading[]>>;
}
