import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mulberry32, windowSeed } from '../../shared/asr/sampling.ts';
import { allowedAfter, chooseToken, type TokenRules } from '../../shared/asr/timestamps.ts';

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
  const row = new Float32Array(VOCABULARY).fill(-1000);
  for (const [id, value] of Object.entries(values)) row[Number(id)] = value;
  return row;
}

function shares(values: Readonly<Record<number, number>>, temperature: number, draws = 20_000): number[] {
  const random = mulberry32(7);
  const counts = new Array<number>(VOCABULARY).fill(0);
  for (let i = 0; i < draws; i++) {
    const choice = chooseToken(logits(values), [8, 1], RULES, VOCABULARY, { temperature, random });
    counts[choice!.token]!++;
  }
  return counts.map((count) => count / draws);
}

describe('the sequence of numbers', () => {
  test('is the same for a seed, another for another', () => {
    const first = (seed: number) => Array.from({ length: 5 }, mulberry32(seed));
    expect(first(1)).toEqual(first(1));
    expect(first(1)).not.toEqual(first(2));
  });

  test('is spread evenly over [0, 1)', () => {
    const random = mulberry32(3);
    const tenths = new Array<number>(10).fill(0);
    for (let i = 0; i < 50_000; i++) tenths[Math.floor(random() * 10)]!++;
    for (const count of tenths) expect(Math.abs(count / 5000 - 1)).toBeLessThan(0.06);
  });
});

describe("a window's seed", () => {
  const sound = Float32Array.from({ length: 1000 }, (_, i) => Math.sin(i));

  test('is the same for the same sound, wherever it lies in memory', () => {
    const elsewhere = new Float32Array(1010);
    elsewhere.set(sound, 10);
    expect(windowSeed(elsewhere.subarray(10), 1, 5)).toBe(windowSeed(sound, 1, 5));
  });

  test('is another for one other sample, attempt or seed', () => {
    const other = sound.slice();
    other[500] = -other[500]!;
    const seeds = [
      windowSeed(sound, 1, 5),
      windowSeed(other, 1, 5),
      windowSeed(sound, 2, 5),
      windowSeed(sound, 1, 6),
      windowSeed(sound.subarray(1), 1, 5),
    ];
    expect(new Set(seeds).size).toBe(seeds.length);
  });
});

describe('drawing', () => {
  test('text has the shares of softmax(logits / temperature)', () => {
    // weights 9 : 3 : 1 at temperature 1, and their square roots at 2
    const values = { 0: Math.log(9), 1: Math.log(3), 2: 0 };
    const [a = 0, b = 0, c = 0] = shares(values, 1);
    expect(a).toBeCloseTo(9 / 13, 1.7);
    expect(b).toBeCloseTo(3 / 13, 1.7);
    expect(c).toBeCloseTo(1 / 13, 1.7);
    const sum = 3 + Math.sqrt(3) + 1;
    const [d = 0, e = 0, f = 0] = shares(values, 2);
    expect(d).toBeCloseTo(3 / sum, 1.7);
    expect(e).toBeCloseTo(Math.sqrt(3) / sum, 1.7);
    expect(f).toBeCloseTo(1 / sum, 1.7);
  });

  test('near zero it is the most probable token', () => {
    expect(shares({ 0: 1, 1: 1.5, 2: 0 }, 0.01, 500)[1]).toBe(1);
  });

  test('timestamps and text are drawn together while the timestamps do not outweigh the best text', () => {
    const drawn = shares({ 1: Math.log(2), 10: Math.log(0.5), 11: Math.log(0.5) }, 1);
    expect(drawn[1]).toBeCloseTo(2 / 3, 1.7);
    expect(drawn[10]).toBeCloseTo(1 / 6, 1.7);
  });

  test('of timestamps that outweigh it together no text is drawn', () => {
    const drawn = shares({ 1: Math.log(2), 10: Math.log(1.5), 11: Math.log(1.5) }, 1, 2000);
    expect(drawn[1]).toBe(0);
    expect(drawn[10]).toBeCloseTo(0.5, 1);
  });

  test('gives only what is allowed, with its log-probability at temperature 1', () => {
    const row = fc.array(fc.float({ min: -8, max: 8, noNaN: true }), {
      minLength: VOCABULARY,
      maxLength: VOCABULARY,
    });
    const said = fc.constantFrom<number[]>([], [8], [8, 1], [8, 1, 12], [8, 1, 12, 13], [8, 1, 12, 13, 2]);
    fc.assert(
      fc.property(row, said, fc.nat(), fc.constantFrom(0.2, 1, 3), (values, tokens, seed, temperature) => {
        const sampling = { temperature, random: mulberry32(seed) };
        const choice = chooseToken(Float32Array.from(values), tokens, RULES, VOCABULARY, sampling)!;
        const among = allowedAfter(tokens, RULES, VOCABULARY);
        const weight = (from: number, to: number) =>
          values.slice(from, Math.max(from, to)).reduce((sum, value) => sum + Math.exp(value), 0);
        const times = weight(among.timestampFrom, among.timestampTo);
        const best = Math.max(0, ...values.slice(among.textFrom, among.textTo).map(Math.exp));
        const text = choice.token >= among.textFrom && choice.token < among.textTo;
        const time = choice.token >= among.timestampFrom && choice.token < among.timestampTo;
        expect(text || time).toBe(true);
        // too near to one another to say which outweighs which
        if (Math.abs(times - best) < 1e-4 * best) return;
        if (times > best) expect(time).toBe(true);
        const sum = times + (times > best ? 0 : weight(among.textFrom, among.textTo));
        expect(choice.logprob).toBeCloseTo(values[choice.token]! - Math.log(sum), 4);
      }),
    );
  });
});
