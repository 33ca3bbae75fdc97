/**
 * Samples as 16 bits with a common power of two: what travels to a server, and the grid that windows lie on wherever
 * they are read. The power keeps quiet sound as exact as loud sound, and multiplying by it is exact.
 */

const STEPS = 32_768;
const MOST_SHIFT = 15;

/** The nearest step to a sample in [-1, 1]; what is outside is clipped. No -0: the wire has none. */
const step = (sample: number): number =>
  Math.max(-STEPS, Math.min(STEPS - 1, Math.round(sample * STEPS))) + 0;

/** By which power of two samples can be multiplied and stay within [-1, 1): 0 to 15. */
export function shiftOf(samples: Float32Array): number {
  let peak = 0;
  for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
  let shift = 0;
  while (shift < MOST_SHIFT && peak * 2 ** (shift + 1) <= (STEPS - 1) / STEPS) shift += 1;
  return shift;
}

/** Little-endian, as WAV and the wire want it; each sample times 2^shift. */
export function toPcm16(samples: Float32Array, shift = 0): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(2 * samples.length));
  const scale = 2 ** shift;
  for (let index = 0; index < samples.length; index += 1) {
    view.setInt16(2 * index, step((samples[index] ?? 0) * scale), true);
  }
  return new Uint8Array(view.buffer);
}

/** Undoes `toPcm16`. Throws RangeError when the bytes are no whole number of samples. */
export function fromPcm16(bytes: Uint8Array, shift = 0): Float32Array {
  if (bytes.byteLength % 2 !== 0) throw new RangeError(`${bytes.byteLength} bytes are no 16-bit samples`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const samples = new Float32Array(bytes.byteLength / 2);
  const unit = STEPS * 2 ** shift;
  for (let index = 0; index < samples.length; index += 1) {
    samples[index] = view.getInt16(2 * index, true) / unit;
  }
  return samples;
}

/** Moves samples onto the grid of their own shift, in place: sent as 16 bits they arrive as the very same numbers. */
export function ontoPcm16Grid(samples: Float32Array): Float32Array {
  const scale = 2 ** shiftOf(samples);
  for (let index = 0; index < samples.length; index += 1) {
    samples[index] = step((samples[index] ?? 0) * scale) / (STEPS * scale);
  }
  return samples;
}
