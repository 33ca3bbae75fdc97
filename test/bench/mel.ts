/** The log-mel of a 30 s window against the stock feature extractor's. */
import { WhisperFeatureExtractor } from '@huggingface/transformers';
import { createMel } from '../../shared/audio/mel.ts';
import { SAMPLE_RATE } from '../../shared/audio/pcm.ts';
import { loadFixture } from '../support/pcm.ts';
import type { Bench, Figure } from './bench.ts';
import { figure, median } from './stats.ts';

const SECONDS = 30;
const WARMUPS = 3;
const ROUNDS = 15;

/** preprocessor_config.json of whisper-tiny to -large-v2, as far as it is read */
const WHISPER = {
  feature_size: 80,
  sampling_rate: SAMPLE_RATE,
  hop_length: 160,
  n_fft: 400,
  chunk_length: SECONDS,
  n_samples: SECONDS * SAMPLE_RATE,
  nb_max_frames: SECONDS * 100,
};

export const mel: Bench = {
  group: 'mel',
  keys: ['mel_ms', 'mel_ratio'],
  async run({ progress }): Promise<readonly Figure[]> {
    const samples = (await loadFixture('long-3min.flac')).slice(0, SECONDS * SAMPLE_RATE);
    const extractor = new WhisperFeatureExtractor(WHISPER);
    const ours = createMel({ nMels: 80, frames: SECONDS * 100 });
    const into = new Float32Array(80 * SECONDS * 100);
    const times: { ours: number[]; stock: number[] } = { ours: [], stock: [] };
    for (let round = -WARMUPS; round < ROUNDS; round++) {
      const started = performance.now();
      ours(samples, into);
      const between = performance.now();
      const { input_features } = await extractor(samples);
      const ended = performance.now();
      checkEqual(into, input_features.data);
      if (round < 0) continue;
      times.ours.push(between - started);
      times.stock.push(ended - between);
    }
    progress(`mel: ${median(times.ours).toFixed(1)} / ${median(times.stock).toFixed(1)} ms`);
    const ratios = times.ours.map((ms, round) => ms / times.stock[round]!);
    return [
      figure('mel_ms', 'ms', times.ours, `${SECONDS} s of speech, 80 mels, ${ROUNDS} times, Node`),
      {
        ...figure('mel_ratio', 'ratio', ratios, 'over WhisperFeatureExtractor, equal within 1e-4'),
        value: median(times.ours) / median(times.stock),
      },
      figure('mel_stock_ms', 'ms', times.stock, 'WhisperFeatureExtractor'),
    ];
  },
};

/** A fast log-mel that is another log-mel would be no result. */
function checkEqual(ours: Float32Array, stock: unknown): void {
  if (!(stock instanceof Float32Array) || stock.length !== ours.length) {
    throw new Error('the stock log-mel has another shape');
  }
  for (let at = 0; at < ours.length; at++) {
    if (!(Math.abs(ours[at]! - stock[at]!) <= 1e-4)) {
      throw new Error(`value ${at} is ${ours[at]}, the stock extractor's ${stock[at]}`);
    }
  }
}
