/** The engine against the stock pipeline on the CPU, in Node. */
import { env, pipeline } from '@huggingface/transformers';
import type { Engine, WindowReading } from '../../shared/asr/engine.ts';
import { loadEngine } from '../../shared/asr/load.ts';
import { MODEL_HOMES, modelReader } from '../support/models.ts';
import type { Bench } from './bench.ts';
import { type Contender, duel } from './duel.ts';
import { DEMO, DEMO_WINDOW_SECONDS } from './models.ts';
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
    const stock = await loadStock(threads);
    const engine = await loadDemo(threads);
    try {
      const samples = windows.map((window) => window.samples);
      const result = await duel(
        engineContender(engine),
        stock.read,
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

async function loadStock(threads: number): Promise<{ read: Contender; dispose: () => Promise<unknown> }> {
  env.allowRemoteModels = false;
  env.localModelPath = MODEL_HOMES[DEMO];
  const asr = await pipeline('automatic-speech-recognition', DEMO, {
    device: 'cpu',
    dtype: 'q8',
    session_options: { intraOpNumThreads: threads },
  });
  return {
    read: async (samples) => {
      const output = await asr(samples, { return_timestamps: true });
      return (Array.isArray(output) ? output : [output]).map(({ text }) => text.trim()).join(' ');
    },
    dispose: () => asr.dispose(),
  };
}

const engineContender =
  (engine: Engine): Contender =>
  async (samples) => {
    const readings = await engine.run({ windows: [{ samples }], options: { task: 'transcribe' } });
    return textOf(readings);
  };

const textOf = (readings: readonly WindowReading[]): string =>
  readings.flatMap(({ segments }) => segments.map(({ text }) => text)).join(' ');
