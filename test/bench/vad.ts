/** Voice activity detection and cutting on one core, as long as an hour of sound takes. */
import { DEFAULT_PLAN } from '../../shared/speech/plans.ts';
import { createVad } from '../../shared/speech/vad.ts';
import { speechWindows } from '../../shared/speech/windows.ts';
import { loadNodeVad } from '../support/node-media.ts';
import type { Bench } from './bench.ts';
import { longSound } from './long-sound.ts';
import { figure } from './stats.ts';

const SECONDS = 360;
const HOUR = 3600;
const ROUNDS = 5;
const SECOND = 16_000;

export const vad: Bench = {
  group: 'vad',
  keys: ['vad_hour_s'],
  async run({ progress }) {
    const sound = await longSound(SECONDS);
    const session = await loadNodeVad();
    async function* chunks(): AsyncGenerator<Float32Array> {
      for (let at = 0; at < sound.length; at += SECOND) yield sound.subarray(at, at + SECOND);
    }
    const hours: number[] = [];
    for (let round = -1; round < ROUNDS; round++) {
      const started = performance.now();
      let windows = 0;
      for await (const _ of speechWindows(chunks(), createVad(session), DEFAULT_PLAN)) windows++;
      const seconds = (performance.now() - started) / 1000;
      if (windows === 0) throw new Error('no speech was heard');
      if (round >= 0) hours.push((seconds * HOUR) / SECONDS);
    }
    progress(`vad: ${hours.map((each) => each.toFixed(2)).join(', ')} s an hour`);
    const note = `Silero and the cut over ${SECONDS} s of speech in chunks of 1 s, times ${HOUR / SECONDS}; one thread, Node`;
    return [figure('vad_hour_s', 's', hours, note)];
  },
};
