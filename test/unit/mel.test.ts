import { readFileSync } from 'node:fs';
import { WhisperFeatureExtractor } from '@huggingface/transformers';
import { describe, expect, it } from 'vitest';
import { BINS, createFramePower, FRAME } from '../../shared/audio/frame-power.ts';
import { createMel, HOP } from '../../shared/audio/mel.ts';

type Shape = Parameters<typeof createMel>[0];

/** Samples of a mono 16-bit WAV. */
function readWav(name: string): Float32Array {
  const bytes = readFileSync(new URL(`../fixtures/audio/${name}`, import.meta.url));
  const at = bytes.indexOf('data') + 8;
  return Float32Array.from(
    { length: (bytes.length - at) >> 1 },
    (_, i) => bytes.readInt16LE(at + 2 * i) / 32768,
  );
}

function noise(length: number, level = 0.3): Float32Array {
  let state = 1;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state / 0x40000000 - 1) * level;
  });
}

async function stockMel({ nMels, frames }: Shape, samples: Float32Array): Promise<Float32Array> {
  const extract = new WhisperFeatureExtractor({
    feature_size: nMels,
    sampling_rate: 16000,
    n_fft: FRAME,
    hop_length: HOP,
    n_samples: frames * HOP,
    nb_max_frames: frames,
  });
  const { input_features } = await extract(samples);
  expect(input_features.dims).toEqual([1, nMels, frames]);
  return input_features.data as Float32Array;
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((largest, value, i) => {
    const difference = Math.abs(value - b[i]!);
    return Math.max(largest, difference);
  }, 0);
}

const shapes: Shape[] = [
  { nMels: 80, frames: 3000 },
  { nMels: 128, frames: 3000 },
  { nMels: 80, frames: 1000 },
  { nMels: 128, frames: 1000 },
];

const clips: readonly [string, () => Float32Array][] = [
  ['a woman', () => readWav('slt-female.wav')],
  ['a question', () => readWav('us-female-question.wav')],
  ['a silent recording', () => readWav('silence.wav')],
  ['nothing', () => new Float32Array(0)],
  ['one sample', () => Float32Array.of(0.5)],
  ['0.1 s of noise', () => noise(1600)],
  ['an odd number of frames', () => noise(160 * 7 + 3)],
  ['noise that fills the window exactly', () => noise(160_000)],
  ['noise that ends just before the window', () => noise(160_000 - 150)],
  ['noise longer than any window', () => noise(500_000)],
  ['noise near the floor', () => noise(160_000, 1e-5)],
];

describe.each(shapes)('log-mel of $nMels x $frames', (shape) => {
  const mel = createMel(shape);

  it.each(clips)('equals the WhisperFeatureExtractor for %s', async (_, clip) => {
    const samples = clip();
    expect(largestDifference(mel(samples), await stockMel(shape, samples))).toBeLessThan(1e-4);
  });

  it('keeps nothing of the clip before', () => {
    const short = noise(5000);
    const fresh = createMel(shape)(short);
    mel(noise(500_000));
    expect(largestDifference(mel(short), fresh)).toBe(0);
  });
});

describe('log-mel', () => {
  it('writes one row of a batch in place', () => {
    const mel = createMel({ nMels: 80, frames: 100 });
    const batch = new Float32Array(2 * 80 * 100).fill(9);
    const row = batch.subarray(80 * 100);
    const samples = noise(9000);
    expect(mel(samples, row)).toBe(row);
    expect(largestDifference(row, mel(samples))).toBe(0);
    expect(batch.subarray(0, 80 * 100).every((value) => value === 9)).toBe(true);
  });

  it('refuses a row of another length', () => {
    const mel = createMel({ nMels: 80, frames: 100 });
    expect(() => mel(noise(10), new Float32Array(10))).toThrow(RangeError);
  });

  it.each([1, 2, 3])('mirrors a signal of %i frames as often as it must', async (frames) => {
    const shape: Shape = { nMels: 80, frames };
    const samples = noise(frames * HOP);
    expect(largestDifference(createMel(shape)(samples), await stockMel(shape, samples))).toBeLessThan(1e-4);
  });
});

describe('frame power', () => {
  it('is the squared discrete Fourier transform of both windowed frames', () => {
    const signal = noise(FRAME + HOP, 1);
    const powers = [new Float64Array(BINS), new Float64Array(BINS)] as const;
    createFramePower()(signal, 0, HOP, ...powers);
    for (const [frame, power] of powers.entries()) {
      for (let k = 0; k < BINS; k++) {
        let re = 0;
        let im = 0;
        for (let n = 0; n < FRAME; n++) {
          const value = signal[frame * HOP + n]! * Math.sin((Math.PI * n) / FRAME) ** 2;
          re += value * Math.cos((2 * Math.PI * k * n) / FRAME);
          im -= value * Math.sin((2 * Math.PI * k * n) / FRAME);
        }
        expect(power[k]).toBeCloseTo(re * re + im * im, 9);
      }
    }
  });
});
