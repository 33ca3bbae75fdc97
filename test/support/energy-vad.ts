/** A voice detector for tests of what comes after it: speech is what is loud. Costs nothing, so hours can be run. */
import { CONTEXT, FRAME, type VadSession } from '../../shared/speech/silero.ts';

const LOUD = 0.01;

export const energySession: VadSession = {
  async run(frames, state, lanes) {
    const probabilities = new Float32Array(lanes);
    for (let lane = 0; lane < lanes; lane++) {
      const from = lane * (CONTEXT + FRAME) + CONTEXT;
      let sum = 0;
      for (let i = from; i < from + FRAME; i++) sum += frames[i]! ** 2;
      probabilities[lane] = Math.sqrt(sum / FRAME) > LOUD ? 0.95 : 0.02;
    }
    return { probabilities, state };
  },
};
