/** What reading several windows at once brings on this machine's CPU, at the lanes that calibration chooses. */
import type { LaneMemory } from '../../shared/asr/calibrate.ts';
import type { Engine } from '../../shared/asr/engine.ts';
import { loadEngine } from '../../shared/asr/load.ts';
import { modelReader } from '../support/models.ts';
import type { Bench } from './bench.ts';
import { DEMO } from './models.ts';
import { figure } from './stats.ts';
import { sentences } from './windows.ts';

const WINDOWS = 8;
const ROUNDS = 5;

export const lanes: Bench = {
  group: 'lanes',
  keys: ['lanes_speedup'],
  async run({ progress, threads }) {
    const windows = await sentences('paragraph-25s.flac', WINDOWS);
    const memory: LaneMemory = { get: async () => undefined, set: async () => undefined };
    const load = (more: { lanes: number } | { laneMemory: LaneMemory }): Promise<Engine> =>
      loadEngine({
        model: DEMO,
        device: 'cpu',
        dtype: { encoder: 'fp32', decoder: 'fp32' },
        numThreads: threads,
        readFile: modelReader(DEMO),
        ...more,
      });
    const began = performance.now();
    const one = await load({ lanes: 1 });
    const between = performance.now();
    const chosen = await load({ laneMemory: memory });
    const trialsMs = performance.now() - between - (between - began);
    const most = await load({ lanes: WINDOWS });
    const read = async (engine: Engine): Promise<number> => {
      const started = performance.now();
      await engine.run({ windows, options: { task: 'transcribe' } });
      return performance.now() - started;
    };
    const gains: number[] = [];
    const eights: number[] = [];
    try {
      for (let round = -1; round < ROUNDS; round++) {
        // with one lane chosen there are no two things to compare
        const [alone, together, all] = [await read(one), await read(chosen), await read(most)];
        if (round < 0) continue;
        gains.push(chosen.info.lanes === 1 ? 1 : alone / together);
        eights.push(alone / all);
      }
    } finally {
      for (const engine of [one, chosen, most]) await engine.dispose();
    }
    progress(`lanes: ${chosen.info.lanes} chosen in about ${Math.max(0, trialsMs).toFixed(0)} ms`);
    const what = `${WINDOWS} sentences, demo model fp32, Node CPU, ${threads} threads, ${ROUNDS} rounds`;
    return [
      figure('lanes_speedup', 'ratio', gains, `${chosen.info.lanes} lanes (chosen) over 1; ${what}`),
      figure('lanes_speedup_8', 'ratio', eights, '8 lanes over 1, whatever was chosen'),
      figure('lanes_chosen', 'count', [chosen.info.lanes], 'by the trials at start'),
    ];
  },
};
