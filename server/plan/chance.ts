/** Seeded chance, so that a plan is the same each time. */
export interface Chance {
  /** from 0 to 1, 1 excluded */
  next(): number;
  /** with this mean */
  exponential(mean: number): number;
}

/** mulberry32 (T. Ettinger, public domain): 32 bits of state are plenty for some hundred thousand draws. */
export function createChance(seed: number): Chance {
  let state = seed >>> 0;
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
  return { next, exponential: (mean) => -Math.log(1 - next()) * mean };
}
