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
