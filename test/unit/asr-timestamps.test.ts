import { describe, expect, test } from 'vitest';
import {
  allowedAfter,
  chooseToken,
  logprobOf,
  probability,
  type TokenRules,
} from '../../shared/asr/timestamps.ts';

/** text 0..3, end 4, specials 5 and 6, timestamps 7..16 */
const VOCABULARY = 17;
const RULES: TokenRules = {
  end: 4,
  timestampBegin: 7,
  maxInitialTimestamp: 2,
  suppress: [],
  suppressFirst: [],
};

function logits(values: Readonly<Record<number, number>>): Float32Array {
  const row = new Float32Array(VOCABULARY).fill(-20);
  for (const [id, value] of Object.entries(values)) row[Number(id)] = value;
  return row;
}

const ids = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);

function allowedIds(tokens: number[], limit = VOCABULARY): number[] {
  const { textFrom, textTo, timestampFrom, timestampTo } = allowedAfter(tokens, RULES, limit);
  return [...ids(textFrom, textTo), ...ids(timestampFrom, timestampTo)];
}

describe('what may follow', () => {
  test('first: a timestamp no later than the bound', () => {
    expect(allowedIds([])).toEqual([7, 8, 9]);
  });

  test('after the first timestamp: text or the end, no second timestamp', () => {
    expect(allowedIds([8])).toEqual([0, 1, 2, 3, 4]);
  });

  test('after text: text, the end, or a later timestamp, so that no segment is of zero length', () => {
    expect(allowedIds([8, 1])).toEqual([0, 1, 2, 3, 4, ...ids(9, 17)]);
  });

  test("after a segment's end: the next one's start, not before it, or the end of all", () => {
    expect(allowedIds([8, 1, 12])).toEqual([4, ...ids(12, 17)]);
  });

  test('after a pair: text or the end', () => {
    expect(allowedIds([8, 1, 12, 13])).toEqual([0, 1, 2, 3, 4]);
  });

  test('text of the next segment may not be closed before it began', () => {
    expect(allowedIds([8, 1, 12, 13, 2])).toEqual([0, 1, 2, 3, 4, 14, 15, 16]);
  });

  test("nothing past the window's end", () => {
    expect(allowedIds([8, 1], 11)).toEqual([0, 1, 2, 3, 4, 9, 10]);
    expect(allowedIds([], 8)).toEqual([7]);
  });

  test('specials never', () => {
    for (const tokens of [[], [8], [8, 1], [8, 1, 12]]) {
      expect(allowedIds(tokens)).not.toContain(5);
      expect(allowedIds(tokens)).not.toContain(6);
    }
  });
});

describe('the choice', () => {
  test('the most probable token, with its log-probability among what is allowed', () => {
    const choice = chooseToken(logits({ 1: 2, 2: 1, 5: 9, 12: 0.5 }), [8], RULES);
    expect(choice?.token).toBe(1);
    const others = 3 * Math.exp(-20);
    expect(choice?.logprob).toBeCloseTo(2 - Math.log(Math.exp(2) + Math.exp(1) + others), 6);
  });

  test('a timestamp when all together outweigh the best text, though none does alone', () => {
    const row = logits({ 1: 1, 10: 0.5, 11: 0.6, 12: 0.4 });
    const choice = chooseToken(row, [8, 1], RULES);
    expect(choice?.token).toBe(11);
    const sum = Math.exp(0.5) + Math.exp(0.6) + Math.exp(0.4);
    expect(choice?.logprob).toBeCloseTo(0.6 - Math.log(sum), 5);
  });

  test('text when the timestamps together do not outweigh it', () => {
    expect(chooseToken(logits({ 1: 3, 10: 0.5, 11: 0.6, 12: 0.4 }), [8, 1], RULES)?.token).toBe(1);
  });

  test('times past the end of the window do not weigh', () => {
    const row = { 1: 1, 13: 0.9, 14: 0.9, 15: 0.9 };
    expect(chooseToken(logits(row), [8, 1], RULES)?.token).toBe(13);
    expect(chooseToken(logits(row), [8, 1], RULES, 12)?.token).toBe(1);
  });

  test('suppressed tokens are never chosen, those of the beginning only there', () => {
    const rules = { ...RULES, suppress: [1], suppressFirst: [7] };
    expect(chooseToken(logits({ 1: 5, 2: 1 }), [8], rules)?.token).toBe(2);
    expect(chooseToken(logits({ 7: 5, 8: 1 }), [], rules)?.token).toBe(8);
    expect(chooseToken(logits({ 7: 5, 8: 1 }), [], RULES)?.token).toBe(7);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])('logits with %f among them are refused', (bad) => {
    expect(chooseToken(logits({ 1: 2, 2: bad }), [8], RULES)).toBeUndefined();
  });

  test('logits of nothing but minus infinity are refused', () => {
    expect(chooseToken(new Float32Array(VOCABULARY).fill(-Infinity), [8], RULES)).toBeUndefined();
  });
});

describe('a token that is given', () => {
  test.each<[string, Readonly<Record<number, number>>, readonly number[]]>([
    ['text', { 1: 2, 2: 1, 12: 0.5 }, [8]],
    ['a timestamp that wins', { 1: 1, 10: 0.5, 11: 0.6, 12: 0.4 }, [8, 1]],
    ['a timestamp that is most probable alone', { 1: 1, 11: 3 }, [8, 1]],
    ['the first timestamp', { 8: 1 }, []],
  ])('has the log-probability of being chosen: %s', (_, values, tokens) => {
    const { token, logprob } = chooseToken(logits(values), tokens, RULES)!;
    expect(logprobOf(token, logits(values), tokens, RULES)).toBeCloseTo(logprob, 6);
  });

  test('that would have lost is as improbable as it is', () => {
    const values = { 1: 2, 2: 1 };
    const given = logprobOf(2, logits(values), [8], RULES)!;
    expect(given).toBeCloseTo(chooseToken(logits(values), [8], RULES)!.logprob - 1, 5);
  });

  test('that is forbidden has a log-probability all the same', () => {
    const rules = { ...RULES, suppress: [2] };
    const allowed = logprobOf(1, logits({ 1: 2, 2: 1 }), [8], rules)!;
    const forbidden = logprobOf(2, logits({ 1: 2, 2: 1 }), [8], rules)!;
    expect(forbidden).toBeLessThan(allowed);
    expect(forbidden).toBeCloseTo(1 - Math.log(Math.exp(2) + Math.exp(1)), 5);
  });

  test('is refused among logits that are no numbers', () => {
    expect(logprobOf(1, logits({ 1: Number.NaN }), [8], RULES)).toBeUndefined();
    expect(logprobOf(1, logits({ 1: 1, 2: Number.NaN }), [8], RULES)).toBeUndefined();
  });
});

test('a probability is among all tokens, allowed or not', () => {
  const row = new Float32Array([0, 0, 0, Math.log(5)]);
  expect(probability(row, 3)).toBeCloseTo(5 / 8, 6);
  expect(probability(new Float32Array([0, Number.NaN]), 0)).toBeNaN();
});
