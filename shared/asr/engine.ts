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
  /** what it may be about, or how it is to be written: given to the decoder as text that came before */
  readonly prompt?: string;
  /** words and names that are likely to be said: their probability is raised */
  readonly terms?: readonly string[];
  /** the first temperature tried; 0 unless said. Above 0 there is no ladder, as OpenAI's servers do it. */
  readonly temperature?: number;
  /** what is improbable and taken for silence: no text, unless it is to be kept */
  readonly doubtful?: 'left-out' | 'kept';
  /** `word`: segments carry their words with times, where the model can tell them. `segment` unless said. */
  readonly times?: 'segment' | 'word';
}

/** What the engine reads: mono 16 kHz samples, at most `windowSeconds` of them. */
export interface EngineWindow {
  readonly samples: Float32Array;
  /** the source's text just before this window, where it is to be carried over (after `prompt`, if there is one) */
  readonly before?: string;
  /**
   * Tokens, timestamps included, that the reading must begin with: text of this window that was said to be committed.
   * As they were given in `WindowReading.tokens` of an earlier reading of the same window.
   */
  readonly prefix?: readonly number[];
  /**
   * Seconds of clear speech that the VAD heard in it, where known. From ten on a text is expected: none at all, at any
   * temperature, from a model that does not take the window for silence either, is a failure of the engine.
   */
  readonly speechSeconds?: number;
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
  /** where word times were asked for and the model tells them: in order, joined and trimmed they are `text` */
  readonly words?: readonly Word[];
  /**
   * Of a draft, by engines that keep to a `prefix`: which tokens say which part of the text, so that a part can be
   * committed. In order; joined and trimmed their texts are `text`, joined their tokens are `tokens`.
   */
  readonly pieces?: readonly TextPiece[];
}

/** The fewest neighbouring tokens that are whole characters: mostly one. */
export interface TextPiece {
  /** with the space before it, where there is one */
  readonly text: string;
  readonly tokens: readonly number[];
}

/** A timed word with its punctuation, and the space before it where the language puts one. */
export interface Word {
  readonly text: string;
  /** seconds on the same clock as the segment's; start <= end, never before the last word's end */
  readonly start: number;
  readonly end: number;
  /** mean probability of its tokens, in [0, 1] */
  readonly probability: number;
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
  | { readonly phase: 'self-test' }
  /** the person is being asked whether sound may leave the device; nothing has left it */
  | { readonly phase: 'consent' }
  /** waiting for a place at a server; `position` (0: next) undefined where it has no place in line yet */
  | {
      readonly phase: 'queue';
      readonly position: number | undefined;
      readonly etaMs: number | undefined;
    };
