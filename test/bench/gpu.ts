/** The same on a real graphics card, through onnxruntime-node's webgpu provider. Without one there are no figures. */
import type { Engine } from '../../shared/asr/engine.ts';
import { loadEngine } from '../../shared/asr/load.ts';
import { modelReader } from '../support/models.ts';
import type { Bench, Figure } from './bench.ts';
import { findCard } from './gpu-card.ts';
import { longSound } from './long-sound.ts';
import { DEMO, DEMO_WINDOW_SECONDS } from './models.ts';
import { figure, median } from './stats.ts';
import { loadStock } from './stock.ts';
import { filled } from './windows.ts';

const ROUNDS = 3;
const SECONDS = 600;

export const gpu: Bench = {
  group: 'gpu',
  keys: ['long_file_ratio_gpu', 'rtf_gpu'],
  async run({ progress, threads }): Promise<readonly Figure[]> {
    const card = findCard();
    if (card === undefined) {
      progress('gpu: no real GPU here (a software adapter says nothing about one): not measured');
      return [];
    }
    const stock = await loadStock({ model: DEMO, dtype: 'fp32', device: 'webgpu', threads });
    const engine = await loadEngine({
      model: DEMO,
      device: 'webgpu',
      dtype: { encoder: 'fp32', decoder: 'fp32' },
      adapter: card,
      laneMemory: { get: async () => undefined, set: async () => undefined },
      readFile: modelReader(DEMO),
    });
    try {
      return await measure(engine, stock.long, card, progress);
    } finally {
      await engine.dispose();
      await stock.dispose();
    }
  },
};

async function measure(
  engine: Engine,
  stock: (samples: Float32Array) => Promise<string>,
  card: string,
  progress: (text: string) => void,
): Promise<Figure[]> {
  const sound = await longSound(SECONDS);
  const windows = await filled('long-3min.flac', Number.POSITIVE_INFINITY, DEMO_WINDOW_SECONDS);
  const seconds = windows.reduce((sum, { samples }) => sum + samples.length, 0) / 16_000;
  const rtfs: number[] = [];
  const ratios: number[] = [];
  for (let round = -1; round < ROUNDS; round++) {
    const began = performance.now();
    await engine.run({ windows, options: { task: 'transcribe' } });
    const between = performance.now();
    await stock(sound);
    const ended = performance.now();
    if (round < 0) continue;
    const rtf = (between - began) / 1000 / seconds;
    rtfs.push(rtf);
    ratios.push(rtf / ((ended - between) / 1000 / SECONDS));
    progress(`gpu: ${card}: real-time factor ${rtf.toFixed(5)}`);
  }
  const note = `${card}; demo model fp32, ${engine.info.lanes} lanes`;
  return [
    {
      ...figure('long_file_ratio_gpu', 'ratio', ratios, `engine over stock, a second of sound; ${note}`),
      value: median(ratios),
    },
    figure('rtf_gpu', 'ratio', rtfs, note),
  ];
}
