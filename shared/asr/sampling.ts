/** Drawing tokens so that a run can be repeated: where its chance comes from, and what it begins with. */

/** The next number of a sequence, evenly spread over [0, 1). */
export type Random = () => number;

/** How a row's tokens are drawn: `Categorical(logits / temperature)` of OpenAI's whisper/decoding.py. */
export interface Sampling {
  /** above 0 */
  readonly temperature: number;
  readonly random: Random;
}

/** Tommy Ettinger's mulberry32: 32 bits of state, one sequence for each seed. */
export function mulberry32(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const FNV_PRIME = 0x01000193;
const FNV_BASIS = 0x811c9dc5;

/**
 * A seed of a window's own (FNV-1a over the samples' bits, 32 at a time): what a row draws depends on its sound, its
 * attempt and the seed, and on no other row of its batch.
 */
export function windowSeed(samples: Float32Array, attempt: number, seed: number): number {
  const words = new Int32Array(samples.buffer, samples.byteOffset, samples.length);
  let hash = FNV_BASIS;
  for (const word of [seed, attempt]) hash = Math.imul(hash ^ word, FNV_PRIME);
  for (let i = 0; i < words.length; i++) {
    hash = Math.imul(hash ^ words[i]!, FNV_PRIME);
    // a product carries bits upwards only, and what differs in floats is at the top
    hash ^= hash >>> 16;
  }
  return hash;
}
