/** What the model was not sure of. */
import type { Segment } from '../transcript/transcript.ts';
import { toldWords } from './timed-words.ts';

/** Below this mean probability of its tokens a word is marked; where no words are told, a whole line. */
export const UNSURE = 0.5;

export interface Stretch {
  /** of the segment's text: the first character, and the one after the last */
  readonly from: number;
  readonly to: number;
}

export function unsureStretches(segment: Segment): readonly Stretch[] {
  const words = toldWords(segment);
  if (words !== undefined) {
    return words.filter(({ probability = 1 }) => probability < UNSURE).map(({ from, to }) => ({ from, to }));
  }
  const { text, avgLogprob } = segment;
  return Math.exp(avgLogprob) < UNSURE && text.trim() !== '' ? [{ from: 0, to: text.length }] : [];
}
