/** What is not speech gives no text. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../shared/asr/engine.ts';
import type { Dtype } from '../../shared/asr/sessions.ts';
import { SAMPLE_RATE } from '../../shared/audio/pcm.ts';
import { loadTestEngine } from '../support/models.ts';
import { loadFixture } from '../support/pcm.ts';

describe.each<Dtype>(['fp32', 'q8'])('%s', (dtype) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await loadTestEngine('sotto-demo-en', dtype);
  });
  afterAll(() => engine?.dispose());

  const sounds: Record<string, () => Promise<Float32Array>> = {
    'the noise fixture': async () => (await loadFixture('noise.flac')).slice(0, 10 * SAMPLE_RATE),
    'near silence': async () =>
      Float32Array.from({ length: 5 * SAMPLE_RATE }, (_, i) => 1e-4 * Math.sin(i * i)),
    'hum of the mains': async () =>
      Float32Array.from(
        { length: 5 * SAMPLE_RATE },
        (_, i) => 0.1 * Math.sin((2 * Math.PI * 50 * i) / SAMPLE_RATE),
      ),
    'one sample that is not zero': async () => new Float32Array(SAMPLE_RATE).fill(0.5, 100, 101),
    'three samples': async () => new Float32Array([0.1, -0.1, 0.1]),
  };

  test.each(Object.keys(sounds))('%s', async (name) => {
    const samples = await sounds[name]!();
    const [reading] = await engine.run({ windows: [{ samples }], options: { task: 'transcribe' } });
    expect(reading?.segments).toEqual([]);
  });
});
