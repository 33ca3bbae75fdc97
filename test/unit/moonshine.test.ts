/** Moonshine on a model of random weights: what the stock pipeline says, whatever the length and the company. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ReadOptions, WindowReading } from '../../shared/asr/engine.ts';
import { NO_FALLBACK } from '../../shared/asr/guards.ts';
import { createMoonshine, type MoonshineModel } from '../../shared/asr/moonshine.ts';
import { moonshineTokens, readMoonshineConfig } from '../../shared/asr/moonshine-config.ts';
import type { ModelEngine } from '../../shared/asr/run-windows.ts';
import { runSelfTest, SELF_TEST_OPTIONS, selfTestOf } from '../../shared/asr/self-test.ts';
import type { SessionPort, TensorMap } from '../../shared/asr/sessions.ts';
import { SAMPLE_RATE } from '../../shared/audio/pcm.ts';
import { chirp } from '../support/chirp.ts';
import { heapGrowth } from '../support/heap.ts';
import { loadTestMoonshine, testInfo } from '../support/models.ts';
import { loadFixture } from '../support/pcm.ts';
import { loadStockText, type StockText } from '../support/stock-pipeline.ts';
import { isDisposed, logitsOf, type Watch, watchModel } from '../support/watched-model.ts';

const TINY = 'tiny-random-moonshine';
const transcribe: ReadOptions = { task: 'transcribe' };
const textOf = (reading: WindowReading | undefined): string =>
  reading?.segments.map(({ text }) => text).join(' ') ?? '';

let model: MoonshineModel;
beforeAll(async () => {
  model = await loadTestMoonshine();
});
afterAll(() => Promise.all([model.encoder.release(), model.decoder.release()]));

const engineOf = (parts: MoonshineModel, lanes = 1, guards = {}): ModelEngine =>
  createMoonshine(parts, testInfo(TINY, parts.config, lanes), { guards });

describe('beside the stock pipeline', () => {
  let stock: StockText;
  let engine: ModelEngine;
  beforeAll(async () => {
    stock = await loadStockText(TINY, model.config.rules.end);
    engine = engineOf(model, 1, { ...NO_FALLBACK, loop: undefined });
  });
  afterAll(() => stock.dispose());

  test.each([0.1, 0.3, 0.9, 1.5, 2.37, 4, 9.5, 30])(
    '%d s of sound are the same, token for token',
    async (seconds) => {
      for (const seed of [1, 2, 5, 8]) {
        const samples = chirp(seed, seconds);
        const [ours] = await engine.run({ windows: [{ samples }], options: transcribe });
        const theirs = await stock.read(samples, moonshineTokens(seconds, model.config.positions));
        expect(textOf(ours)).toBe(theirs.text.trim());
        expect(ours?.tokens).toEqual(theirs.tokens);
      }
    },
  );

  test('speech is too, and some of all these end before their limit while others do not', async () => {
    const speech = await loadFixture('us-female.flac');
    const ends = new Set<boolean>();
    for (const [from, to] of [
      [0, 1],
      [0.5, 4],
      [1, 9],
      [0, 12],
    ] as const) {
      const samples = speech.slice(from * SAMPLE_RATE, to * SAMPLE_RATE);
      const [ours] = await engine.run({ windows: [{ samples }], options: transcribe });
      const limit = moonshineTokens(samples.length / SAMPLE_RATE, model.config.positions);
      expect(ours?.tokens).toEqual((await stock.read(samples, limit)).tokens);
      ends.add((ours?.tokens.length ?? 0) < limit);
    }
    for (const seed of [1, 2, 3, 4]) {
      const [ours] = await engine.run({ windows: [{ samples: chirp(seed, 1.5) }], options: transcribe });
      ends.add((ours?.tokens.length ?? 0) < moonshineTokens(1.5, model.config.positions));
    }
    expect(ends).toEqual(new Set([true, false]));
  });
});

describe('batches', () => {
  test('say what each window says alone, of one length or of many', async () => {
    const engine = engineOf(model, 3);
    const windows = [1.5, 0.3, 1.5, 4, 1.5, 1.5, 0.3].map((seconds, i) => ({
      samples: chirp(i + 1, seconds),
    }));
    const together = await engine.run({ windows, options: transcribe });
    const alone: WindowReading[] = [];
    for (const window of windows) {
      alone.push(...(await engine.run({ windows: [window], options: transcribe })));
    }
    expect(together.map(({ tokens }) => tokens)).toEqual(alone.map(({ tokens }) => tokens));
    expect(together.map(textOf)).toEqual(alone.map(textOf));
  });

  test('are of equally long windows, as many as there are lanes, and no window is padded', async () => {
    const shapes: (readonly number[])[] = [];
    const encoder = spied(model.encoder, (feeds) => shapes.push(feeds.input_values!.dims));
    const engine = engineOf({ ...model, encoder }, 2);
    const windows = [1, 2, 1, 1, 0.5].map((seconds, i) => ({ samples: chirp(i + 1, seconds) }));
    await engine.run({ windows, options: transcribe });
    expect(shapes).toEqual([
      [2, SAMPLE_RATE],
      [1, 2 * SAMPLE_RATE],
      [1, SAMPLE_RATE],
      [1, SAMPLE_RATE / 2],
    ]);
  });

  test('tell an export that wants a mask that nothing is hidden', async () => {
    const masks: unknown[] = [];
    const encoder: SessionPort = {
      ...model.encoder,
      inputNames: [...model.encoder.inputNames, 'attention_mask'],
      run: ({ attention_mask, ...feeds }, fetches) => {
        masks.push([attention_mask?.dims, new Set(attention_mask?.data as BigInt64Array)]);
        return model.encoder.run(feeds, fetches);
      },
    };
    const engine = engineOf({ ...model, encoder });
    await engine.run({ windows: [{ samples: chirp(1, 1) }], options: transcribe });
    expect(masks).toEqual([[[1, SAMPLE_RATE], new Set([1n])]]);
    expect(engine.liveTensors).toBe(0);
  });
});

const spied = (session: SessionPort, see: (feeds: TensorMap) => void): SessionPort => ({
  ...session,
  run: (feeds, fetches) => {
    see(feeds);
    return session.run(feeds, fetches);
  },
});

describe('limits', () => {
  test.each([
    [0.01, 12],
    [0.3, 12],
    [1, 12],
    [2, 13],
    [10, 65],
    [29, 189],
    [30, 193],
    [60, 193],
  ])('%d s may have %d tokens', (seconds, tokens) => {
    expect(moonshineTokens(seconds, 194)).toBe(tokens);
  });

  test('a moment of sound has words, where the stock pipeline allows it no token', async () => {
    const engine = engineOf(model);
    const lengths = [0.01, 0.05, 0.2, 0.3, 0.6, 0.9];
    const windows = lengths.map((seconds, i) => ({ samples: chirp(i + 1, seconds) }));
    const readings = await engine.run({ windows, options: transcribe });
    expect(readings.filter((reading) => textOf(reading) !== '').length).toBeGreaterThan(3);
    for (const [i, { segments }] of readings.entries()) {
      for (const { start, end } of segments) expect([start, end]).toEqual([0, lengths[i]]);
    }
  });

  test('a text that runs in circles is stopped, and read again at a higher temperature', async () => {
    const endless = {
      ...model,
      config: { ...model.config, rules: { ...model.config.rules, suppress: [model.config.rules.end] } },
    };
    const repeating = { ...DULL, ...NO_FALLBACK };
    const windows = [{ samples: chirp(5, 20) }];
    const [stopped] = await engineOf(endless, 1, repeating).run({ windows, options: transcribe });
    const [whole] = await engineOf(endless, 1, { ...repeating, loop: undefined }).run({
      windows,
      options: transcribe,
    });
    expect(whole?.tokens.length).toBe(moonshineTokens(20, 194));
    expect(stopped?.tokens.length).toBeLessThan(whole?.tokens.length ?? 0);
    expect(whole?.tokens.slice(0, stopped?.tokens.length)).toEqual(stopped?.tokens);
    const [again] = await engineOf(endless, 1, DULL).run({ windows, options: transcribe });
    expect(again?.segments[0]?.temperature).toBeGreaterThan(0);
  });

  test('a draft is one attempt', async () => {
    const { model: watched, watch } = watchModel(model);
    const engine = engineOf(watched, 1, { logprob: 0 });
    const windows = [{ samples: chirp(1, 1) }];
    const attempts = () =>
      watch.decoderSteps.filter(({ feeds }) => feeds['past_key_values.0.decoder.key']?.dims[2] === 0).length;
    await engine.run({ windows, options: { ...transcribe, effort: 'draft' } });
    expect(attempts()).toBe(1);
    await engine.run({ windows, options: transcribe });
    expect(attempts()).toBe(7);
  });
});

describe('options', () => {
  test('a text begins with what it is said to begin with, and its words are counted in', async () => {
    const engine = engineOf(model, 2, NO_FALLBACK);
    const samples = chirp(6, 9);
    const [free] = await engine.run({ windows: [{ samples }], options: transcribe });
    const prefix = [60, 61, 62];
    const [forced, other] = await engine.run({
      windows: [{ samples, prefix }, { samples }],
      options: transcribe,
    });
    expect(forced?.tokens.slice(0, 3)).toEqual(prefix);
    expect(other?.tokens).toEqual(free?.tokens);
    const again = free?.tokens.slice(0, 4) ?? [];
    const [kept] = await engine.run({ windows: [{ samples, prefix: again }], options: transcribe });
    expect(kept?.tokens).toEqual(free?.tokens);
  });

  test('a temperature above 0 is tried alone, and draws the same again', async () => {
    const engine = engineOf(model);
    const windows = [{ samples: chirp(2, 9) }];
    const read = () => engine.run({ windows, options: { ...transcribe, temperature: 0.9 } });
    const [reading] = await read();
    expect(reading?.segments.map(({ temperature }) => temperature)).toEqual([0.9]);
    expect(await read()).toEqual([reading]);
  });

  test('no text over ten seconds of clear speech is a failure of the engine, a draft excepted', async () => {
    const { rules } = model.config;
    const all = Array.from({ length: rules.timestampBegin }, (_, id) => id);
    const suppress = all.filter((id) => id !== rules.end);
    const mute = { ...model, config: { ...model.config, rules: { ...rules, suppress } } };
    const engine = engineOf(mute);
    const run = (speechSeconds: number, options: ReadOptions) =>
      engine.run({ windows: [{ samples: chirp(1, 12), speechSeconds }], options });
    expect(await run(9, transcribe)).toMatchObject([{ segments: [] }]);
    expect(await run(11, { ...transcribe, effort: 'draft' })).toMatchObject([{ segments: [] }]);
    await expect(run(11, transcribe)).rejects.toMatchObject({ code: 'engine_exited' });
    expect(engine.liveTensors).toBe(0);
  });
});

/** Only loops are doubted, and the shortest are loops. */
const DULL = { logprob: -100, compressionRatio: 100, loop: { repeats: 2, tokens: 4, longest: 8 } };

describe('tensors', () => {
  let engine: ModelEngine;
  let watch: Watch;
  const windows = [1, 1, 2.5].map((seconds, i) => ({ samples: chirp(i + 3, seconds) }));
  beforeEach(() => {
    const watched = watchModel(model);
    watch = watched.watch;
    engine = engineOf(watched.model, 2);
  });
  const expectNoneLeft = () => {
    expect(watch.tensors.length).toBeGreaterThan(10);
    expect(watch.tensors.filter((tensor) => !isDisposed(tensor))).toEqual([]);
    expect(engine.liveTensors).toBe(0);
  };

  test('of a run are all disposed', async () => {
    await engine.run({ windows, options: transcribe });
    expectNoneLeft();
  });

  test('held at once do not grow with the steps', async () => {
    const held: number[] = [];
    watch.beforeStep = () => held.push(watch.tensors.filter((tensor) => !isDisposed(tensor)).length);
    const options: ReadOptions = { ...transcribe, effort: 'draft' };
    await engine.run({ windows: [{ samples: chirp(6, 9) }], options });
    expect(held.length).toBeGreaterThan(4);
    expect(new Set(held.slice(1)).size).toBe(1);
  });

  test('are disposed after an abort in the middle', async () => {
    const controller = new AbortController();
    watch.beforeStep = (step) => {
      if (step === 2) controller.abort();
    };
    const run = engine.run({ windows, options: transcribe }, controller.signal);
    await expect(run).rejects.toMatchObject({ code: 'cancelled' });
    expectNoneLeft();
  });

  test('are disposed after an error, and the engine reads on', async () => {
    const expected = await engine.run({ windows, options: transcribe });
    watch.decoderSteps.length = 0;
    watch.beforeStep = (step) => {
      if (step === 2) throw new Error('failed to allocate memory for requested buffer');
    };
    const run = engine.run({ windows, options: transcribe });
    await expect(run).rejects.toMatchObject({ code: 'out_of_memory' });
    expectNoneLeft();
    watch.beforeStep = () => {};
    expect(await engine.run({ windows, options: transcribe })).toEqual(expected);
  });

  test('a device that computes no numbers fails the self-test', async () => {
    watch.afterStep = (outputs) => logitsOf(outputs).fill(Number.NaN);
    const tested = createMoonshine(watchModel(model).model, testInfo(TINY, model.config), SELF_TEST_OPTIONS);
    await expect(runSelfTest(engine, selfTestOf(TINY))).rejects.toMatchObject({ code: 'self_test_failed' });
    expectNoneLeft();
    await runSelfTest(tested, selfTestOf(TINY));
  });
});

test('memory after 200 windows is what it was after 20', async () => {
  const engine = engineOf(model, 1, NO_FALLBACK);
  const growth = await heapGrowth(async (i) => {
    await engine.run({ windows: [{ samples: chirp(1 + (i % 7), 1 + (i % 5) / 4) }], options: transcribe });
  });
  expect(growth).toBeLessThan(1);
});

describe('configuration', () => {
  const config = {
    vocab_size: 32_768,
    hidden_size: 288,
    decoder_num_hidden_layers: 6,
    decoder_num_attention_heads: 8,
    decoder_num_key_value_heads: 8,
    max_position_embeddings: 194,
    decoder_start_token_id: 1,
    eos_token_id: 2,
  };

  test('of moonshine-tiny', () => {
    const read = readMoonshineConfig({ config, generation: {} });
    expect(read.shape).toEqual({ layers: 6, heads: 8, headSize: 36 });
    expect([read.start, read.rules.end, read.rules.timestampBegin]).toEqual([1, 2, 32_768]);
  });

  test('of moonshine-base as it was exported for transformers.js', () => {
    const exported = {
      ...config,
      decoder_num_hidden_layers: 8,
      hidden_size: 416,
      max_position_embeddings: 512,
      num_attention_heads: 8,
      num_hidden_layers: 8,
    };
    const read = readMoonshineConfig({ config: exported, generation: {} });
    expect(read.shape).toEqual({ layers: 8, heads: 8, headSize: 52 });
    expect(read.specials).toEqual([1, 2]);
    expect(moonshineTokens(30, read.positions)).toBe(195);
  });

  test.each(Object.keys(config).filter((key) => key !== 'decoder_num_key_value_heads'))(
    'without %s is refused',
    (key) => {
      expect(() => readMoonshineConfig({ config: { ...config, [key]: undefined }, generation: {} })).toThrow(
        expect.objectContaining({ code: 'model_load_failed' }),
      );
    },
  );
});
