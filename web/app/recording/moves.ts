/** From word to word and line to line. Pure; each gives the same place where there is no further one. */
import type { Document, EditedSegment } from '../../../shared/edit/document.ts';
import { indexOf } from '../../../shared/edit/document.ts';
import { wordsOf } from '../../../shared/edit/timed-words.ts';
import { unsureStretches } from '../../../shared/edit/unsure.ts';
import type { WordPlace } from './line-chunk.ts';
import type { Command } from './shortcuts.ts';

const lastWord = (segment: EditedSegment): number => Math.max(0, wordsOf(segment).length - 1);

/** The same place while its line is there; else the line that is where it was. */
export function settled(
  document: Document,
  place: WordPlace | undefined,
  index: number,
): WordPlace | undefined {
  const { segments } = document;
  const segment =
    segments.find(({ id }) => id === place?.id) ??
    segments[Math.max(0, Math.min(index, segments.length - 1))];
  if (segment === undefined) return undefined;
  const word = segment.id === place?.id ? Math.min(place.word, lastWord(segment)) : 0;
  return place?.id === segment.id && place.word === word ? place : { id: segment.id, word };
}

const LINES: Partial<Record<Command, number>> = {
  lineUp: -1,
  pickUp: -1,
  lineDown: 1,
  pickDown: 1,
  tenUp: -10,
  tenDown: 10,
  first: Number.NEGATIVE_INFINITY,
  last: Number.POSITIVE_INFINITY,
};

/** Undefined where the command is no move. */
export function moved(document: Document, place: WordPlace, command: Command): WordPlace | undefined {
  const { segments } = document;
  const index = indexOf(document, place.id);
  const segment = segments[index];
  if (segment === undefined) return undefined;
  const by = LINES[command];
  if (by !== undefined) {
    const next = segments[Math.max(0, Math.min(segments.length - 1, index + by))];
    if (next === undefined || next === segment) return place;
    return { id: next.id, word: Number.isFinite(by) ? Math.min(place.word, lastWord(next)) : 0 };
  }
  switch (command) {
    case 'wordLeft': {
      if (place.word > 0) return { id: place.id, word: place.word - 1 };
      const before = segments[index - 1];
      return before === undefined ? place : { id: before.id, word: lastWord(before) };
    }
    case 'wordRight': {
      if (place.word < lastWord(segment)) return { id: place.id, word: place.word + 1 };
      const next = segments[index + 1];
      return next === undefined ? place : { id: next.id, word: 0 };
    }
    case 'lineStart':
      return { id: place.id, word: 0 };
    case 'lineEnd':
      return { id: place.id, word: lastWord(segment) };
    case 'unsure':
      return unsureFrom(segments, index, place.word, 1) ?? place;
    case 'unsureBefore':
      return unsureFrom(segments, index, place.word, -1) ?? place;
    default:
      return undefined;
  }
}

/** The nearest doubted place after (1) or before (-1) a word. */
function unsureFrom(
  segments: readonly EditedSegment[],
  index: number,
  word: number,
  way: 1 | -1,
): WordPlace | undefined {
  for (let at = index; at >= 0 && at < segments.length; at += way) {
    const segment = segments[at];
    if (segment === undefined) return undefined;
    const places = unsureStretches(segment).map(({ from }) => wordFrom(segment, from));
    const further = at === index ? places.filter((place) => (place - word) * way > 0) : places;
    const found = way === 1 ? further[0] : further.at(-1);
    if (found !== undefined) return { id: segment.id, word: found };
  }
  return undefined;
}

/** The word that a place in the text is in, or the next one. */
export function wordFrom(segment: EditedSegment, place: number): number {
  const word = wordsOf(segment).findIndex(({ to }) => place < to);
  return word < 0 ? lastWord(segment) : word;
}
