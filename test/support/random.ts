/** Numbers that look random and are the same for the same seed, so that a bad run can be run again. */
import { createChance } from '../../server/plan/chance.ts';

export interface Random {
  /** from 0 to 1, 1 excluded */
  next(): number;
  between(from: number, to: number): number;
  /** Throws on none. */
  pick<Value>(values: readonly Value[]): Value;
  shuffled<Value>(values: readonly Value[]): Value[];
}

export function createRandom(seed: number): Random {
  const { next } = createChance(seed);
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
