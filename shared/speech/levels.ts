/** Loudness in steps of 8 ms, kept for the last while: what edges and cuts are placed by. */

/** samples a step */
export const STEP = 128;
/** dB relative to full scale of digital silence */
export const SILENCE_DB = -120;

/** Mean power of the samples in dB relative to full scale, not below SILENCE_DB. */
export function levelDb(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return samples.length === 0 ? SILENCE_DB : 10 * Math.log10(sum / samples.length + 1e-12);
}

/** Levels of the steps of one frame. */
export function frameLevels(frame: Float32Array): Float32Array {
  const levels = new Float32Array(Math.ceil(frame.length / STEP));
  for (let i = 0; i < levels.length; i++) levels[i] = levelDb(frame.subarray(i * STEP, (i + 1) * STEP));
  return levels;
}

/** A value a step or frame, by its absolute number; the oldest are forgotten. */
export interface Track {
  push(value: number): void;
  /** number of the next value */
  readonly length: number;
  /** `otherwise` when it never was or is forgotten */
  at(index: number, otherwise: number): number;
}

export function createTrack(capacity: number): Track {
  const ring = new Float32Array(capacity);
  let length = 0;
  return {
    push(value) {
      ring[length++ % capacity] = value;
    },
    get length() {
      return length;
    },
    at: (index, otherwise) =>
      index < 0 || index >= length || index < length - capacity ? otherwise : ring[index % capacity]!,
  };
}
