import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_GUARDS } from '../../shared/asr/guards.ts';
import { loopAtEnd } from '../../shared/asr/loops.ts';

/** short enough to work out by hand */
const RULE = { repeats: 3, tokens: 6, longest: 4 };
const DEFAULT_RULE = DEFAULT_GUARDS.loop!;

const times = (count: number, ...gram: number[]): number[] =>
  Array.from({ length: count }, () => gram).flat();

describe('by hand', () => {
  test.each<[string, number[], number | undefined]>([
    ['nothing', [], undefined],
    ['text', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], undefined],
    ['a word said five times', [9, ...times(5, 1)], undefined],
    ['a word said six times', [9, ...times(6, 1)], 1],
    ['two words three times', [9, ...times(3, 1, 2)], 2],
    ['two words two times', [9, 8, 7, 6, ...times(2, 1, 2)], undefined],
    ['three words three times', times(3, 1, 2, 3), 3],
    ['four words three times', times(3, 1, 2, 3, 4), 4],
    ['more words than are looked for', times(3, 1, 2, 3, 4, 5), undefined],
    ['two words seven tokens long, begun in the middle', [2, ...times(3, 1, 2)], 2],
    ['a loop that was left', [...times(9, 1, 2), 3], undefined],
    ['a loop with one other word in it', [...times(2, 1, 2), 1, 3, ...times(1, 1, 2)], undefined],
    ['within the n-gram the same word twice', times(3, 1, 1, 2), 3],
  ])('%s', (_, tokens, expected) => {
    expect(loopAtEnd(tokens, RULE)).toBe(expected);
  });
});

describe('the default rule', () => {
  test('lets six words said three times pass, and not four times', () => {
    expect(loopAtEnd(times(3, 1, 2, 3, 4, 5, 6), DEFAULT_RULE)).toBeUndefined();
    expect(loopAtEnd(times(4, 1, 2, 3, 4, 5, 6), DEFAULT_RULE)).toBe(6);
  });

  test('sees any loop after four times, 24 tokens at least, whatever came before', () => {
    const gram = fc.uniqueArray(fc.nat(1000), { minLength: 1, maxLength: DEFAULT_RULE.longest });
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { maxLength: 40 }), gram, (before, words) => {
        const count = Math.max(DEFAULT_RULE.repeats, Math.ceil(DEFAULT_RULE.tokens / words.length));
        expect(loopAtEnd([...before, ...times(count, ...words)], DEFAULT_RULE)).toBe(words.length);
      }),
    );
  });

  test('sees none where no token comes twice', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(), { maxLength: 224 }), (tokens) => {
        expect(loopAtEnd(tokens, DEFAULT_RULE)).toBeUndefined();
      }),
    );
  });
});
