/** Chunks of any length in, one speech probability a 32 ms frame out. */
import { CONTEXT, FRAME, STATE, type VadSession } from './silero.ts';

export interface Vad {
  /** Probabilities of the frames that these 16 kHz samples complete, in order. One call at a time. */
  push(samples: Float32Array): Promise<Float32Array>;
  /** Probability of the last, incomplete frame (filled up with zeros), if any; then as new. */
  flush(): Promise<Float32Array>;
  /** As new, for another source. */
  reset(): void;
}

export function createVad(session: VadSession): Vad {
  const input = new Float32Array(CONTEXT + FRAME);
  let state = new Float32Array(2 * STATE);
  let filled = 0;

  const step = async (): Promise<number> => {
    const result = await session.run(input, state, 1);
    state = new Float32Array(result.state);
    input.copyWithin(0, FRAME);
    filled = 0;
    return result.probabilities[0] ?? 0;
  };

  const reset = (): void => {
    input.fill(0);
    state = new Float32Array(2 * STATE);
    filled = 0;
  };

  return {
    async push(samples) {
      const probabilities = new Float32Array(Math.floor((filled + samples.length) / FRAME));
      let done = 0;
      for (let at = 0; at < samples.length; ) {
        const take = Math.min(FRAME - filled, samples.length - at);
        input.set(samples.subarray(at, at + take), CONTEXT + filled);
        filled += take;
        at += take;
        if (filled === FRAME) probabilities[done++] = await step();
      }
      return probabilities;
    },
    async flush() {
      if (filled === 0) {
        reset();
        return new Float32Array(0);
      }
      input.fill(0, CONTEXT + filled);
      const probability = await step();
      reset();
      return Float32Array.of(probability);
    },
    reset,
  };
}
