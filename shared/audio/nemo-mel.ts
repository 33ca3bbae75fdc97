/**
 * The log-mel spectrogram of NeMo's models (`FilterbankFeatures` of nemo/collections/asr/parts/preprocessing/
 * features.py), equal to the ParakeetFeatureExtractor of transformers.js within 1e-3: frames of 25 ms every 10 ms, each
 * band with mean 0 and variance 1 over the window.
 */
import { melFilters } from './mel-filters.ts';
import { SAMPLE_RATE } from './pcm.ts';
import { BINS_512, createPower512, LENGTH } from './power-512.ts';

/** samples from one frame to the next */
export const NEMO_HOP = 160;
const WINDOW = 400;
/** where the window begins within the transform's samples */
const INSET = (LENGTH - WINDOW) / 2;
/** added to each band's power: silence has a logarithm too */
const OFFSET = 2 ** -24;
const LEAST_DEVIATION = 1e-5;

export interface NemoMelShape {
  readonly nMels: number;
  /** of the sample before, taken from each sample */
  readonly preemphasis: number;
}

export interface NemoFeatures {
  /** [frames, nMels] row-major */
  readonly values: Float32Array;
  readonly frames: number;
  /** frames that hold sound; those after them are zeros */
  readonly sounding: number;
}

/** Symmetric, unlike Whisper's. */
const HANN = Float64Array.from(
  { length: WINDOW },
  (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / (WINDOW - 1)),
);

/** Mono 16 kHz samples in. Tables and buffers are made once and used by every call. */
export function createNemoMel({ nMels, preemphasis }: NemoMelShape): (samples: Float32Array) => NemoFeatures {
  const { starts, offsets, weights } = melFilters(nMels, LENGTH, SAMPLE_RATE);
  const powerOf = createPower512();
  const frame = new Float64Array(LENGTH);
  const power = new Float64Array(BINS_512);

  return (samples) => {
    const sounding = Math.floor(samples.length / NEMO_HOP);
    const frames = sounding + 1;
    const values = new Float32Array(frames * nMels);
    for (let f = 0; f < sounding; f++) {
      cutFrame(samples, f * NEMO_HOP - LENGTH / 2 + INSET, preemphasis, frame);
      powerOf(frame, power);
      for (let m = 0; m < nMels; m++) {
        let sum = OFFSET;
        let bin = starts[m]!;
        for (let w = offsets[m]!; w < offsets[m + 1]!; w++, bin++) sum += weights[w]! * power[bin]!;
        values[f * nMels + m] = Math.log(sum);
      }
    }
    normalizeBands(values, sounding, nMels);
    return { values, frames, sounding };
  };
}

/** The window at `from`, emphasised and weighted, in the middle of `frame`; zeros where there are no samples. */
function cutFrame(samples: Float32Array, from: number, preemphasis: number, frame: Float64Array): void {
  for (let n = 0; n < WINDOW; n++) {
    const at = from + n;
    const inside = at >= 0 && at < samples.length;
    const before = at > 0 ? samples[at - 1]! : 0;
    frame[INSET + n] = inside ? (samples[at]! - preemphasis * before) * HANN[n]! : 0;
  }
}

/** In place, over the sounding frames: mean 0, and the deviation of a sample (over frames - 1). */
function normalizeBands(values: Float32Array, sounding: number, nMels: number): void {
  for (let m = 0; m < nMels; m++) {
    let sum = 0;
    for (let f = 0; f < sounding; f++) sum += values[f * nMels + m]!;
    const mean = sum / sounding;
    let squares = 0;
    for (let f = 0; f < sounding; f++) squares += (values[f * nMels + m]! - mean) ** 2;
    const deviation = Math.sqrt(squares / Math.max(1, sounding - 1)) + LEAST_DEVIATION;
    for (let f = 0; f < sounding; f++) values[f * nMels + m] = (values[f * nMels + m]! - mean) / deviation;
  }
}
