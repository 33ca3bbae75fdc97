/** Readings as words with times in the source: what they are cut and joined by. */
import type { WindowReading, WindowSegment, Word } from '../asr/engine.ts';
import { plainText } from './transcript.ts';

export interface SpokenWord {
  /** with its punctuation, and the space before it where there is one */
  readonly text: string;
  /** seconds of the source */
  readonly start: number;
  readonly end: number;
  /** undefined where the engine did not tell words */
  readonly probability?: number;
  /** the segment that it is of, and is shown in */
  readonly of: WindowSegment;
}

/** Letters of scripts that put no spaces between words: each is taken for a word. */
const SPACELESS =
  '(?=\\p{L})[\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Myanmar}\\p{sc=Khmer}]';
const WORD = new RegExp(`\\s*(?:${SPACELESS}[^\\s\\p{L}\\p{N}]*|(?:(?!${SPACELESS})\\S)+)`, 'gu');
const BEGINS = new RegExp(`^(?:\\s|${SPACELESS})`, 'u');
const SAYS_SOMETHING = /[\p{L}\p{N}]/u;

/** Whether text that goes on so begins a new word there. */
export const beginsWord = (text: string): boolean => BEGINS.test(text);

/** Whether it has a letter or a digit, and is not punctuation alone. */
export const saysSomething = (text: string): boolean => SAYS_SOMETHING.test(text);

/** How words are compared: without case, punctuation and spaces; '' for punctuation alone. */
export const wordKey = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');

/** All words of a reading, in order; `start` is the window's, in seconds of the source. */
export function spokenWords(start: number, reading: WindowReading): SpokenWord[] {
  return reading.segments.flatMap((segment) => wordsOf(segment, start));
}

function wordsOf(of: WindowSegment, origin: number): SpokenWord[] {
  if (of.words !== undefined && of.words.length > 0) {
    return of.words.map(({ text, start, end, probability }) => ({
      text,
      start: origin + start,
      end: origin + end,
      probability,
      of,
    }));
  }
  // Without word times, a segment's time is shared out by letters.
  const texts = of.text.trim().match(WORD) ?? [];
  const letters = texts.reduce((sum, text) => sum + text.length, 0);
  let said = 0;
  const time = () => origin + of.start + ((of.end - of.start) * said) / letters;
  return texts.map((text) => {
    const start = time();
    said += text.length;
    return { text, start, end: time(), of };
  });
}

/** What the words say, as the transcript will: their segments joined by one space. */
export const spokenText = (words: readonly SpokenWord[]): string => plainText(segmentsOf(words, 0));

/** How many of the words begin within the first `length` characters of their `spokenText`. */
export function wordsWithin(words: readonly SpokenWord[], length: number): number {
  let count = 0;
  while (count < words.length && spokenText(words.slice(0, count)).length < length) count++;
  return count;
}

/** The words of two readings of neighbouring windows as one run: where both are cut, they share a segment. */
export function joinWords(before: readonly SpokenWord[], after: readonly SpokenWord[]): SpokenWord[] {
  const [first, ...rest] = after;
  if (first === undefined || before.length === 0) return [...before, ...after];
  const cut = before.at(-1)?.of;
  const moved = before.map((word) => (word.of === cut ? { ...word, of: first.of } : word));
  return [...moved, { ...first, text: ` ${first.text.trimStart()}` }, ...rest];
}

/** The words as a reading of a window that begins at `start`. Parts of segments have no tokens: nobody can tell them. */
export function readingOf(words: readonly SpokenWord[], start: number): WindowReading {
  return { segments: segmentsOf(words, start), tokens: [], noSpeechProb: words[0]?.of.noSpeechProb ?? 0 };
}

function segmentsOf(words: readonly SpokenWord[], origin: number): WindowSegment[] {
  const groups: SpokenWord[][] = [];
  for (const word of words) {
    const last = groups.at(-1);
    if (last?.[0]?.of === word.of) last.push(word);
    else groups.push([word]);
  }
  return groups.map((group) => segmentOf(group, origin));
}

function segmentOf(group: readonly SpokenWord[], origin: number): WindowSegment {
  const { of } = group[0]!;
  const { words: _, pieces: __, ...figures } = of;
  const text = group
    .map((word) => word.text)
    .join('')
    .trim();
  const words = group.flatMap(({ text, start, end, probability }): Word[] =>
    probability === undefined ? [] : [{ text, start: start - origin, end: end - origin, probability }],
  );
  return {
    ...figures,
    start: group[0]!.start - origin,
    end: group.at(-1)!.end - origin,
    text,
    tokens: text === of.text.trim() ? of.tokens : [],
    ...(words.length === group.length ? { words } : {}),
  };
}
