/** The parts of a text between which a line or a cue may be cut, each with its time. */
import type { Segment } from '../transcript/transcript.ts';

export interface Unit {
  readonly text: string;
  /** a space stands before it */
  readonly spaced: boolean;
  /** milliseconds */
  readonly start: number;
  readonly end: number;
}

/** A stretch of letters (characters that are no spaces) whose time is known. */
interface Stretch {
  /** of the segment's letters, the first and the one after the last */
  readonly from: number;
  readonly to: number;
  /** milliseconds */
  readonly start: number;
  readonly end: number;
}

const SPACES = /[\s\u0085]+/g;
/** Scripts that put no spaces between words. */
export const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303f\uff01-\uff60]/u;
const MARK = /\p{M}/u;
/** What never begins a line, and what never ends one. */
const CLOSING = /^(?![\p{Ps}\p{Pi}])[\p{P}]+$/u;
const OPENING = /^[\p{Ps}\p{Pi}]+$/u;

const words = new Intl.Segmenter(undefined, { granularity: 'word' });
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The text on one line, without what no file may hold. */
export const tidy = (text: string): string => text.replaceAll('\0', '\ufffd').replace(SPACES, ' ').trim();

/** How wide a text is, in the columns of a line. */
export function columns(text: string): number {
  let sum = 0;
  for (const character of text) sum += MARK.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return sum;
}

/** In order; joined, with the spaces, they are the tidied text. None is wider than `widest`. */
export function unitsOf(segment: Pick<Segment, 'text' | 'start' | 'end' | 'words'>, widest: number): Unit[] {
  const text = tidy(segment.text);
  const stretches = stretchesOf(segment, text);
  const units: Unit[] = [];
  let letter = 0;
  for (const part of partsOf(text, widest)) {
    const after = letter + lettersIn(part.text);
    const start = timeOf(stretches, letter, letter);
    units.push({ ...part, start, end: Math.max(start, timeOf(stretches, after - 1, after)) });
    letter = after;
  }
  return units;
}

/** Parts without times. */
export function partsOf(text: string, widest: number): Pick<Unit, 'text' | 'spaced'>[] {
  return text.split(' ').flatMap((word, index) =>
    partsOfWord(word)
      .flatMap((part) => narrowed(part, widest))
      .map((part, place) => ({ text: part, spaced: index > 0 && place === 0 })),
  );
}

function partsOfWord(word: string): string[] {
  if (!UNSPACED.test(word)) return [word];
  const parts: string[] = [];
  let opened = '';
  for (const { segment } of words.segment(word)) {
    if (CLOSING.test(segment) && opened === '' && parts.length > 0) parts.push(parts.pop() + segment);
    else if (OPENING.test(segment)) opened += segment;
    else {
      parts.push(opened + segment);
      opened = '';
    }
  }
  return opened === '' ? parts : [...parts, opened];
}

function narrowed(part: string, widest: number): string[] {
  if (columns(part) <= widest) return [part];
  const pieces: string[] = [];
  let piece = '';
  for (const { segment } of graphemes.segment(part)) {
    if (piece !== '' && columns(piece + segment) > widest) {
      pieces.push(piece);
      piece = '';
    }
    piece += segment;
  }
  return [...pieces, piece];
}

/** The words where they are the text, else the whole segment: then its time is shared out by letters. */
function stretchesOf(segment: Pick<Segment, 'text' | 'start' | 'end' | 'words'>, text: string): Stretch[] {
  const spoken = (segment.words ?? []).filter((word) => lettersIn(tidy(word.text)) > 0);
  const matches =
    spoken.map((word) => tidy(word.text).replaceAll(' ', '')).join('') === text.replaceAll(' ', '');
  let from = 0;
  return (matches && spoken.length > 0 ? spoken : [{ ...segment, text }]).map((word) => {
    const to = from + lettersIn(tidy(word.text));
    const stretch = { from, to, start: word.start * 1000, end: word.end * 1000 };
    from = to;
    return stretch;
  });
}

/** When the boundary before letter `at` is spoken, in the stretch that holds `letter`. */
function timeOf(stretches: readonly Stretch[], letter: number, at: number): number {
  const stretch = stretches.find(({ to }) => letter < to) ?? stretches.at(-1);
  if (stretch === undefined) return 0;
  const { from, to, start, end } = stretch;
  return to === from ? start : start + ((at - from) / (to - from)) * (end - start);
}

function lettersIn(text: string): number {
  let count = 0;
  for (const character of text) if (character !== ' ') count += 1;
  return count;
}
