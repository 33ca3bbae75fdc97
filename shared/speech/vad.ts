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

const WIDTH = CONTEXT + FRAME;
/** Frames read in one run: those of two seconds. More are no faster a frame, and the thread is held longer. */
const MOST = 62;

export function createVad(session: VadSession): Vad {
  /** the context of the next frame, and what of it has come */
  const open = new Float32Array(WIDTH);
  let state = new Float32Array(2 * STATE);
  let filled = 0;

  const read = async (frames: Float32Array, count: number): Promise<Float32Array> => {
    const result = await session.run(frames, state, count);
    state = new Float32Array(result.state);
    return result.probabilities;
  };

  /** takes up to FRAME samples into the open frame; how many */
  const fill = (samples: Float32Array): number => {
    const taken = samples.subarray(0, FRAME - filled);
    open.set(taken, CONTEXT + filled);
    filled += taken.length;
    return taken.length;
  };

  const reset = (): void => {
    open.fill(0);
    state = new Float32Array(2 * STATE);
    filled = 0;
  };

  return {
    async push(samples) {
      const probabilities = new Float32Array(Math.floor((filled + samples.length) / FRAME));
      let at = 0;
      for (let done = 0; done < probabilities.length; ) {
        const count = Math.min(MOST, probabilities.length - done);
        const frames = new Float32Array(count * WIDTH);
        for (let i = 0; i < count; i++) {
          at += fill(samples.subarray(at));
          frames.set(open, i * WIDTH);
          open.copyWithin(0, FRAME);
          filled = 0;
        }
        probabilities.set(await read(frames, count), done);
        done += count;
      }
      fill(samples.subarray(at));
      return probabilities;
    },
    async flush() {
      const left = filled;
      open.fill(0, CONTEXT + filled);
      const probabilities = left === 0 ? new Float32Array(0) : (await read(open.slice(), 1)).slice();
      reset();
      return probabilities;
    },
    reset,
  };
}
