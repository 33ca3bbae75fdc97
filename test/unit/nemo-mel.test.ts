/** NeMo's log-mel against the stock extractor of transformers.js, and the transform under it against its definition. */
import { ParakeetFeatureExtractor } from '@huggingface/transformers';
import { expect, test } from 'vitest';
import { mulberry32 } from '../../shared/asr/sampling.ts';
import { createNemoMel } from '../../shared/audio/nemo-mel.ts';
import { SAMPLE_RATE } from '../../shared/audio/pcm.ts';
import { BINS_512, createPower512, LENGTH } from '../../shared/audio/power-512.ts';
import { chirp } from '../support/chirp.ts';
import { loadFixture } from '../support/pcm.ts';

const shape = { nMels: 80, preemphasis: 0.97 };
const stock = new ParakeetFeatureExtractor({
  feature_size: 80,
  hop_length: 160,
  n_fft: 512,
  win_length: 400,
  preemphasis: 0.97,
  sampling_rate: SAMPLE_RATE,
});

interface StockFeatures {
  readonly input_features: { readonly data: Float32Array; readonly dims: readonly number[] };
  readonly attention_mask: { readonly data: BigInt64Array };
}

/** Bands without any sound have no deviation but rounding's, and are divided by it: what is compared has sound in all. */
const hiss = (seconds: number): Float32Array => {
  const random = mulberry32(5);
  return chirp(2, seconds).map((sample) => sample + 0.01 * random());
};

test('is that of the stock extractor within 1e-3', async () => {
  const mel = createNemoMel(shape);
  const speech = await loadFixture('us-female.flac');
  const windows = [hiss(0.1), hiss(1.234), speech.slice(0, 5 * SAMPLE_RATE), speech.slice(7000, 47_777)];
  for (const samples of windows) {
    const { input_features, attention_mask } = (await stock._call(samples)) as StockFeatures;
    const { values, frames, sounding } = mel(samples);
    expect(input_features.dims).toEqual([1, frames, 80]);
    expect([...attention_mask.data].filter((one) => one === 1n)).toHaveLength(sounding);
    let largest = 0;
    input_features.data.forEach((value, i) => {
      largest = Math.max(largest, Math.abs(value - values[i]!));
    });
    expect(largest).toBeLessThan(1e-3);
  }
});

test('the power of 512 samples is that of the definition', () => {
  const frame = Float64Array.from(chirp(3, 1).slice(0, LENGTH));
  const power = new Float64Array(BINS_512);
  createPower512()(frame, power);
  for (const k of [0, 1, 37, 128, 255, 256]) {
    let re = 0;
    let im = 0;
    frame.forEach((value, n) => {
      re += value * Math.cos((2 * Math.PI * k * n) / LENGTH);
      im -= value * Math.sin((2 * Math.PI * k * n) / LENGTH);
    });
    expect(power[k]).toBeCloseTo(re * re + im * im, 8);
  }
});
