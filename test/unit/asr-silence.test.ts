/** What is not speech gives no text: not from the engine alone, and not on the way there that sound takes. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../shared/asr/engine.ts';
import type { Dtype } from '../../shared/asr/sessions.ts';
import { SAMPLE_RATE } from '../../shared/audio/pcm.ts';
import { SENTENCE_PLAN } from '../../shared/speech/plans.ts';
import type { VadSession } from '../../shared/speech/silero.ts';
import { createVad } from '../../shared/speech/vad.ts';
import { speechWindows } from '../../shared/speech/windows.ts';
import { loadTestEngine } from '../support/models.ts';
import { loadNodeVad } from '../support/node-media.ts';
import { loadFixture } from '../support/pcm.ts';

const tone = (seconds: number, hertz: number, amplitude: number) =>
  Float32Array.from(
    { length: seconds * SAMPLE_RATE },
    (_, i) => amplitude * Math.sin((2 * Math.PI * hertz * i) / SAMPLE_RATE),
  );

/** A fifth of each second, at 1 kHz. */
const beeps = (seconds: number) =>
  tone(seconds, 1000, 0.3).map((sample, i) => ((i / SAMPLE_RATE) % 1 < 0.2 ? sample : 0));

/** C major, A minor, F, G: a chord each second with two overtones a note, struck and dying away. */
function chords(seconds: number): Float32Array {
  const played = [
    [262, 330, 392],
    [220, 262, 330],
    [175, 220, 262],
    [196, 247, 294],
  ];
  return Float32Array.from({ length: seconds * SAMPLE_RATE }, (_, i) => {
    const at = i / SAMPLE_RATE;
    const notes = played[Math.floor(at) % played.length]!;
    const wave = (hertz: number) =>
      [1, 2, 3].reduce((sum, n) => sum + Math.sin(2 * Math.PI * hertz * n * at) / n ** 1.3, 0);
    return 0.12 * Math.exp(-2 * (at % 1)) * notes.reduce((sum, hertz) => sum + wave(hertz), 0);
  });
}

const sounds: Record<string, () => Promise<Float32Array>> = {
  'the noise fixture': async () => (await loadFixture('noise.flac')).slice(0, 10 * SAMPLE_RATE),
  'near silence': async () =>
    Float32Array.from({ length: 5 * SAMPLE_RATE }, (_, i) => 1e-4 * Math.sin(i * i)),
  'hum of the mains': async () =>
    Float32Array.from(
      { length: 5 * SAMPLE_RATE },
      (_, i) => 0.1 * Math.sin((2 * Math.PI * 50 * i) / SAMPLE_RATE),
    ),
  'a melody of chords': async () => chords(10),
  'a beep each second': async () => beeps(10),
  'one tone': async () => tone(10, 440, 0.3),
  'one sample that is not zero': async () => new Float32Array(SAMPLE_RATE).fill(0.5, 100, 101),
  'three samples': async () => new Float32Array([0.1, -0.1, 0.1]),
};

describe.each<Dtype>(['fp32', 'q8'])('%s', (dtype) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await loadTestEngine('sotto-demo-en', dtype);
  });
  afterAll(() => engine?.dispose());

  test.each(Object.keys(sounds))('%s', async (name) => {
    const samples = await sounds[name]!();
    const [reading] = await engine.run({ windows: [{ samples }], options: { task: 'transcribe' } });
    expect(reading?.segments).toEqual([]);
  });
});

async function* whole(samples: Float32Array): AsyncGenerator<Float32Array> {
  yield samples;
}

describe('through the VAD', () => {
  let engine: Engine;
  let session: VadSession;
  beforeAll(async () => {
    engine = await loadTestEngine('sotto-demo-en', 'q8');
    session = await loadNodeVad();
  });
  afterAll(() => engine?.dispose());

  test.each(Object.keys(sounds))('%s', async (name) => {
    const samples = await sounds[name]!();
    for await (const window of speechWindows(whole(samples), createVad(session), SENTENCE_PLAN)) {
      const [reading] = await engine.run({ windows: [window], options: { task: 'transcribe' } });
      expect(reading?.segments).toEqual([]);
    }
  });

  test('speech comes with how much of it was heard', async () => {
    const speech = await loadFixture('us-female.flac');
    const heard: number[] = [];
    for await (const window of speechWindows(whole(speech), createVad(session), SENTENCE_PLAN)) {
      heard.push(window.speechSeconds!);
      expect(window.speechSeconds).toBeLessThanOrEqual(window.end - window.start);
    }
    expect(heard.length).toBeGreaterThan(1);
    expect(Math.min(...heard)).toBeGreaterThan(0.5);
  });
});
