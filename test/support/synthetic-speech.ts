/**
 * Speech without sound: words with times, cut into windows, and an engine that hears them as a speech model does:
 * surely in the middle, badly at both cut ends, sometimes wrongly, and always beginning with the tokens it was told.
 */
import type { TextPiece, WindowReading, WindowSegment } from '../../shared/asr/engine.ts';
import type { SpeechWindow } from '../../shared/speech/window.ts';

export interface TimedWord {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** timestamps are tokens from here on, 20 ms each */
export const TIMESTAMPS = 100_000;
const STEP = 0.02;

const ids = new Map<string, number>();
const texts: string[] = [];

/** The token of a piece of text; always the same one. */
export function tokenOf(text: string): number {
  const known = ids.get(text);
  if (known !== undefined) return known;
  ids.set(text, texts.length);
  texts.push(text);
  return texts.length - 1;
}

export const timestamp = (seconds: number): number => TIMESTAMPS + Math.round(seconds / STEP);

/** Tokens of a word, of at most three letters, the first with the space before it. */
export const tokensOf = (word: string): number[] => (` ${word}`.match(/ ?.{1,3}/gu) ?? []).map(tokenOf);

/** What tokens say: segments between timestamps, as the engine slices them. `seconds` is the window's length. */
export function readingOf(tokens: readonly number[], seconds: number): WindowReading {
  const segments: WindowSegment[] = [];
  let start = 0;
  let own: number[] = [];
  const close = (end: number): void => {
    const pieces = own.map((token): TextPiece => ({ text: texts[token] ?? '', tokens: [token] }));
    const text = pieces
      .map((piece) => piece.text)
      .join('')
      .trim();
    const figures = { avgLogprob: -0.1, noSpeechProb: 0.01, compressionRatio: 1 };
    const from = Math.min(start, seconds);
    const to = Math.max(from, Math.min(end, seconds));
    if (text !== '') segments.push({ start: from, end: to, text, tokens: own, pieces, ...figures });
    own = [];
  };
  for (const token of tokens) {
    if (token < TIMESTAMPS) own.push(token);
    else {
      const time = (token - TIMESTAMPS) * STEP;
      close(time);
      start = time;
    }
  }
  close(seconds);
  return { segments, tokens, noSpeechProb: 0.01 };
}

/** How badly it hears: from 0 to 1, at any word that is wholly in the window. `pick` gives numbers in [0, 1). */
export interface Hearing {
  readonly wrong: number;
  readonly pick: () => number;
}

const MISHEARD = ['mm', 'uh', 'fox', 'red', 'cat'];

function heardAs(word: TimedWord, window: SpeechWindow, { wrong, pick }: Hearing): string[] {
  const inside = Math.min(word.end, window.end) - Math.max(word.start, window.start);
  const part = inside / (word.end - word.start);
  if (part <= 0.01) return [];
  const other = MISHEARD[Math.floor(pick() * MISHEARD.length)]!;
  if (part < 0.99) {
    // What is cut off at the beginning sounds the same each time; at the end there is more of it the next time.
    const chance = word.start < window.start ? (window.start * 1000) % 1 : pick();
    if (chance < 0.3) return [];
    return [chance < 0.7 ? word.text.slice(0, 1 + Math.floor(part * word.text.length)) : other];
  }
  const chance = pick();
  if (chance >= wrong) return [word.text];
  return chance < wrong / 3 ? [] : chance < (2 * wrong) / 3 ? [other] : [word.text, other];
}

/** Reads the window's part of the speech; the first tokens are `prefix`, the words after it those that come then. */
export function hear(
  speech: readonly TimedWord[],
  window: SpeechWindow,
  prefix: readonly number[],
  hearing: Hearing,
): WindowReading {
  const heard = speech
    .filter((word) => word.end > window.start && word.start < window.end)
    .flatMap((word) => heardAs(word, window, hearing).map((text) => ({ ...word, text })));
  const begun = prefix.filter((token) => texts[token]?.startsWith(' ')).length;
  const tokens = [...prefix];
  let before: TimedWord | undefined;
  const at = (seconds: number): number => timestamp(Math.max(0, seconds - window.start));
  for (const [i, word] of heard.entries()) {
    if (i < begun) continue;
    const breaks = before !== undefined && hearing.pick() < 0.15;
    if (tokens.length === 0) tokens.push(at(word.start));
    else if (breaks) tokens.push(at(before!.end), at(word.start));
    tokens.push(...tokensOf(word.text));
    before = word;
  }
  if (before !== undefined) tokens.push(at(before.end));
  return readingOf(tokens, window.end - window.start);
}
