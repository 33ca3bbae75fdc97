/** What a bench measures and what it is given. */
import type { Sites } from './site.ts';

export interface Figure {
  /** its name in the JSON and in the table */
  readonly key: string;
  /** the median, or the worst where the figure is a bound */
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly unit: 'ms' | 's' | 'ratio' | 'MB' | 'count';
  /** what it was measured on */
  readonly note: string;
}

export interface BenchContext {
  /** goes to stderr */
  readonly progress: (text: string) => void;
  /** threads of one operator in Node, the same for every contender */
  readonly threads: number;
  /** the same in a browser */
  readonly browserThreads: number;
  readonly sites: Sites;
  /** milliseconds left to all benches together */
  readonly remainingMs: () => number;
}

export interface Bench {
  readonly group: string;
  /** the figures that it always gives; it may give more */
  readonly keys: readonly string[];
  run(context: BenchContext): Promise<readonly Figure[]>;
}
