/** The words of a line, each with its place in the text and its time. */
import { partsOf, tidy } from '../formats/units.ts';
import type { Segment } from '../transcript/transcript.ts';

export interface TimedWord {
  /** of the segment's text: the first character, and the one after the last */
  readonly from: number;
  readonly to: number;
  /** seconds, start <= end, inside the segment and never before the last word's end */
  readonly start: number;
  readonly end: number;
  /** mean probability of its tokens where the model told words, else undefined */
  readonly probability: number | undefined;
}

type Line = Pick<Segment, 'text' | 'start' | 'end' | 'words'>;

const known = new WeakMap<Line, readonly TimedWord[]>();

/** In order. Times are the model's where it told words; else the segment's is shared out by letters. */
export function wordsOf(segment: Line): readonly TimedWord[] {
  const before = known.get(segment);
  if (before !== undefined) return before;
  const words = toldWords(segment) ?? sharedWords(segment);
  known.set(segment, words);
  return words;
}

/** Undefined where the model told none, or others than the text. */
export function toldWords({ text, start, end, words = [] }: Line): readonly TimedWord[] | undefined {
  if (words.length === 0) return undefined;
  const told: TimedWord[] = [];
  let at = 0;
  let time = start;
  for (const word of words) {
    const letters = word.text.trim();
    if (letters === '') continue;
    const from = text.indexOf(letters, at);
    if (from < 0 || text.slice(at, from).trim() !== '') return undefined;
    at = from + letters.length;
    const wordStart = within(word.start, time, end);
    time = within(word.end, wordStart, end);
    told.push({ from, to: at, start: wordStart, end: time, probability: word.probability });
  }
  return text.slice(at).trim() === '' ? told : undefined;
}

function sharedWords({ text, start, end }: Line): readonly TimedWord[] {
  const places: { from: number; to: number }[] = [];
  let at = 0;
  for (const { text: part } of partsOf(tidy(text), Number.POSITIVE_INFINITY)) {
    const from = part === '' ? -1 : text.indexOf(part, at);
    if (from < 0) continue;
    at = from + part.length;
    places.push({ from, to: at });
  }
  const letters = places.reduce((sum, { from, to }) => sum + to - from, 0);
  let before = 0;
  return places.map(({ from, to }) => {
    const wordStart = share(start, end, before, letters);
    before += to - from;
    return { from, to, start: wordStart, end: share(start, end, before, letters), probability: undefined };
  });
}

export const within = (value: number, least: number, most: number): number =>
  Math.max(least, Math.min(most, value));

/** When the letter after `before` of `letters` begins. */
export const share = (start: number, end: number, before: number, letters: number): number =>
  letters === 0 ? start : Math.min(end, start + ((end - start) * before) / letters);
