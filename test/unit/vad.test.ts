import { describe, expect, test } from 'vitest';
import { CONTEXT, createSileroSession, FRAME, STATE, type VadSession } from '../../shared/speech/silero.ts';
import { createVad, type Vad } from '../../shared/speech/vad.ts';
import { loadNodeVad } from '../support/node-media.ts';
import { concat, fixture, loadFixture } from '../support/pcm.ts';

const session = await loadNodeVad();
const WIDTH = CONTEXT + FRAME;
/** of 32-bit sums in another order */
const ROUNDING = 1e-4;

/** the greatest difference; infinite where the lengths differ */
const apart = (a: Float32Array, b: Float32Array): number =>
  a.length === b.length
    ? a.reduce((most, value, at) => Math.max(most, Math.abs(value - b[at]!)), 0)
    : Number.POSITIVE_INFINITY;

async function probabilities(vad: Vad, samples: Float32Array, chunk: number): Promise<Float32Array> {
  const parts: Float32Array[] = [];
  for (let at = 0; at < samples.length; at += chunk)
    parts.push(await vad.push(samples.subarray(at, at + chunk)));
  return concat([...parts, await vad.flush()]);
}

describe('createVad over Silero', () => {
  test('hears speech where it is and nothing in noise and silence', async () => {
    const vad = createVad(session);
    for (const path of ['noise.flac', 'silence.wav']) {
      const heard = await probabilities(vad, await loadFixture(path), 16_000);
      expect(Math.max(...heard)).toBeLessThan(0.35);
    }
    const heard = await probabilities(vad, await loadFixture('us-male.wav'), 16_000);
    const [sentence] = fixture('us-male.wav').sentences!;
    const at = (seconds: number): number => heard[Math.floor((seconds * 16_000) / FRAME)]!;
    expect(at(0.2)).toBeLessThan(0.1);
    expect(at((sentence!.start + sentence!.end) / 2)).toBeGreaterThan(0.9);
    expect(at(sentence!.end + 0.35)).toBeLessThan(0.1);
  });

  test('the same probabilities whatever the chunks, one a frame, the last one filled up; flush makes it new', async () => {
    const samples = (await loadFixture('us-male.wav')).subarray(0, 20_000);
    const vad = createVad(session);
    const whole = await probabilities(vad, samples, samples.length);
    expect(whole.length).toBe(Math.ceil(samples.length / FRAME));
    for (const chunk of [1_000, 512, 333, 48])
      expect(apart(await probabilities(vad, samples, chunk), whole)).toBeLessThan(ROUNDING);
    await vad.push(samples);
    vad.reset();
    expect(apart(await probabilities(vad, samples, 4_000), whole)).toBeLessThan(ROUNDING);
    expect(await vad.flush()).toEqual(new Float32Array(0));
  });

  test('each frame carries the 64 samples before it, the state goes round, and no run is of more than two seconds', async () => {
    const seen: { frames: Float32Array; count: number; state: number }[] = [];
    const spy: VadSession = {
      run: async (frames, state, count) => {
        seen.push({ frames: frames.slice(), count, state: state[0]! });
        const probabilities = Float32Array.from({ length: count }, (_, i) => frames[i * WIDTH + CONTEXT]!);
        return { probabilities, state: state.map((x) => x + count) };
      },
    };
    const samples = Float32Array.from({ length: 70 * FRAME + 5 }, (_, i) => i + 1);
    const vad = createVad(spy);
    const first = await vad.push(samples.subarray(0, 700));
    const rest = await vad.push(samples.subarray(700));
    const last = await vad.flush();
    expect(seen.map(({ count }) => count)).toEqual([1, 62, 7, 1]);
    expect(seen.map(({ state }) => state)).toEqual([0, 1, 63, 70]);
    const frames = concat(seen.map((call) => call.frames));
    const padded = concat([new Float32Array(CONTEXT), samples, new Float32Array(FRAME - 5)]);
    for (let at = 0; at <= 70; at++)
      expect(frames.subarray(at * WIDTH, (at + 1) * WIDTH)).toEqual(
        padded.subarray(at * FRAME, at * FRAME + WIDTH),
      );
    // what each frame began with tells that none is lost, said twice or out of order
    expect([...first, ...rest, ...last]).toEqual(Array.from({ length: 71 }, (_, at) => at * FRAME + 1));
  });
});

describe('createSileroSession', () => {
  test('frames read together are what they are one by one', async () => {
    const samples = (await loadFixture('us-male.wav')).subarray(9_000, 9_000 + 6 * WIDTH);
    let state: Float32Array = new Float32Array(2 * STATE);
    const alone: number[] = [];
    for (let at = 0; at < 6; at++) {
      const step = await session.run(samples.subarray(at * WIDTH, (at + 1) * WIDTH), state, 1);
      alone.push(...step.probabilities);
      state = step.state;
    }
    const together = await session.run(samples, new Float32Array(2 * STATE), 6);
    expect(apart(together.probabilities, Float32Array.from(alone))).toBeLessThan(ROUNDING);
    expect(apart(together.state, state)).toBeLessThan(ROUNDING);
  });

  test('disposes every tensor, also when the run fails', async () => {
    let alive = 0;
    class Counted {
      readonly data: unknown;
      constructor(_type: string, data: unknown, _dims: readonly number[]) {
        this.data = data;
        alive++;
      }
      dispose(): void {
        alive--;
      }
    }
    const counting = { Tensor: Counted };
    const frames = new Float32Array(CONTEXT + FRAME);
    const state = new Float32Array(2 * STATE);
    const good = createSileroSession<Counted>(counting, {
      run: async () => ({
        output: new Counted('float32', Float32Array.of(0.25), [1, 1]),
        stateN: new Counted('float32', state, [2, 1, STATE]),
      }),
    });
    expect((await good.run(frames, state, 1)).probabilities[0]).toBe(0.25);
    expect(alive).toBe(0);
    const bad = createSileroSession<Counted>(counting, {
      run: () => Promise.reject(new Error('device lost')),
    });
    await expect(bad.run(frames, state, 1)).rejects.toThrow('device lost');
    expect(alive).toBe(0);
  });
});
