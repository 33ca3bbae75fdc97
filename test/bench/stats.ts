import type { Figure } from './bench.ts';

/** Throws on none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  if (upper === undefined) throw new Error('the median of nothing');
  return sorted.length % 2 === 1 ? upper : (sorted[middle - 1]! + upper) / 2;
}

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** A figure of repeated measurements: their median, least and greatest. */
export function figure(key: string, unit: Figure['unit'], values: readonly number[], note: string): Figure {
  return { key, unit, value: median(values), min: Math.min(...values), max: Math.max(...values), note };
}
