/** The port of a speech engine: what the gate talks to, whatever runs behind it. */

/** Where a model can run. `cpu` and `cuda` exist on the server only. */
export type Device = 'webgpu' | 'wasm' | 'cpu' | 'cuda';

export type Task = 'transcribe' | 'translate';

/** Options of one read. Windows are run in one batch only when these are equal. */
export interface ReadOptions {
  /** catalogue id; undefined: the model that is loaded */
  readonly model?: string;
  readonly task: Task;
  /** ISO 639-1 code; undefined or `auto`: the one spoken, found for each window (English-only models ignore it) */
  readonly language?: string;
  /** `draft`: one attempt, for text that is soon replaced; otherwise doubted text is decoded again */
  readonly effort?: 'draft' | 'full';
}

/** What the engine reads: mono 16 kHz samples, at most `windowSeconds` of them. */
export interface EngineWindow {
  readonly samples: Float32Array;
}

export interface EngineBatch {
  readonly windows: readonly EngineWindow[];
  readonly options: ReadOptions;
}

/** A timed stretch of text within one window. */
export interface WindowSegment {
  /** seconds from the window's first sample, 0 <= start <= end <= the window's length */
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** text tokens only: neither specials nor timestamps */
  readonly tokens: readonly number[];
  /** mean natural-log probability of the window's tokens (as OpenAI's whisper: sum / (n + 1)) */
  readonly avgLogprob: number;
  /** probability of <|nospeech|> at the first decoder position */
  readonly noSpeechProb: number;
  /** length of the UTF-8 text over its deflated length: above 2.4 it repeats itself */
  readonly compressionRatio: number;
  /** at which the window's text was decoded: 0 the most probable tokens, above it drawn after a failure */
  readonly temperature?: number;
}

/** What one window said. No text is `segments: []`. */
export interface WindowReading {
  readonly segments: readonly WindowSegment[];
  /** all tokens that the decoder gave, timestamps included, without prompt and end */
  readonly tokens: readonly number[];
  readonly noSpeechProb: number;
  /** where it was not said and the model knows several: what it took for spoken, with its probability among those */
  readonly language?: { readonly code: string; readonly probability: number };
}

export interface EngineInfo {
  /** catalogue id */
  readonly model: string;
  readonly device: Device;
  /** e.g. `fp32/q4` (encoder/decoder) or `q8` */
  readonly dtype: string;
  /** for people: the adapter's or provider's name, when known */
  readonly adapter?: string;
  /** the longest window the model reads at once, in seconds */
  readonly windowSeconds: number;
  /** how many windows are read at once */
  readonly lanes: number;
}

export interface Engine {
  readonly info: EngineInfo;
  /**
   * Reads one batch; one at a time, enforced by the batcher. Readings come in the order of the windows.
   * `signal` stops between decoder steps. Throws SottoError.
   */
  run(batch: EngineBatch, signal?: AbortSignal): Promise<WindowReading[]>;
  /** Frees sessions and tensors. The engine is unusable afterwards. */
  dispose(): Promise<void>;
}

/** Progress of getting an engine ready. */
export type LoadProgress =
  | { readonly phase: 'download'; readonly loaded: number; readonly total: number; readonly file: string }
  | { readonly phase: 'start' }
  | { readonly phase: 'self-test' };
