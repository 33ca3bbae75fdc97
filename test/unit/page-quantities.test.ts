import { describe, expect, it } from 'vitest';
import {
  bytes,
  clock,
  factor,
  isoDuration,
  meterLength,
  percent,
  roughly,
} from '../../web/app/quantities.ts';
import { rangesOf, revealed } from '../../web/app/reveal.ts';

const plain = (text: string) => text.replaceAll('\u00a0', ' ');

describe('quantities', () => {
  it.each([
    [0, '0:00'],
    [7.99, '0:07'],
    [60, '1:00'],
    [3599.9, '59:59'],
    [3723, '1:02:03'],
    [360_000, '100:00:00'],
    [-1, '0:00'],
  ])('tells %s seconds as %s', (seconds, text) => expect(clock(seconds)).toBe(text));

  it('tells times to machines', () => expect(isoDuration(12.3456)).toBe('PT12.35S'));

  it.each([
    [0, '1 sec'],
    [4_200, '5 sec'],
    [21_000, '25 sec'],
    [54_000, '55 sec'],
    [56_000, '1 min'],
    [179_000, '3 min'],
    [3_500_000, '1 hr'],
    [9_000_000, '2.5 hr'],
  ])('tells a wait of %s ms as %s', (ms, text) => expect(plain(roughly(ms, 'en'))).toBe(text));

  it('tells a wait in Chinese', () => expect(roughly(21_000, 'zh-Hans')).toContain('秒'));

  it.each([
    [0, '0 MB'],
    [420_000, '0.4 MB'],
    [77_180_000, '77 MB'],
    [1_620_000_000, '1.6 GB'],
  ])('tells %s bytes as %s', (count, text) => expect(plain(bytes(count, 'en'))).toBe(text));

  it('tells speeds with a digit only where it matters', () => {
    expect([0.43, 9.96, 48.3].map((speed) => factor(speed, 'en'))).toEqual(['0.4', '10', '48']);
  });

  it('never says 100 percent before the end, nor anything about an unknown whole', () => {
    expect(percent(0, 10)).toBe(0);
    expect(percent(9.999, 10)).toBe(99);
    expect(percent(10, 10)).toBe(100);
    expect(percent(11, 10)).toBe(100);
    expect(percent(5, undefined)).toBeUndefined();
    expect(percent(0, 0)).toBeUndefined();
  });

  it('shows silence as nothing, speech as something and shouting as all', () => {
    expect(meterLength(0)).toBe(0);
    expect(meterLength(0.0005)).toBe(0);
    expect(meterLength(0.05)).toBeGreaterThan(0.5);
    expect(meterLength(0.05)).toBeLessThan(0.8);
    expect(meterLength(1)).toBe(1);
  });
});

describe('a long list', () => {
  it('is put on the page a part at a time, and short news at once', () => {
    const frames = [];
    for (let shown = 0; shown < 5000; ) {
      const next = revealed(shown, 5000);
      frames.push(next - shown);
      shown = next;
    }
    expect(Math.max(...frames)).toBeLessThanOrEqual(100);
    expect(revealed(4999, 5002)).toBe(5002);
  });

  it('keeps its rows in ranges of which only the last changes', () => {
    expect(rangesOf(0)).toEqual([]);
    const before = rangesOf(130);
    const after = rangesOf(131);
    expect(after.slice(0, -1)).toEqual(before.slice(0, -1));
    expect(after.at(-1)).toEqual({ from: 120, to: 131, full: false });
    expect(before.map(({ full }) => full)).toEqual([true, true, true, true, false]);
    expect(before.flatMap(({ from, to }) => [from, to])).toEqual([0, 30, 30, 60, 60, 90, 90, 120, 120, 130]);
  });
});
