/**
 * When a window's decoding is believed: `decode_with_fallback` of OpenAI's whisper/transcribe.py as a pure decision,
 * its thresholds, and what is left out as silence.
 */
import type { ReadOptions } from './engine.ts';
import type { LoopRule } from './loops.ts';
import type { TermBonus } from './terms.ts';

export interface DecodingGuards {
  /** tried in this order until a reading is believed; 0 is the most probable token, above it tokens are drawn */
  readonly temperatures: readonly number[];
  /** a mean log-probability below it is not believed */
  readonly logprob: number;
  /** a compression ratio above it is not believed: the text repeats itself */
  readonly compressionRatio: number;
  /**
   * with a higher no-speech probability, what is not believed for its log-probability is silence; undefined: the model
   * never learnt <|nospeech|>, and what is not believed for its log-probability is silence unless clear speech was heard
   */
  readonly noSpeech: number | undefined;
  /** what becomes of text that is not believed and taken for silence */
  readonly doubtful: 'left-out' | 'kept';
  /** ends a row that runs in circles; undefined: rows run until they end or have no tokens left */
  readonly loop: LoopRule | undefined;
  /** of the drawing above temperature 0: the same seed and sound give the same text */
  readonly seed: number;
  /** seconds of clear speech in a window from which on a text is expected */
  readonly clearSpeech: number;
  /** how much likely terms are raised */
  readonly termBonus: TermBonus;
}

/** The reference's, but for what it does not have: the loop rule, the seed, and what is said of clear speech and terms. */
export const DEFAULT_GUARDS: DecodingGuards = {
  temperatures: [0, 0.2, 0.4, 0.6, 0.8, 1],
  logprob: -1,
  compressionRatio: 2.4,
  noSpeech: 0.6,
  doubtful: 'left-out',
  loop: { repeats: 4, tokens: 24, longest: 32 },
  seed: 0x5077,
  clearSpeech: 10,
  termBonus: { first: 1.5, further: 2 },
};

/** One attempt, whatever comes of it. */
export const NO_FALLBACK: Pick<DecodingGuards, 'temperatures'> = { temperatures: [0] };

/** A temperature of the caller's choice above 0 is tried alone; a draft is one attempt; doubtful text may be wanted. */
export function guardsFor(
  { effort, temperature = 0, doubtful }: Pick<ReadOptions, 'effort' | 'temperature' | 'doubtful'>,
  usual: DecodingGuards,
): DecodingGuards {
  const guards = doubtful === undefined ? usual : { ...usual, doubtful };
  if (temperature > 0) return { ...guards, temperatures: [temperature] };
  return effort === 'draft' ? { ...guards, ...NO_FALLBACK } : guards;
}

/** Whether a text that is not believed is tried at all temperatures. */
export function triesAll({ effort, temperature = 0 }: Pick<ReadOptions, 'effort' | 'temperature'>): boolean {
  return effort !== 'draft' && !(temperature > 0);
}

/** What is known of a window's text after one attempt. */
export interface Outcome {
  /** sum of log-probabilities over the count of tokens and the end */
  readonly avgLogprob: number;
  readonly compressionRatio: number;
  readonly noSpeechProb: number;
  /** it was stopped because it ran in circles */
  readonly looped: boolean;
  /** it has no text */
  readonly empty: boolean;
}

/**
 * `silence`: no text, and no further attempt; `doubted`: to be decoded again at the next temperature, if there is one;
 * `missing`: doubted, for there is no text where there must be one.
 */
export type Verdict = 'believed' | 'silence' | 'doubted' | 'missing';

/** `speechSeconds`: clear speech in the window, as far as it is known. */
export function judge(outcome: Outcome, guards: DecodingGuards, speechSeconds = 0): Verdict {
  const { noSpeech } = guards;
  const improbable = outcome.avgLogprob < guards.logprob;
  const isSpeech = speechSeconds >= guards.clearSpeech;
  const takenForSilence = noSpeech === undefined ? !isSpeech : outcome.noSpeechProb > noSpeech;
  if (improbable && takenForSilence && guards.doubtful === 'left-out') return 'silence';
  // No text, and sure of it: then the no-speech probability alone says whether the model heard no one.
  if (outcome.empty && isSpeech) return takenForSilence ? 'silence' : 'missing';
  const repeats = outcome.looped || outcome.compressionRatio > guards.compressionRatio;
  return improbable || repeats ? 'doubted' : 'believed';
}
