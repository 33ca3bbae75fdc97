/** 16-bit samples: what travels to a server, and the grid that windows lie on wherever they are read. */

const STEPS = 32_768;

/** The nearest 16-bit step to a sample in [-1, 1]; what is outside is clipped. */
const step = (sample: number): number => Math.max(-STEPS, Math.min(STEPS - 1, Math.round(sample * STEPS)));

/** Little-endian, as WAV and the wire want it. */
export function toPcm16(samples: Float32Array): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(2 * samples.length));
  for (const [index, sample] of samples.entries()) view.setInt16(2 * index, step(sample), true);
  return new Uint8Array(view.buffer);
}

/** Throws RangeError when the bytes are no whole number of samples. */
export function fromPcm16(bytes: Uint8Array): Float32Array {
  if (bytes.byteLength % 2 !== 0) throw new RangeError(`${bytes.byteLength} bytes are no 16-bit samples`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const samples = new Float32Array(bytes.byteLength / 2);
  for (let index = 0; index < samples.length; index += 1) {
    samples[index] = view.getInt16(2 * index, true) / STEPS;
  }
  return samples;
}

/** Moves samples onto the grid, in place: sent as 16 bits they then arrive as the very same numbers. */
export function ontoPcm16Grid(samples: Float32Array): Float32Array {
  for (let index = 0; index < samples.length; index += 1) {
    samples[index] = step(samples[index] ?? 0) / STEPS;
  }
  return samples;
}
