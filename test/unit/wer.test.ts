import { expect, it } from 'vitest';
import { wordErrorRate, wordErrors } from '../support/wer.ts';

it('counts substitutions, deletions and insertions over words, deaf to case and punctuation', () => {
  expect(wordErrors('One two, three!', 'one two three')).toEqual({ errors: 0, total: 3 });
  expect(wordErrors('one two three', 'one too three')).toEqual({ errors: 1, total: 3 });
  expect(wordErrors('one two three', 'one three')).toEqual({ errors: 1, total: 3 });
  expect(wordErrors('one two three', 'one two two three four')).toEqual({ errors: 2, total: 3 });
  expect(wordErrors('', 'noise')).toEqual({ errors: 1, total: 0 });
  expect(
    wordErrorRate([
      { reference: 'a b', hypothesis: 'a' },
      { reference: 'c d', hypothesis: 'c d' },
    ]),
  ).toBe(0.25);
});
