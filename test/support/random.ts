/** Numbers that look random and are the same for the same seed (mulberry32), so that a bad run can be run again. */
export interface Random {
  /** from 0 to 1, 1 excluded */
  next(): number;
  between(from: number, to: number): number;
  /** Throws on none. */
  pick<Value>(values: readonly Value[]): Value;
  shuffled<Value>(values: readonly Value[]): Value[];
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
  return {
    next,
    between: (from, to) => from + next() * (to - from),
    pick(values) {
      if (values.length === 0) throw new Error('a choice among nothing');
      return values[Math.floor(next() * values.length)]!;
    },
    shuffled(values) {
      const left = [...values];
      return values.map(() => left.splice(Math.floor(next() * left.length), 1)[0]!);
    },
  };
}
