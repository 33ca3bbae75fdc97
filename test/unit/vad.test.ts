import { describe, expect, test } from 'vitest';
import { CONTEXT, createSileroSession, FRAME, STATE, type VadSession } from '../../shared/speech/silero.ts';
import { createVad, type Vad } from '../../shared/speech/vad.ts';
import { loadNodeVad } from '../support/node-media.ts';
import { concat, fixture, loadFixture } from '../support/pcm.ts';

const session = await loadNodeVad();

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
      expect(await probabilities(vad, samples, chunk)).toEqual(whole);
    await vad.push(samples);
    vad.reset();
    expect(await probabilities(vad, samples, 4_000)).toEqual(whole);
    expect(await vad.flush()).toEqual(new Float32Array(0));
  });

  test('each frame carries the 64 samples before it, and the state goes round', async () => {
    const seen: { frame: Float32Array; state: number }[] = [];
    const spy: VadSession = {
      run: async (frames, state) => {
        seen.push({ frame: frames.slice(), state: state[0]! });
        return { probabilities: Float32Array.of(0.5), state: state.map((x) => x + 1) };
      },
    };
    const samples = Float32Array.from({ length: 3 * FRAME }, (_, i) => i + 1);
    await createVad(spy).push(samples);
    expect(seen.map((call) => call.state)).toEqual([0, 1, 2]);
    expect(seen[0]!.frame).toEqual(concat([new Float32Array(CONTEXT), samples.subarray(0, FRAME)]));
    expect(seen[2]!.frame).toEqual(samples.subarray(2 * FRAME - CONTEXT, 3 * FRAME));
  });
});

describe('createSileroSession', () => {
  test('lanes are independent streams', async () => {
    const a = (await loadFixture('us-male.wav')).subarray(9_000, 9_000 + CONTEXT + FRAME);
    const b = new Float32Array(CONTEXT + FRAME);
    const state = new Float32Array(2 * STATE);
    const alone = [await session.run(a, state, 1), await session.run(b, state, 1)];
    const both = await session.run(concat([a, b]), new Float32Array(4 * STATE), 2);
    expect(both.probabilities.length).toBe(2);
    expect(both.state.length).toBe(4 * STATE);
    alone.forEach((one, lane) => {
      expect(both.probabilities[lane]).toBeCloseTo(one.probabilities[0]!, 5);
    });
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
