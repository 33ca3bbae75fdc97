import { beforeAll, describe, expect, test } from 'vitest';
import { loadEngine } from '../../shared/asr/load.ts';
import {
  faultOf,
  runSelfTest,
  SELF_TEST_OPTIONS,
  SELF_TEST_TOKENS,
  selfTestOf,
} from '../../shared/asr/self-test.ts';
import { selfTestClip } from '../../shared/asr/self-test-clip.ts';
import type { Dtype, TensorMap } from '../../shared/asr/sessions.ts';
import { createWhisper, type WhisperModel } from '../../shared/asr/whisper.ts';
import { SAMPLE_RATE } from '../../shared/audio/pcm.ts';
import { loadTestEngine, loadTestModel, testInfo, testOptions } from '../support/models.ts';
import { logitsOf, watchModel } from '../support/watched-model.ts';

const DEMO = 'sotto-demo-en';

test('the clip is half a second of speech', () => {
  const clip = selfTestClip();
  expect(clip.length).toBe(SAMPLE_RATE / 2);
  const loudest = clip.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  expect(loudest).toBeGreaterThan(0.1);
  expect(loudest).toBeLessThanOrEqual(1);
});

describe('a sound device passes', () => {
  test.each<[Dtype, Dtype]>([
    ['fp32', 'fp32'],
    ['fp16', 'fp16'],
    ['q8', 'q8'],
    ['q4', 'q4'],
    ['fp32', 'q4'],
    ['fp16', 'q4'],
  ])('%s/%s', async (encoder, decoder) => {
    const phases: string[] = [];
    const engine = await loadEngine({
      ...testOptions(DEMO),
      dtype: { encoder, decoder },
      onProgress: ({ phase }) => phases.push(phase),
    });
    expect(phases).toEqual(['start', 'self-test']);
    await engine.dispose();
  });

  test('with the window of published models too', async () => {
    await (await loadTestEngine('sotto-demo-en-30s', 'q8')).dispose();
  });

  test('with a model whose text is not known, when the reading is plausible', async () => {
    const engine = await loadEngine({ ...testOptions(DEMO, 'q8'), model: 'someone/else' });
    await engine.dispose();
  });
});

describe('a device that computes garbage fails', () => {
  let model: WhisperModel;
  beforeAll(async () => {
    model = await loadTestModel(DEMO, 'q8');
  });

  const sabotage: Record<string, (outputs: TensorMap) => void> = {
    'logits in another order': (outputs) => logitsOf(outputs).reverse(),
    'logits without meaning': (outputs) => {
      const values = logitsOf(outputs);
      for (let i = 0; i < values.length; i++) values[i] = 5 * Math.sin(i * i);
    },
    'logits all zero': (outputs) => logitsOf(outputs).fill(0),
    'logits that are no numbers': (outputs) => logitsOf(outputs).fill(Number.NaN),
    'logits that overflow': (outputs) => logitsOf(outputs).fill(Number.POSITIVE_INFINITY),
    'keys and values lost': (outputs) => {
      for (const [name, { data }] of Object.entries(outputs)) {
        if (name.includes('.encoder.') && data instanceof Float32Array) data.fill(0);
      }
    },
  };

  test.each(Object.keys(sabotage))('%s', async (what) => {
    const watched = watchModel(model);
    watched.watch.afterStep = sabotage[what]!;
    const info = testInfo(DEMO, model.config);
    const engine = createWhisper(watched.model, info, SELF_TEST_OPTIONS);
    await expect(runSelfTest(engine, selfTestOf(DEMO))).rejects.toMatchObject({ code: 'self_test_failed' });
    expect(watched.watch.decoderSteps.length).toBeLessThanOrEqual(SELF_TEST_TOKENS);
    expect(engine.liveTensors).toBe(0);
  });

  test('random weights, by the plausibility of the reading alone', async () => {
    const options = testOptions('tiny-random-en');
    const load = loadEngine({ ...options, selfTest: selfTestOf('tiny-random-en') });
    await expect(load).rejects.toMatchObject({ code: 'self_test_failed' });
  });

  test('a lost device is said to be lost', async () => {
    const watched = watchModel(model);
    watched.watch.beforeStep = () => {
      throw new Error('GPUDevice was lost: the device was removed');
    };
    const engine = createWhisper(watched.model, testInfo(DEMO, model.config));
    await expect(runSelfTest(engine, selfTestOf(DEMO))).rejects.toMatchObject({ code: 'device_lost' });
  });
});

describe('plausibility', () => {
  const segment = {
    start: 0,
    end: 0.5,
    text: 'Where did',
    tokens: [1, 2, 3, 4],
    avgLogprob: -0.5,
    noSpeechProb: 0.1,
    compressionRatio: 0.8,
  };
  const fault = (changed: Partial<typeof segment>) =>
    faultOf({ segments: [{ ...segment, ...changed }], tokens: [], noSpeechProb: 0.1 }, undefined);

  test('speech is plausible, and so is nothing', () => {
    expect(fault({})).toBeUndefined();
    expect(faultOf({ segments: [], tokens: [], noSpeechProb: 1 }, undefined)).toBeUndefined();
  });

  test.each([
    { avgLogprob: -3.2 },
    { avgLogprob: Number.NaN },
    { compressionRatio: 2.5 },
    { tokens: [9, 9, 9, 9] },
  ])('%o is not', (changed) => {
    expect(fault(changed)).toBeDefined();
  });
});
