import { expect, test } from 'vitest';
import { loadNodeVad } from '../../server/media/node-vad.ts';
import { shareVad } from '../../server/media/shared-vad.ts';
import type { VadSession } from '../../shared/speech/silero.ts';
import { createVad } from '../../shared/speech/vad.ts';
import { loadFixture } from '../support/pcm.ts';
import { VAD_PATH } from '../support/service.ts';

test('sources beside each other get the probabilities that each gets alone, in fewer runs', async () => {
  const session = await loadNodeVad(VAD_PATH);
  let runs = 0;
  const counted: VadSession = {
    run(...call) {
      runs += 1;
      return session.run(...call);
    },
  };
  const speech = (await loadFixture('us-male-two-sentences.flac')).subarray(0, 48_000);
  const sources = [speech, speech.subarray(7_000), speech.toReversed()];
  const alone = [];
  for (const source of sources) alone.push(await createVad(session).push(source));
  const shared = shareVad(counted);
  const together = await Promise.all(sources.map((source) => createVad(shared).push(source)));
  for (const [i, probabilities] of together.entries()) {
    expect(probabilities.length).toBe(alone[i]?.length);
    for (const [frame, p] of probabilities.entries())
      expect(p).toBeCloseTo(alone[i]?.[frame] ?? Number.NaN, 4);
  }
  expect(runs).toBeLessThan(alone.reduce((sum, { length }) => sum + length, 0) / 2);
});

test('a run that fails fails for those in it, and the next is tried', async () => {
  let fails = true;
  const shared = shareVad({
    async run(_frames, state, lanes) {
      if (fails) throw new Error('no');
      return { probabilities: new Float32Array(lanes), state };
    },
  });
  const frame = new Float32Array(576);
  const state = new Float32Array(256);
  await expect(shared.run(frame, state, 1)).rejects.toThrow('no');
  fails = false;
  await expect(shared.run(frame, state, 1)).resolves.toBeDefined();
});
