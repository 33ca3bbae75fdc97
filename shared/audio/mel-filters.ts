/** Slaney's mel filter bank (Auditory Toolbox, 1998), as librosa and Whisper use it, stored sparsely. */

export interface MelFilters {
  /** first frequency bin of each filter, [nMels] */
  readonly starts: Int32Array;
  /** where each filter's weights begin; filter m has offsets[m + 1] - offsets[m] of them, [nMels + 1] */
  readonly offsets: Int32Array;
  readonly weights: Float64Array;
}

/**
 * Triangles over the bins of a real FFT of `fftSize` at `sampleRate` hertz, from 0 to half the rate, evenly spaced
 * on the mel scale, each divided by half its width (constant energy a band).
 */
export function melFilters(nMels: number, fftSize: number, sampleRate: number): MelFilters {
  const bins = fftSize / 2 + 1;
  const topMel = hertzToMel(sampleRate / 2);
  const edges = Float64Array.from({ length: nMels + 2 }, (_, i) => melToHertz((topMel * i) / (nMels + 1)));
  const starts = new Int32Array(nMels);
  const offsets = new Int32Array(nMels + 1);
  const weights: number[] = [];
  for (let m = 0; m < nMels; m++) {
    const low = edges[m]!;
    const peak = edges[m + 1]!;
    const high = edges[m + 2]!;
    let start = -1;
    for (let bin = 0; bin < bins; bin++) {
      const hertz = (bin * sampleRate) / fftSize;
      const height = Math.min((hertz - low) / (peak - low), (high - hertz) / (high - peak));
      if (height <= 0) continue;
      if (start < 0) start = bin;
      weights.push((height * 2) / (high - low));
    }
    starts[m] = Math.max(0, start);
    offsets[m + 1] = weights.length;
  }
  return { starts, offsets, weights: Float64Array.from(weights) };
}

// Linear below 1 kHz (mel 15), logarithmic above: 27 mels for each factor of 6.4.
const BREAK_HERTZ = 1000;
const BREAK_MEL = 15;
const LOG_STEP = Math.log(6.4) / 27;

function hertzToMel(hertz: number): number {
  return hertz < BREAK_HERTZ ? (3 * hertz) / 200 : BREAK_MEL + Math.log(hertz / BREAK_HERTZ) / LOG_STEP;
}

function melToHertz(mel: number): number {
  return mel < BREAK_MEL ? (200 * mel) / 3 : BREAK_HERTZ * Math.exp(LOG_STEP * (mel - BREAK_MEL));
}
