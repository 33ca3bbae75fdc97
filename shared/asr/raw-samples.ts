/** Samples as models take them that read the waveform itself (Moonshine, wav2vec2): one row a window, no padding. */
import type { TensorLedger, TensorPort } from './sessions.ts';

/**
 * Fewer samples than this (0.1 s) do not reach through the models' first convolutions (895 for Moonshine, 400 for
 * wav2vec2); such a window gets zeros behind it. No other does: they normalise over the whole window, so zeros change
 * what is read.
 */
const FEWEST_SAMPLES = 1600;

/** Samples that a window of `length` is given with. */
export const paddedLength = (length: number): number => Math.max(FEWEST_SAMPLES, length);

/** [rows, samples] of windows that are equally long. The caller frees it. */
export function sampleTensor(ledger: TensorLedger, windows: readonly Float32Array[]): TensorPort {
  const width = paddedLength(windows[0]?.length ?? 0);
  const values = new Float32Array(windows.length * width);
  windows.forEach((samples, row) => {
    values.set(samples, row * width);
  });
  return ledger.make('float32', values, [windows.length, width]);
}

/** All ones, for exports that want a mask: equally long rows have nothing to hide. */
export function wholeMask(ledger: TensorLedger, [rows = 0, width = 0]: readonly number[]): TensorPort {
  return ledger.make('int64', new BigInt64Array(rows * width).fill(1n), [rows, width]);
}

/** Added to the variance, as Wav2Vec2FeatureExtractor does: silence is not divided by nothing. */
const LEAST_VARIANCE = 1e-7;

/** With mean 0 and variance 1, as models trained on such samples want them. A copy. */
export function standardized(samples: Float32Array): Float32Array {
  const mean = samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
  const variance = samples.reduce((sum, sample) => sum + (sample - mean) ** 2, 0) / samples.length;
  const scale = 1 / Math.sqrt(variance + LEAST_VARIANCE);
  return samples.map((sample) => (sample - mean) * scale);
}
