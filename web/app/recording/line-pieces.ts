/** The text of a line in pieces that look different. Pure. */
import { wordsOf } from '../../../shared/edit/timed-words.ts';
import { unsureStretches } from '../../../shared/edit/unsure.ts';
import type { Segment } from '../../../shared/transcript/transcript.ts';

export interface Piece {
  readonly text: string;
  /** the model doubted it */
  readonly unsure: boolean;
  /** the word that the keyboard is at */
  readonly active: boolean;
}

/** In order; joined they are the text. `active`: which of its words. */
export function piecesOf(segment: Segment, active: number | undefined): Piece[] {
  const word = active === undefined ? undefined : wordsOf(segment)[active];
  const unsure = unsureStretches(segment);
  const cuts = new Set([0, segment.text.length]);
  for (const { from, to } of word === undefined ? unsure : [...unsure, word]) cuts.add(from).add(to);
  const places = [...cuts].sort((a, b) => a - b);
  return places.slice(1).map((to, index) => {
    const from = places[index] ?? 0;
    const inside = (stretch: { readonly from: number; readonly to: number }) =>
      stretch.from <= from && to <= stretch.to;
    return {
      text: segment.text.slice(from, to),
      unsure: unsure.some(inside),
      active: word !== undefined && inside(word),
    };
  });
}
