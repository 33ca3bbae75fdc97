/** Frames of many sources in one run of the VAD: what they wait for together costs little more than one of them. */
import { CONTEXT, FRAME, STATE, type VadSession, type VadStep } from '../../shared/speech/silero.ts';

interface Waiting {
  readonly frame: Float32Array;
  readonly state: Float32Array;
  resolve(step: VadStep): void;
  reject(reason: unknown): void;
}

const INPUT = CONTEXT + FRAME;
/** more would make the first of them wait */
const MOST = 64;

/** Takes one frame of one stream a call; streams are independent, so that who is beside whom changes nothing. */
export function shareVad(session: VadSession): VadSession {
  const line: Waiting[] = [];
  let running = false;

  async function pump(): Promise<void> {
    if (running) return;
    running = true;
    while (line.length > 0) {
      const taken = line.splice(0, MOST);
      try {
        const steps = await runTogether(session, taken);
        for (const [i, step] of steps.entries()) taken[i]?.resolve(step);
      } catch (thrown) {
        for (const each of taken) each.reject(thrown);
      }
      // Those that were answered come again with their next frame, to be run together.
      await new Promise(setImmediate);
    }
    running = false;
  }

  return {
    run(frame, state, lanes) {
      if (lanes !== 1) return session.run(frame, state, lanes);
      return new Promise((resolve, reject) => {
        line.push({ frame: frame.slice(), state, resolve, reject });
        void pump();
      });
    },
  };
}

async function runTogether(session: VadSession, all: readonly Waiting[]): Promise<VadStep[]> {
  const lanes = all.length;
  const frames = new Float32Array(lanes * INPUT);
  const state = new Float32Array(2 * lanes * STATE);
  for (const [lane, each] of all.entries()) {
    frames.set(each.frame, lane * INPUT);
    for (const layer of [0, 1]) {
      state.set(each.state.subarray(layer * STATE, (layer + 1) * STATE), (layer * lanes + lane) * STATE);
    }
  }
  const step = await session.run(frames, state, lanes);
  return all.map((_, lane) => {
    const own = new Float32Array(2 * STATE);
    for (const layer of [0, 1]) {
      const from = (layer * lanes + lane) * STATE;
      own.set(step.state.subarray(from, from + STATE), layer * STATE);
    }
    return { probabilities: step.probabilities.slice(lane, lane + 1), state: own };
  });
}
