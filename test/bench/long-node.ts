/** A ten-minute file, from its bytes to its transcript, against the stock pipeline given the decoded samples. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadEngine } from '../../shared/asr/load.ts';
import { modelReader } from '../support/models.ts';
import type { Bench, Figure } from './bench.ts';
import { startEar } from './ear-process.ts';
import { LONG_SECONDS, longSound, wavOf } from './long-sound.ts';
import { LONG } from './models.ts';
import { figure, median } from './stats.ts';
import { loadStock } from './stock.ts';
import { readWhole } from './whole-path.ts';

const ROUNDS = 3;
const BUDGET_MS = 150_000;
const WARM_SECONDS = 40;

export const longNode: Bench = {
  group: 'long_node',
  keys: ['long_file_ratio_node'],
  async run({ progress, threads, remainingMs }): Promise<readonly Figure[]> {
    const started = performance.now();
    const sound = await longSound(LONG_SECONDS);
    const folder = await mkdtemp(join(tmpdir(), 'sotto-bench-'));
    const path = join(folder, 'long.wav');
    await writeFile(path, wavOf(sound));
    const stock = await loadStock({ model: LONG, dtype: 'q8', device: 'cpu', threads });
    const ear = await startEar();
    const dtype = { encoder: 'q8', decoder: 'q8' } as const;
    const engine = await loadEngine({
      model: LONG,
      device: 'cpu',
      dtype,
      numThreads: threads,
      readFile: modelReader(LONG),
    });
    const times: { ours: number[]; stock: number[] } = { ours: [], stock: [] };
    let windows = 0;
    try {
      await stock.long(sound.subarray(0, WARM_SECONDS * 16_000));
      for (let round = 0; round < ROUNDS; round++) {
        const began = performance.now();
        const ours = await readWhole(ear.windows(path), engine);
        windows = ours.windows;
        const between = performance.now();
        const said = await stock.long(sound);
        const ended = performance.now();
        if (ours.text === '' || said === '') throw new Error('one of the two heard nothing');
        times.ours.push(ours.ms);
        times.stock.push(ended - between);
        progress(`long_node: ${ours.ms.toFixed(0)} / ${(ended - between).toFixed(0)} ms`);
        const left = Math.min(BUDGET_MS - (ended - started), remainingMs());
        if (left < ended - began) break;
      }
    } finally {
      ear.close();
      await engine.dispose();
      await stock.dispose();
      await rm(folder, { recursive: true });
    }
    const rounds = times.ours.map((ms, round) => ms / times.stock[round]!);
    const note = `${LONG_SECONDS} s, cpu q8, ${threads} threads, ${windows} windows, ${rounds.length} rounds; whole path over stock with 30 s windows and 5 s strides`;
    return [
      {
        ...figure('long_file_ratio_node', 'ratio', rounds, note),
        value: median(times.ours) / median(times.stock),
      },
      figure('long_file_ms_node', 'ms', times.ours, 'decode, VAD, cut, mel, engine, transcript'),
      figure(
        'long_file_stock_ms_node',
        'ms',
        times.stock,
        'the stock pipeline, decoding of the file not counted',
      ),
    ];
  },
};
