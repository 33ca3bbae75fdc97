/** A voice detector for tests of what comes after it: speech is what is loud. Costs nothing, so hours can be run. */
import { CONTEXT, FRAME, type VadSession } from '../../shared/speech/silero.ts';

const LOUD = 0.01;

export const energySession: VadSession = {
  async run(frames, state, count) {
    const probabilities = new Float32Array(count);
    for (let at = 0; at < count; at++) {
      const from = at * (CONTEXT + FRAME) + CONTEXT;
      let sum = 0;
      for (let i = from; i < from + FRAME; i++) sum += frames[i]! ** 2;
      probabilities[at] = Math.sqrt(sum / FRAME) > LOUD ? 0.95 : 0.02;
    }
    return { probabilities, state };
  },
};
