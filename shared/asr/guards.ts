/**
 * When a window's decoding is believed: `decode_with_fallback` of OpenAI's whisper/transcribe.py as a pure decision,
 * its thresholds, and what is left out as silence.
 */
import type { LoopRule } from './loops.ts';

export interface DecodingGuards {
  /** tried in this order until a reading is believed; 0 is the most probable token, above it tokens are drawn */
  readonly temperatures: readonly number[];
  /** a mean log-probability below it is not believed */
  readonly logprob: number;
  /** a compression ratio above it is not believed: the text repeats itself */
  readonly compressionRatio: number;
  /** with a higher no-speech probability, what is not believed for its log-probability is silence */
  readonly noSpeech: number;
  /** ends a row that runs in circles; undefined: rows run until they end or have no tokens left */
  readonly loop: LoopRule | undefined;
  /** of the drawing above temperature 0: the same seed and sound give the same text */
  readonly seed: number;
}

/** The reference's, but for the loop rule, which it does not have, and the seed. */
export const DEFAULT_GUARDS: DecodingGuards = {
  temperatures: [0, 0.2, 0.4, 0.6, 0.8, 1],
  logprob: -1,
  compressionRatio: 2.4,
  noSpeech: 0.6,
  loop: { repeats: 4, tokens: 24, longest: 32 },
  seed: 0x5077,
};

/** One attempt, whatever comes of it. */
export const NO_FALLBACK: Pick<DecodingGuards, 'temperatures'> = { temperatures: [0] };

/** What is known of a window's text after one attempt. */
export interface Outcome {
  /** sum of log-probabilities over the count of tokens and the end */
  readonly avgLogprob: number;
  readonly compressionRatio: number;
  readonly noSpeechProb: number;
  /** it was stopped because it ran in circles */
  readonly looped: boolean;
}

/** `silence`: no text, and no further attempt; `doubted`: to be decoded again at the next temperature, if there is one. */
export type Verdict = 'believed' | 'silence' | 'doubted';

export function judge(outcome: Outcome, guards: DecodingGuards): Verdict {
  const improbable = outcome.avgLogprob < guards.logprob;
  if (improbable && outcome.noSpeechProb > guards.noSpeech) return 'silence';
  const repeats = outcome.looped || outcome.compressionRatio > guards.compressionRatio;
  return improbable || repeats ? 'doubted' : 'believed';
}
