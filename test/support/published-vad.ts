/** Silero VAD as it is published, a frame a run: what the rearranged one is held to. */
import * as ort from 'onnxruntime-node';
import { CONTEXT, FRAME, STATE, type VadSession } from '../../shared/speech/silero.ts';
import { PUBLISHED } from './silero-sequence.ts';

const WIDTH = CONTEXT + FRAME;

export async function loadPublishedVad(): Promise<VadSession> {
  const session = await ort.InferenceSession.create(PUBLISHED, {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const sr = new ort.Tensor('int64', BigInt64Array.of(16_000n), []);
  return {
    async run(frames, begin, count) {
      const probabilities = new Float32Array(count);
      let state = begin;
      for (let at = 0; at < count; at++) {
        const { output, stateN } = await session.run({
          input: new ort.Tensor('float32', frames.subarray(at * WIDTH, (at + 1) * WIDTH), [1, WIDTH]),
          state: new ort.Tensor('float32', state, [2, 1, STATE]),
          sr,
        });
        probabilities[at] = (output!.data as Float32Array)[0]!;
        state = (stateN!.data as Float32Array).slice();
      }
      return { probabilities, state };
    },
  };
}
