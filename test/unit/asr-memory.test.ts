/** Every tensor is disposed when a run ends, however it ends; the heap after 200 windows is that after 20. */
import { beforeEach, describe, expect, test } from 'vitest';
import { NO_FALLBACK } from '../../shared/asr/guards.ts';
import type { TensorMap } from '../../shared/asr/sessions.ts';
import { createWhisper, type WhisperEngine, type WhisperModel } from '../../shared/asr/whisper.ts';
import { SAMPLE_RATE } from '../../shared/audio/pcm.ts';
import { heapGrowth } from '../support/heap.ts';
import { loadTestModel, testInfo } from '../support/models.ts';
import { loadFixture } from '../support/pcm.ts';
import { isDisposed, logitsOf, type Watch, watchModel } from '../support/watched-model.ts';

const TINY = 'tiny-random-en';
const DEMO = 'sotto-demo-en';
/** The tiny model has no sense of an end. */
const MAX_TOKENS = 12;
const LANES = 3;
const transcribe = { task: 'transcribe' } as const;

/** Sound that is different for each seed: its text has no sense, its length varies. */
function sound(seed: number, seconds = 1.5): Float32Array {
  return Float32Array.from({ length: seconds * SAMPLE_RATE }, (_, i) => 0.3 * Math.sin((i * i * seed) / 1e5));
}
const batch = (count: number) => ({
  windows: Array.from({ length: count }, (_, i) => ({ samples: sound(i + 1, 0.5 + i / 3) })),
  options: transcribe,
});

describe('tensors', () => {
  let engine: WhisperEngine;
  let watch: Watch;
  beforeEach(async () => {
    const watched = watchModel(await loadTestModel(TINY));
    watch = watched.watch;
    engine = createWhisper(watched.model, testInfo(TINY, watched.model.config, LANES), {
      maxTokens: MAX_TOKENS,
    });
  });

  const expectNoneLeft = () => {
    expect(watch.tensors.length).toBeGreaterThan(10);
    expect(watch.tensors.filter((tensor) => !isDisposed(tensor))).toEqual([]);
    expect(engine.liveTensors).toBe(0);
  };

  test('of a run with several rows are all disposed', async () => {
    await engine.run(batch(LANES));
    expectNoneLeft();
  });

  test('held at once do not grow with the steps', async () => {
    const held: number[] = [];
    watch.beforeStep = () => held.push(watch.tensors.filter((tensor) => !isDisposed(tensor)).length);
    await engine.run(batch(1));
    expect(held.length).toBeGreaterThan(4);
    expect(new Set(held.slice(1)).size).toBe(1);
  });

  test('are disposed after an abort in the middle', async () => {
    const controller = new AbortController();
    watch.beforeStep = (step) => {
      if (step === 2) controller.abort();
    };
    await expect(engine.run(batch(2), controller.signal)).rejects.toMatchObject({ code: 'cancelled' });
    expect(watch.decoderSteps).toHaveLength(3);
    expectNoneLeft();
  });

  test.each([
    ['the device was lost', 'device_lost'],
    ['failed to allocate memory for requested buffer', 'out_of_memory'],
    ['Non-zero status code returned while running Gemm node', 'engine_exited'],
  ] as const)('are disposed after an error (%s)', async (message, code) => {
    watch.beforeStep = (step) => {
      if (step === 3) throw new Error(message);
    };
    await expect(engine.run(batch(2))).rejects.toMatchObject({ code });
    expectNoneLeft();
  });

  test('are disposed after logits that are no numbers', async () => {
    watch.afterStep = (outputs) => logitsOf(outputs).fill(Number.NaN);
    await expect(engine.run(batch(2))).rejects.toMatchObject({ code: 'engine_exited' });
    expectNoneLeft();
  });

  test('are disposed, and the engine reads on, after an error', async () => {
    const expected = await engine.run(batch(2));
    watch.decoderSteps.length = 0;
    watch.beforeStep = (step) => {
      if (step === 1) throw new Error('once');
    };
    await expect(engine.run(batch(2))).rejects.toMatchObject({ code: 'engine_exited' });
    watch.beforeStep = () => {};
    expect(await engine.run(batch(2))).toEqual(expected);
    expectNoneLeft();
  });
});

test('tensors of a run in which one of two windows is decoded again are all disposed', async () => {
  const { model, watch } = watchModel(await loadTestModel(DEMO));
  const engine = createWhisper(model, testInfo(DEMO, model.config, 2));
  const speech = (await loadFixture('us-female.flac')).slice(0, 2.5 * SAMPLE_RATE);
  const windows = [{ samples: speech }, { samples: sound(2) }];
  const [said, unsure] = await engine.run({ windows, options: transcribe });
  expect(said?.segments.map(({ temperature }) => temperature)).toEqual(said?.segments.map(() => 0));
  expect(said?.segments.length).toBeGreaterThan(0);
  for (const { temperature } of unsure?.segments ?? []) expect(temperature).toBeGreaterThan(0);
  const firstSteps = watch.decoderSteps.filter(({ feeds }) => isFirst(feeds));
  expect(firstSteps.map(({ feeds }) => feeds.input_ids?.dims[0]).slice(0, 2)).toEqual([2, 1]);
  expect(watch.tensors.filter((tensor) => !isDisposed(tensor))).toEqual([]);
  expect(engine.liveTensors).toBe(0);
  await engine.dispose();
});

test('tensors of runs with words are all disposed, also when the pass for them fails', async () => {
  const { model, watch } = watchModel(await loadTestModel(DEMO));
  const engine = createWhisper(model, testInfo(DEMO, model.config, 2));
  const speech = (await loadFixture('us-female.flac')).slice(0, 2.5 * SAMPLE_RATE);
  const windows = [{ samples: speech }, { samples: speech.slice(0, SAMPLE_RATE) }];
  const options = { ...transcribe, times: 'word' } as const;
  const isAlignment = () => watch.decoderSteps.at(-1)?.fetches.some((name) => name.startsWith('cross'));
  const expectNoneLeft = () => {
    expect(isAlignment()).toBe(true);
    expect(watch.tensors.filter((tensor) => !isDisposed(tensor))).toEqual([]);
    expect(engine.liveTensors).toBe(0);
  };
  const readings = await engine.run({ windows, options });
  expect(readings.flatMap(({ segments }) => segments.flatMap(({ words }) => words)).length).toBeGreaterThan(
    3,
  );
  expectNoneLeft();
  watch.afterStep = () => {
    if (isAlignment()) throw new Error('the device was lost');
  };
  await expect(engine.run({ windows, options })).rejects.toMatchObject({ code: 'device_lost' });
  watch.afterStep = () => {};
  expectNoneLeft();
  await engine.dispose();
});

/** Dimensions outlive a tensor's data: of an empty cache the length is 0. */
const isFirst = (feeds: TensorMap): boolean => feeds['past_key_values.0.decoder.key']?.dims[2] === 0;

describe('steps', () => {
  let model: WhisperModel;
  beforeEach(async () => {
    model = await loadTestModel(DEMO, 'q8');
  });

  test("ask for no more than is needed: the encoder's keys once, cross-attentions never", async () => {
    const watched = watchModel(model);
    // one attempt: each has a first step
    const engine = createWhisper(watched.model, testInfo(DEMO, model.config), { guards: NO_FALLBACK });
    expect(model.decoder.outputNames.some((name) => name.startsWith('cross_attentions'))).toBe(true);
    await engine.run({ windows: [{ samples: sound(2) }], options: transcribe });
    const [first, ...rest] = watched.watch.decoderSteps.map(({ fetches }) => fetches);
    expect(first?.filter((name) => name.includes('.encoder.'))).toHaveLength(4);
    expect(rest.flat().filter((name) => name.includes('.encoder.'))).toEqual([]);
    expect([first, ...rest].flat().filter((name) => name?.startsWith('cross'))).toEqual([]);
    await engine.dispose();
  });

  test('a draft is one attempt, whatever comes of it', async () => {
    const watched = watchModel(model);
    const engine = createWhisper(watched.model, testInfo(DEMO, model.config));
    const windows = [{ samples: sound(2) }];
    const attempts = () => watched.watch.decoderSteps.filter(({ feeds }) => isFirst(feeds)).length;
    await engine.run({ windows, options: { ...transcribe, effort: 'draft' } });
    const drafts = attempts();
    await engine.run({ windows, options: transcribe });
    expect(drafts).toBe(1);
    expect(attempts() - drafts).toBeGreaterThan(1); // a chirp is doubted
    await engine.dispose();
  });

  test('run fewer rows once some have ended', async () => {
    const watched = watchModel(model);
    const engine = createWhisper(watched.model, testInfo(DEMO, model.config, LANES));
    const speech = await loadFixture('us-female.flac');
    const windows = [0.6, 5, 2.5].map((seconds) => ({ samples: speech.slice(0, seconds * SAMPLE_RATE) }));
    const readings = await engine.run({ windows, options: transcribe });
    // one step a token and one for the end
    const steps = readings.map(({ tokens }) => tokens.length + 1);
    expect(new Set(steps).size).toBeGreaterThan(1);
    const rows = watched.watch.decoderSteps.map(({ feeds }) => feeds.input_ids?.dims[0]);
    const expected = Array.from(
      { length: Math.max(...steps) },
      (_, step) => steps.filter((count) => count > step).length,
    );
    expect(rows).toEqual(expected);
    await engine.dispose();
  });
});

test('memory after 200 windows is what it was after 20', { timeout: 180_000 }, async () => {
  const model = await loadTestModel(TINY);
  const engine = createWhisper(model, testInfo(TINY, model.config), { maxTokens: MAX_TOKENS });
  const growth = await heapGrowth(async (i) => {
    await engine.run({ windows: [{ samples: sound(1 + (i % 7)) }], options: transcribe });
  });
  expect(growth).toBeLessThan(1);
  await engine.dispose();
});
