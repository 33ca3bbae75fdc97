/** The shape of sound, as a drawing of it needs it. */
import { SAMPLE_RATE } from './pcm.ts';

export const PEAKS_PER_SECOND = 50;

/**
 * A peak is a byte: 255 times the square root of the largest absolute sample (1 = full scale) of its 20 ms. The root
 * leaves quiet sound enough steps to be seen.
 */
export interface PeakMeter {
  /** Mono 16 kHz sound, in chunks of any length: the peaks that it completes. */
  push(samples: Float32Array): Uint8Array<ArrayBuffer>;
  /** the last one, if it is not complete */
  flush(): Uint8Array<ArrayBuffer>;
}

export function createPeakMeter(samplesPerPeak = SAMPLE_RATE / PEAKS_PER_SECOND): PeakMeter {
  let largest = 0;
  let seen = 0;

  const take = (): number => {
    const peak = Math.round(255 * Math.sqrt(Math.min(1, largest)));
    largest = 0;
    seen = 0;
    return peak;
  };

  return {
    push(samples) {
      const peaks = new Uint8Array(Math.floor((seen + samples.length) / samplesPerPeak));
      let filled = 0;
      for (const sample of samples) {
        const size = Math.abs(sample);
        if (size > largest) largest = size;
        seen += 1;
        if (seen === samplesPerPeak) peaks[filled++] = take();
      }
      return peaks;
    },
    flush: () => (seen === 0 ? new Uint8Array() : Uint8Array.of(take())),
  };
}
