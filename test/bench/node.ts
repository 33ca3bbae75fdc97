/** The engine against the stock pipeline on the CPU, in Node. */
import type { Engine, WindowReading } from '../../shared/asr/engine.ts';
import { loadEngine } from '../../shared/asr/load.ts';
import { modelReader } from '../support/models.ts';
import type { Bench } from './bench.ts';
import { type Contender, duel } from './duel.ts';
import { DEMO, DEMO_WINDOW_SECONDS } from './models.ts';
import { loadStock } from './stock.ts';
import { verdict } from './verdict.ts';
import { filled, sentences } from './windows.ts';

const ROUNDS = 5;
const BUDGET_MS = 120_000;

export const node: Bench = {
  group: 'node',
  keys: ['rtf_node', 'ratio_node'],
  async run({ progress, threads }) {
    const windows = [
      ...(await sentences('paragraph-25s.flac', 8)),
      ...(await filled('long-3min.flac', 6, DEMO_WINDOW_SECONDS)),
    ];
    // First: shared/asr/load.ts sets the library up for its own reader, for good.
    const stock = await loadStock({ model: DEMO, dtype: 'q8', device: 'cpu', threads });
    const engine = await loadDemo(threads);
    try {
      const samples = windows.map((window) => window.samples);
      const result = await duel(
        engineContender(engine),
        stock.window,
        samples,
        { warmups: 3, rounds: ROUNDS, budgetMs: BUDGET_MS },
        (text) => progress(`node: ${text}`),
      );
      for (const { ours, stock } of result.differing) progress(`node: "${ours}" / "${stock}"`);
      return verdict('node', result, windows, `cpu q8, ${threads} threads`);
    } finally {
      await engine.dispose();
      await stock.dispose();
    }
  },
};

export function loadDemo(threads: number): Promise<Engine> {
  const dtype = { encoder: 'q8', decoder: 'q8' } as const;
  return loadEngine({ model: DEMO, device: 'cpu', dtype, numThreads: threads, readFile: modelReader(DEMO) });
}

const engineContender =
  (engine: Engine): Contender =>
  async (samples) => {
    const readings = await engine.run({ windows: [{ samples }], options: { task: 'transcribe' } });
    return textOf(readings);
  };

const textOf = (readings: readonly WindowReading[]): string =>
  readings.flatMap(({ segments }) => segments.map(({ text }) => text)).join(' ');
