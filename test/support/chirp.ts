import { SAMPLE_RATE } from '../../shared/audio/pcm.ts';

/** Sound that is different for each seed; models of random weights make something of it. */
export const chirp = (seed: number, seconds: number): Float32Array =>
  Float32Array.from(
    { length: Math.round(seconds * SAMPLE_RATE) },
    (_, i) => 0.3 * Math.sin((i * i * seed) / 1e5),
  );
