/** What the page and its ear worker (decoder, VAD) say to each other (over comlink). */
import type { Outcome } from '../errors.ts';
import type { LiveEvent, SpeechWindow, WindowPlan } from '../speech/window.ts';
import type { OrtFiles } from './ort-files.ts';

export interface EarStart {
  readonly lock: string;
  /** URL of the Silero model, absolute */
  readonly vad: string;
  /** undefined: beside the worker, where the site has them */
  readonly ort?: OrtFiles | undefined;
}

export type EarSource =
  | { readonly kind: 'blob'; readonly blob: Blob }
  | { readonly kind: 'url'; readonly url: string };

export interface SourceInfo {
  /** undefined when the container does not say */
  readonly durationSeconds: number | undefined;
}

/** One step through a file; `position` is how many seconds of the source were decoded and heard so far. */
export type EarStep =
  | { readonly kind: 'window'; readonly window: SpeechWindow; readonly position: number }
  /** no window yet, but it moves: long silence */
  | { readonly kind: 'moving'; readonly position: number }
  | { readonly kind: 'end'; readonly position: number };

/** Handles number the sources open in one ear worker. */
export interface EarWorkerApi {
  /** Once, first: loads the VAD. The lock is held while the worker lives. */
  start(options: EarStart): Promise<Outcome<undefined>>;
  /** Opens a file or URL: reads just enough to know what it is. */
  open(source: EarSource, plan: WindowPlan): Promise<Outcome<{ handle: number; info: SourceInfo }>>;
  /**
   * Waits for the next window, or for a quarter of a second. Never decodes further than one window past the
   * last one taken: that is what keeps memory constant.
   */
  next(handle: number): Promise<Outcome<EarStep>>;
  /**
   * Hears a microphone: `port` brings Float32Array chunks, mono at `rate` hertz, from the worklet; an empty
   * message ends it. Events come through `onEvents` (comlink proxy), in order, finals never lost.
   */
  listen(
    port: MessagePort,
    rate: number,
    plan: WindowPlan,
    onEvents: (events: readonly LiveEvent[]) => void,
  ): Promise<Outcome<{ handle: number }>>;
  /** Live: no more sound will come; resolves when the tail's events were sent. */
  finish(handle: number): Promise<Outcome<undefined>>;
  /** Frees what the handle holds; idempotent. */
  close(handle: number): Promise<Outcome<undefined>>;
}

/** Messages of the capture worklet on the port it was handed. */
export type CaptureMessage = Float32Array;
