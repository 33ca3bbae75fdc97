/** A stretch of speech no longer than the model reads at once, cut from a source. */
export interface SpeechWindow {
  /** 0-based within its source; partials carry the index that their final will have */
  readonly index: number;
  /** mono 16 kHz */
  readonly samples: Float32Array;
  /** seconds from the beginning of the source to samples[0]; exact to one sample */
  readonly start: number;
  /** seconds; start + samples.length / 16000 */
  readonly end: number;
  /** where the VAD heard speech within the source, seconds; start <= speechStart < speechEnd <= end */
  readonly speechStart: number;
  readonly speechEnd: number;
  /** seconds the VAD took for speech, pauses left out; not known while the window still grows */
  readonly speechSeconds?: number;
  /** it begins before the end of the window before it: speech without a pause had to be cut there */
  readonly overlap?: WindowOverlap;
  /** cut so itself: where the next window begins, before this one's end; its last word may be cut off */
  readonly goesOnAt?: number;
}

/** Seconds from the beginning of the source. */
export interface WindowOverlap {
  /** where the window before ends: up to there both hold the same sound */
  readonly end: number;
  /** where the one's own part ends and the other's begins: the quietest place, or a short gap between words */
  readonly seam: number;
}

/** How speech is cut for a model. Seconds. */
export interface WindowPlan {
  /** never longer: the model's own window */
  readonly maxSeconds: number;
  /** once a window holds this much, the next pause of `splitSilence` closes it (small for models that like short windows) */
  readonly targetSeconds: number;
  /** a pause at least this long always ends a stretch of speech */
  readonly endSilence: number;
  /** a pause at least this long may be cut at once the target is reached */
  readonly splitSilence: number;
  /** kept before and after speech; never reaches into a neighbour's speech */
  readonly padding: number;
  /** shorter speech is dropped as a click */
  readonly minSpeech: number;
  /** how much of the sound two windows share where speech without a pause is cut; none unless said */
  readonly overlap?: number;
  /**
   * Where a window ends that is full: `at-gap` where a gap between words can be found (the default), or `when-heard`,
   * with all that was heard, so that no partial reading ever covered more than the final one.
   */
  readonly forcedEnd?: 'at-gap' | 'when-heard';
}

/** What a live source says as it goes. `level` is RMS in [0, 1] for the meter. */
export type LiveEvent =
  | { readonly type: 'level'; readonly rms: number; readonly seconds: number }
  | { readonly type: 'speech-start'; readonly at: number }
  | { readonly type: 'partial'; readonly window: SpeechWindow }
  | { readonly type: 'final'; readonly window: SpeechWindow }
  /** only zeros for some seconds: a wrong or muted input device */
  | { readonly type: 'digital-silence'; readonly seconds: number }
  | { readonly type: 'sound-again' }
  | { readonly type: 'end'; readonly seconds: number };

/** Seconds; times of segments that come back through JSON are not exact to the last bit. */
export const SAME_TIME = 0.001;
