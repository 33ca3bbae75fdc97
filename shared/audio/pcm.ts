/** Everything past the decoder is mono 32-bit float samples in [-1, 1] at this rate, in hertz. */
export const SAMPLE_RATE = 16_000;

/** A stretch of decoded sound: mono, 16 kHz, contiguous with the one before it. */
export type Samples = Float32Array;
