import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { LONG, placeOf } from '../support/longest-first.ts';

test('what is long goes first, in its order, and is there', () => {
  expect(LONG.filter((name) => !existsSync(`test/${name}.test.ts`))).toEqual([]);
  const [first = '', second = ''] = LONG;
  const order = ['unit/wer', second, 'unit/policy', first].map((name) => `/x/test/${name}.test.ts`);
  expect(order.toSorted((a, b) => placeOf(a) - placeOf(b))).toEqual(
    [first, second, 'unit/wer', 'unit/policy'].map((name) => `/x/test/${name}.test.ts`),
  );
});
