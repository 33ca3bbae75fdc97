import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compressionRatio } from '../../shared/asr/compression.ts';
import { sliceSegments } from '../../shared/asr/segments.ts';

const BEGIN = 100;
const at = (seconds: number): number => BEGIN + Math.round(seconds / 0.02);
const slice = (tokens: readonly number[], seconds = 5) =>
  sliceSegments(tokens, { timestampBegin: BEGIN, step: 0.02, seconds });

describe('segments', () => {
  test('one for each pair of timestamps', () => {
    expect(slice([at(0.36), 1, 2, at(1.42), at(1.5), 3, at(2.8)])).toEqual([
      { start: 0.36, end: 1.42, tokens: [1, 2] },
      { start: 1.5, end: 2.8, tokens: [3] },
    ]);
  });

  test("the last one's end that was not said is the window's", () => {
    expect(slice([at(0), 1, at(1), at(1.2), 2])).toEqual([
      { start: 0, end: 1, tokens: [1] },
      { start: 1.2, end: 5, tokens: [2] },
    ]);
  });

  test("times past the window's real length are cut to it", () => {
    expect(slice([at(4), 1, at(5.02), at(5.5), 2, at(6)])).toEqual([
      { start: 4, end: 5, tokens: [1] },
      { start: 5, end: 5, tokens: [2] },
    ]);
  });

  test('times that go back are those of what came before', () => {
    expect(slice([at(2), 1, at(3), at(1), 2, at(2)])).toEqual([
      { start: 2, end: 3, tokens: [1] },
      { start: 3, end: 3, tokens: [2] },
    ]);
  });

  test('whatever the tokens: within the window, in order, and no text is lost', () => {
    const token = fc.oneof(
      fc.nat(BEGIN - 1),
      fc.nat(2000).map((steps) => BEGIN + steps),
    );
    const length = fc.double({ min: 0, max: 30, noNaN: true });
    fc.assert(
      fc.property(fc.array(token, { maxLength: 60 }), length, (tokens, seconds) => {
        const segments = slice(tokens, seconds);
        let last = 0;
        for (const { start, end } of segments) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThanOrEqual(start);
          expect(end).toBeLessThanOrEqual(seconds);
          last = end;
        }
        expect(segments.flatMap((segment) => segment.tokens)).toEqual(tokens.filter((id) => id < BEGIN));
      }),
    );
  });

  test('nothing but timestamps is no segment', () => {
    expect(slice([])).toEqual([]);
    expect(slice([at(0)])).toEqual([]);
    expect(slice([at(0), at(1)])).toEqual([]);
  });
});

describe('compression ratio', () => {
  // Python: len(b) / len(zlib.compress(b)); fflate's deflate differs from zlib's by a byte or two
  test.each([
    ['Where did you close the problem?', 32 / 40],
    ['no no no no no no no no no no no no no no no no', 47 / 14],
  ])('is that of zlib, as in the reference: %s', (text, reference) => {
    expect(compressionRatio(text) / reference).toBeGreaterThan(0.9);
    expect(compressionRatio(text) / reference).toBeLessThan(1.1);
  });

  test('counts bytes of UTF-8', () => {
    expect(compressionRatio('é'.repeat(50))).toBeGreaterThan(compressionRatio('e'.repeat(50)));
  });

  test('of no text is 0', () => {
    expect(compressionRatio('')).toBe(0);
  });
});
