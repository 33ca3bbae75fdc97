/** Tokens to words, punctuation to its neighbours, and the rules for a word's edges. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alignmentHeadsOf } from '../../shared/asr/alignment-heads.ts';
import {
  mergePunctuation,
  splitCharacters,
  splitWords,
  type TokenGroup,
} from '../../shared/asr/word-split.ts';
import {
  placeWords,
  trimAfterPause,
  trimAtSentenceEnds,
  trimToSegment,
  usualDuration,
} from '../../shared/asr/words.ts';

/** A vocabulary of these pieces, each a token by its place; bytes of a character may be apart, as in byte-level BPE. */
function vocabulary(pieces: readonly (string | readonly number[])[]) {
  const bytes = pieces.map((piece) =>
    typeof piece === 'string' ? [...new TextEncoder().encode(piece)] : piece,
  );
  return {
    tokens: pieces.map((_, token) => token),
    decode: (tokens: readonly number[]) =>
      new TextDecoder().decode(Uint8Array.from(tokens.flatMap((token) => bytes[token]!))),
  };
}

const texts = (groups: readonly TokenGroup[]) => groups.map(({ text }) => text);

function wordsOf(pieces: readonly (string | readonly number[])[], language?: string): string[] {
  const { tokens, decode } = vocabulary(pieces);
  const groups = splitWords(tokens, decode, language);
  expect(groups.flatMap((group) => group.tokens)).toEqual(tokens);
  return texts(groups);
}

describe('splitting', () => {
  test('begins a word at a space, keeps punctuation apart', () => {
    expect(wordsOf([' bu', 'ck', 'et', ',', ' plea', 'se', '?'])).toEqual([' bucket', ',', ' please', '?']);
  });

  test('joins what punctuation without spaces holds together', () => {
    expect(wordsOf([' half', '-', 'past', ' 10', '.', '5', '%'])).toEqual([' half-past', ' 10.5', '%']);
    expect(wordsOf([' I', "'", 'm', ' here'])).toEqual([" I'm", ' here']);
    expect(wordsOf([' "', 'No', '"'])).toEqual([' "No', '"']);
  });

  test('needs no space before the first word', () => {
    expect(wordsOf(['Hel', 'lo', ' you'])).toEqual(['Hello', ' you']);
  });

  test('never cuts a character whose bytes lie in several tokens', () => {
    // é is c3 a9, 好 is e5 a5 bd
    expect(wordsOf([' caf', [0xc3], [0xa9], ' au'])).toEqual([' café', ' au']);
    expect(wordsOf([[0xe5], [0xa5, 0xbd], '的'], 'zh')).toEqual(['好', '的']);
  });

  test('goes on after bytes that are no character', () => {
    expect(wordsOf([' a', [0xff], ' b'])).toEqual([' a\ufffd', ' b']);
    expect(wordsOf([' a', [0xe5, 0xa5]])).toEqual([' a\ufffd']);
  });

  test('of nothing asks for no decoding', () => {
    const decode = () => {
      throw new Error('nothing to decode');
    };
    expect(splitWords([], decode, undefined)).toEqual([]);
  });

  test('loses no token and no text, however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), fc.array(fc.boolean()), (text, cuts) => {
        const pieces: number[][] = [[]];
        [...new TextEncoder().encode(text)].forEach((byte, i) => {
          if (i > 0 && cuts[i % Math.max(1, cuts.length)] === true) pieces.push([]);
          pieces.at(-1)!.push(byte);
        });
        const { tokens, decode } = vocabulary(pieces);
        for (const groups of [splitWords(tokens, decode, 'en'), splitCharacters(tokens, decode)]) {
          expect(groups.flatMap((group) => group.tokens)).toEqual(tokens);
          expect(texts(groups).join('')).toBe(decode(tokens));
        }
      }),
    );
  });
});

describe('merging punctuation', () => {
  const merged = (...parts: string[]) =>
    texts(mergePunctuation(parts.map((text, i) => ({ text, tokens: [i] }))));

  test('joins ends to the word before, openings to the word after', () => {
    expect(merged(' please', '?')).toEqual([' please?']);
    expect(merged(' say', ' "', ' no', '"', '.')).toEqual([' say', ' " no".']);
    expect(merged(' see', ' [', ' (', ' one', ')', ']', ' two')).toEqual([' see', ' [ ( one)]', ' two']);
  });

  test('leaves alone what has nothing to join', () => {
    expect(merged()).toEqual([]);
    expect(merged('.')).toEqual(['.']);
    expect(merged(' end', ' "')).toEqual([' end', ' "']);
    expect(merged(' 100', '%', ' of')).toEqual([' 100', '%', ' of']);
  });

  test('keeps the word’s own times', () => {
    const groups = [
      { text: ' "', tokens: [1], start: 0, end: 1 },
      { text: ' no', tokens: [2], start: 1, end: 1.2 },
      { text: '.', tokens: [3], start: 1.2, end: 3 },
    ];
    expect(mergePunctuation(groups)).toEqual([{ text: ' " no.', tokens: [1, 2, 3], start: 1, end: 1.2 }]);
  });
});

const group = (text: string, start: number, end: number) => ({
  text,
  tokens: [0],
  start,
  end,
  probability: 1,
});
const spans = (words: readonly { readonly start: number; readonly end: number }[]) =>
  words.map(({ start, end }) => [start, end]);

describe('edges', () => {
  test('the usual duration is the median without zeros, at most 0.7 s', () => {
    expect(usualDuration([])).toBeUndefined();
    expect(usualDuration([group('a', 1, 1)])).toBeUndefined();
    expect(usualDuration([group('a', 0, 0.25), group('b', 1, 1), group('c', 1, 1.5)])).toBe(0.375);
    expect(usualDuration([group('a', 0, 0.25), group('b', 1, 1.5), group('c', 2, 2.5)])).toBe(0.5);
    expect(usualDuration([group('a', 0, 4)])).toBe(0.7);
  });

  test('a pause is cut off the mark before it, or the word after it', () => {
    const groups = [group(' a', 0, 0.25), group('.', 0.25, 2), group(' b', 2, 4), group(' c', 4, 6)];
    expect(spans(trimAtSentenceEnds(groups, 0.25))).toEqual([
      [0, 0.25],
      [0.25, 0.75],
      [3.5, 4],
      [4, 6],
    ]);
    expect(trimAtSentenceEnds(groups, undefined)).toEqual(groups);
  });

  test('a pause is cut off the first word, and off the second where that has it', () => {
    const short = [group(' a', 0, 2), group(' b', 2, 2.25)];
    expect(spans(trimAfterPause(short, 0, 0.25))).toEqual([
      [1.5, 2],
      [2, 2.25],
    ]);
    const long = [group(' a', 0, 0.25), group(' b', 0.25, 3), group(' c', 3, 3.25)];
    expect(spans(trimAfterPause(long, -1, 0.25))).toEqual([
      [2, 2.5],
      [2.5, 3],
      [3, 3.25],
    ]);
  });

  test('a first word soon after the last is left', () => {
    const words = [group(' a', 2, 2.9), group(' b', 2.9, 3)];
    expect(trimAfterPause(words, 2, 0.25)).toEqual(words);
  });

  test('the segment’s times cut silence off its first and last word, where they lie in them', () => {
    const words = [group(' a', 0, 0.5), group(' b', 0.5, 2)];
    expect(spans(trimToSegment(words, { start: 0.3, end: 1.8 }))).toEqual([
      [0.3, 0.5],
      [0.5, 1.8],
    ]);
    expect(spans(trimToSegment(words, { start: 0.6, end: 0.4 }))).toEqual(spans(words));
    expect(spans(trimToSegment([group(' a', 0, 2)], { start: 0.5, end: 1 }))).toEqual([[0.5, 1]]);
  });
});

describe('placing', () => {
  const { decode } = vocabulary([' one', ' two', '.', ' th', 'ree', '?']);

  test('a sentence: times, probabilities and punctuation', () => {
    const segments = [
      { start: 0.2, end: 1, tokens: [0, 1, 2] },
      { start: 1.5, end: 2, tokens: [3, 4, 5] },
    ];
    const times = [0, 0.5, 0.9, 1.6, 1.8, 2, 2.1];
    const probabilities = [1, 0.5, 0.1, 0.25, 0.75, 1];
    expect(
      placeWords(segments, { times, probabilities }, { decode, language: undefined, seconds: 2 }),
    ).toEqual([
      [
        { text: ' one', start: 0.2, end: 0.5, probability: 1 },
        { text: ' two.', start: 0.5, end: 0.9, probability: 0.5 },
      ],
      [{ text: ' three?', start: 1.6, end: 2, probability: 0.5 }],
    ]);
  });

  test('words are in order, apart and within the window, whatever the times', () => {
    const time = fc.double({ min: -5, max: 40 });
    const segment = fc.record({
      start: time,
      end: time,
      tokens: fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 8 }),
    });
    fc.assert(
      fc.property(
        fc.array(segment, { maxLength: 4 }),
        fc.array(time, { minLength: 33, maxLength: 33 }),
        fc.double({ min: 0, max: 30, noNaN: true }),
        (segments, times, seconds) => {
          const probabilities = times.map(() => 0.5);
          const placed = placeWords(
            segments,
            { times, probabilities },
            { decode, language: undefined, seconds },
          );
          expect(placed.map((words) => words.map(({ text }) => text).join(''))).toEqual(
            segments.map(({ tokens }) => (tokens.length === 0 ? '' : decode(tokens))),
          );
          let last = 0;
          for (const { start, end, probability } of placed.flat()) {
            expect(start).toBeGreaterThanOrEqual(last);
            expect(end).toBeGreaterThanOrEqual(start);
            expect(probability).toBe(0.5);
            last = end;
          }
          expect(last).toBeLessThanOrEqual(seconds);
        },
      ),
    );
  });
});

test('alignment heads are those listed, or all of the upper half of the layers', () => {
  const shape = { layers: 4, heads: 2 };
  expect(
    alignmentHeadsOf(
      {
        alignment_heads: [
          [0, 1],
          [3, 0],
        ],
      },
      shape,
    ),
  ).toEqual([
    { layer: 0, head: 1 },
    { layer: 3, head: 0 },
  ]);
  const upper = [
    { layer: 2, head: 0 },
    { layer: 2, head: 1 },
    { layer: 3, head: 0 },
    { layer: 3, head: 1 },
  ];
  for (const generation of [
    {},
    undefined,
    { alignment_heads: null },
    {
      alignment_heads: [
        [4, 0],
        [0, 2],
        ['1', 0],
      ],
    },
  ]) {
    expect(alignmentHeadsOf(generation, shape)).toEqual(upper);
  }
});
