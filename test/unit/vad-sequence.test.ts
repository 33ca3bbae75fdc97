/** The VAD that reads frames together hears what the published one hears, frame by frame: no speech is lost. */
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { mulberry32 } from '../../shared/asr/sampling.ts';
import { createVad } from '../../shared/speech/vad.ts';
import { loadNodeVad } from '../support/node-media.ts';
import { concat, fixtures, loadFixture } from '../support/pcm.ts';
import { loadPublishedVad } from '../support/published-vad.ts';
import { PUBLISHED, SEQUENCE, sileroSequence } from '../support/silero-sequence.ts';

const ours = await loadNodeVad();
const published = await loadPublishedVad();

/** where the segmenter looks; a difference elsewhere changes nothing */
const THRESHOLDS = [0.35, 0.5];
const TOLERANCE = 1e-3;

async function heard(session: typeof ours, samples: Float32Array): Promise<Float32Array> {
  const vad = createVad(session);
  const parts: Float32Array[] = [];
  // the seconds that a decoder gives
  for (let at = 0; at < samples.length; at += 16_000)
    parts.push(await vad.push(samples.subarray(at, at + 16_000)));
  return concat([...parts, await vad.flush()]);
}

/** speech and noise of the same loudness over `ratio`: noise that hides some of it */
function inNoise(samples: Float32Array, ratio: number, seed: number): Float32Array {
  const random = mulberry32(seed);
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  const scale = Math.sqrt((12 * power) / ratio);
  return samples.map((sample) => sample + scale * (random() - 0.5));
}

async function compare(name: string, samples: Float32Array): Promise<void> {
  const [a, b] = [await heard(ours, samples), await heard(published, samples)];
  expect(a.length, name).toBe(b.length);
  for (const [at, probability] of b.entries()) {
    const difference = Math.abs(a[at]! - probability);
    if (!(difference < TOLERANCE)) throw new Error(`${name}: frame ${at} is ${a[at]}, not ${probability}`);
    for (const threshold of THRESHOLDS)
      if (a[at]! >= threshold !== probability >= threshold)
        throw new Error(`${name}: frame ${at}, ${a[at]} and ${probability}, is on two sides of ${threshold}`);
  }
}

test('public/vad is what the script makes of the published file', async () => {
  expect(Buffer.compare(sileroSequence(await readFile(PUBLISHED)), await readFile(SEQUENCE))).toBe(0);
});

test('every frame of every fixture is on the same side of the thresholds', { timeout: 180_000 }, async () => {
  for (const { path, channels } of fixtures) {
    // long-3min.flac: the first of it is enough
    if (channels === 1) await compare(path, (await loadFixture(path)).subarray(0, 40 * 16_000));
  }
});

test('and of speech in noise, louder and softer than it', { timeout: 120_000 }, async () => {
  const speech = await loadFixture('paragraph-25s.flac');
  for (const [seed, ratio] of [30, 3, 1, 0.3].entries())
    await compare(`ratio ${ratio}`, inNoise(speech, ratio, seed));
});
