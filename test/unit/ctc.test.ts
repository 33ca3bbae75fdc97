/** CTC: the path and its words against hand-worked cases, the engine against the stock pipeline on random weights. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CtcModel, createCtc } from '../../shared/asr/ctc.ts';
import { readCtcConfig } from '../../shared/asr/ctc-config.ts';
import { bestPath, wordsOf } from '../../shared/asr/ctc-decoding.ts';
import type { ReadOptions, WindowReading } from '../../shared/asr/engine.ts';
import { standardized } from '../../shared/asr/raw-samples.ts';
import type { ModelEngine } from '../../shared/asr/run-windows.ts';
import { runSelfTest, selfTestOf } from '../../shared/asr/self-test.ts';
import { SAMPLE_RATE } from '../../shared/audio/pcm.ts';
import { chirp } from '../support/chirp.ts';
import { heapGrowth } from '../support/heap.ts';
import { loadTestCtc, testInfo } from '../support/models.ts';
import { loadFixture } from '../support/pcm.ts';
import { loadStockText, type StockText } from '../support/stock-pipeline.ts';
import { isDisposed, logitsOf, watchOne } from '../support/watched-model.ts';

const transcribe: ReadOptions = { task: 'transcribe' };
/** 0 the blank, 1 a special, 2 the space between words */
const VOCABULARY = { pieces: ['', '', ' ', 'A', 'B', 'L'], blank: 0 };
const [BLANK, SPECIAL, SPACE, A, B, L] = [0, 1, 2, 3, 4, 5] as const;

/** Logits in which each frame's token has the given probability, the others the rest in equal parts. */
function logitsFor(frames: readonly (number | readonly [number, number])[]): Float32Array {
  const width = VOCABULARY.pieces.length;
  const values = frames.flatMap((frame) => {
    const [token, probability] = typeof frame === 'number' ? [frame, 0.9] : frame;
    const rest = Math.log((1 - probability) / (width - 1));
    return VOCABULARY.pieces.map((_, id) => (id === token ? Math.log(probability) : rest));
  });
  return Float32Array.from(values);
}

const tokensOf = (frames: readonly (number | readonly [number, number])[]) =>
  bestPath(logitsFor(frames), VOCABULARY)?.map(({ token }) => token);

describe('the best path', () => {
  test.each([
    ['nothing', [], []],
    ['blanks', [BLANK, BLANK], []],
    ['a held letter', [A, A, A], [A]],
    ['a letter said twice', [A, BLANK, A], [A, A]],
    ['letters side by side', [A, B, B, A], [A, B, A]],
    ['a special between, which parts nothing', [A, SPECIAL, A], [A]],
    ['a special beside a blank', [A, SPECIAL, BLANK, SPECIAL, A], [A, A]],
    ['blanks around', [BLANK, A, BLANK, BLANK, SPACE, B, BLANK], [A, SPACE, B]],
  ])('of %s', (_, frames, expected) => {
    expect(tokensOf(frames)).toEqual(expected);
  });

  test('knows the frames of a token and its mean probability', () => {
    const path = bestPath(logitsFor([BLANK, [A, 0.9], [A, 0.6], BLANK, [A, 0.5]]), VOCABULARY);
    expect(path).toMatchObject([
      { token: A, from: 1, to: 3 },
      { token: A, from: 4, to: 5 },
    ]);
    expect(path?.[0]?.probability).toBeCloseTo(0.75, 5);
    expect(path?.[1]?.probability).toBeCloseTo(0.5, 5);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('is none with %d', (value) => {
    const logits = logitsFor([A, B]);
    logits.fill(value, 6, 12);
    expect(bestPath(logits, VOCABULARY)).toBeUndefined();
  });

  test('is none with a single value that is no number, first or not', () => {
    for (const at of [0, 5, 6, 11]) {
      const logits = logitsFor([A, B]);
      logits[at] = Number.NaN;
      expect(bestPath(logits, VOCABULARY)).toBeUndefined();
    }
  });
});

describe('words', () => {
  const clock = { frameSeconds: 0.02, seconds: 0.25 };
  const wordsIn = (frames: readonly (number | readonly [number, number])[]) =>
    wordsOf(bestPath(logitsFor(frames), VOCABULARY) ?? [], VOCABULARY.pieces, clock);

  test('have the times of their letters, and a space before all but the first', () => {
    const words = wordsIn([BLANK, A, BLANK, L, BLANK, L, SPACE, BLANK, B, B, BLANK]);
    expect(words).toEqual([
      { text: 'ALL', start: 0.02, end: 0.12, probability: expect.closeTo(0.9, 5) },
      { text: ' B', start: 0.16, end: 0.2, probability: expect.closeTo(0.9, 5) },
    ]);
  });

  test('have the mean probability of their letters', () => {
    expect(wordsIn([[A, 0.8], [B, 0.4], SPACE])[0]?.probability).toBeCloseTo(0.6, 5);
  });

  test('are none of spaces alone, and spaces around and between are one', () => {
    expect(wordsIn([SPACE, BLANK, SPACE])).toEqual([]);
    expect(wordsIn([SPACE, A, SPACE, BLANK, SPACE, B, SPACE]).map(({ text }) => text)).toEqual(['A', ' B']);
  });

  test('end within the window', () => {
    const words = wordsIn(Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? A : BLANK)));
    expect(words.at(-1)?.end).toBe(0.25);
  });

  test('begin where a piece has a space before it, as SentencePiece writes them', () => {
    const pieces = ['', '', ' ', ' A', 'B', ' L'];
    const path = bestPath(logitsFor([A, B, BLANK, L, B]), VOCABULARY) ?? [];
    expect(wordsOf(path, pieces, clock).map(({ text }) => text)).toEqual(['AB', ' LB']);
  });
});

describe.each(['tiny-random-wav2vec2', 'tiny-random-parakeet'] as const)('the engine with %s', (TINY) => {
  let model: CtcModel;
  let stock: StockText;
  beforeAll(async () => {
    model = await loadTestCtc(TINY);
    stock = await loadStockText(TINY);
  });
  afterAll(() => Promise.all([model.session.release(), stock.dispose()]));

  const engineOf = (parts: CtcModel, lanes = 1): ModelEngine =>
    createCtc(parts, testInfo(TINY, parts.config, lanes));
  const textOf = (reading: WindowReading | undefined) =>
    reading?.segments.map(({ text }) => text).join(' ') ?? '';

  test.each([0.1, 0.3, 1.5, 2.37, 9.5, 30])(
    'reads %d s of sound as the stock pipeline does',
    async (seconds) => {
      for (const seed of [1, 2, 5]) {
        const samples = chirp(seed, seconds);
        const [ours] = await engineOf(model).run({ windows: [{ samples }], options: transcribe });
        expect(textOf(ours)).toBe((await stock.read(samples)).text.trim());
        if (seconds > 0.1) expect(textOf(ours)).not.toBe('');
      }
    },
  );

  test('reads speech as the stock pipeline does', async () => {
    const samples = (await loadFixture('us-female.flac')).slice(0, 8 * SAMPLE_RATE);
    const [ours] = await engineOf(model).run({ windows: [{ samples }], options: transcribe });
    expect(textOf(ours)).toBe((await stock.read(samples)).text.trim());
  });

  test('gives words in order, whose text is the segment, only when asked', async () => {
    const windows = [{ samples: chirp(6, 9) }];
    const engine = engineOf(model);
    const [plain] = await engine.run({ windows, options: transcribe });
    expect(plain?.segments[0]).not.toHaveProperty('words');
    const [timed] = await engine.run({ windows, options: { ...transcribe, times: 'word' } });
    const segment = timed?.segments[0];
    const words = segment?.words ?? [];
    expect(words.length).toBeGreaterThan(1);
    expect(
      words
        .map(({ text }) => text)
        .join('')
        .trim(),
    ).toBe(segment?.text);
    expect([words[0]?.start, words.at(-1)?.end]).toEqual([segment?.start, segment?.end]);
    let last = 0;
    for (const { start, end, probability } of words) {
      expect(start).toBeGreaterThanOrEqual(last);
      expect(end).toBeGreaterThan(start);
      expect(probability).toBeGreaterThan(0);
      expect(probability).toBeLessThanOrEqual(1);
      last = end;
    }
  });

  test('says of each window of a batch what it says of it alone', async () => {
    const engine = engineOf(model, 3);
    const windows = [1.5, 0.3, 1.5, 4, 1.5, 1.5, 0.01].map((seconds, i) => ({
      samples: chirp(i + 1, seconds),
    }));
    const together = await engine.run({ windows, options: transcribe });
    for (const [i, window] of windows.entries()) {
      const [alone] = await engine.run({ windows: [window], options: transcribe });
      expect(together[i]?.tokens).toEqual(alone?.tokens);
    }
  });

  test('frees every tensor, after a run and after an error', async () => {
    const { model: watched, watch } = watchOne(model);
    const engine = engineOf(watched, 2);
    const windows = [1, 1, 2].map((seconds, i) => ({ samples: chirp(i + 1, seconds) }));
    await engine.run({ windows, options: transcribe });
    expect(watch.decoderSteps.map(({ feeds }) => Object.values(feeds)[0]?.dims[0])).toEqual([2, 1]);
    watch.beforeStep = () => {
      throw new Error('the device was lost');
    };
    const run = engine.run({ windows, options: transcribe });
    await expect(run).rejects.toMatchObject({ code: 'device_lost' });
    expect(watch.tensors.length).toBeGreaterThan(3);
    expect(watch.tensors.filter((tensor) => !isDisposed(tensor))).toEqual([]);
    expect(engine.liveTensors).toBe(0);
  });

  test('holds no more after 200 windows than after 20', async () => {
    const engine = engineOf(model);
    const growth = await heapGrowth(async (i) => {
      await engine.run({ windows: [{ samples: chirp(1 + (i % 7), 1 + (i % 5) / 4) }], options: transcribe });
    });
    expect(growth).toBeLessThan(1);
  });

  test('takes nothing said over ten seconds of clear speech for a failure of the engine', async () => {
    const { model: watched, watch } = watchOne(model);
    const { blank, pieces } = model.config;
    watch.afterStep = (outputs) => {
      const logits = logitsOf(outputs);
      logits.forEach((_, i) => {
        logits[i] = i % pieces.length === blank ? 9 : 0;
      });
    };
    const engine = engineOf(watched);
    const run = (speechSeconds: number) =>
      engine.run({ windows: [{ samples: chirp(1, 12), speechSeconds }], options: transcribe });
    expect(await run(9)).toMatchObject([{ segments: [] }]);
    await expect(run(11)).rejects.toMatchObject({ code: 'engine_exited' });
    expect(engine.liveTensors).toBe(0);
  });

  test('fails the self-test on a device that computes no numbers', async () => {
    const { model: watched, watch } = watchOne(model);
    watch.afterStep = (outputs) => logitsOf(outputs).fill(Number.NaN);
    const run = runSelfTest(engineOf(watched), selfTestOf(TINY));
    await expect(run).rejects.toMatchObject({ code: 'self_test_failed' });
  });
});

test('standardized samples have mean 0 and variance 1, and the given ones stay', () => {
  const given = Float32Array.of(1, 2, 3, 4);
  const made = standardized(given);
  expect(given).toEqual(Float32Array.of(1, 2, 3, 4));
  const mean = made.reduce((sum, each) => sum + each, 0) / 4;
  expect(mean).toBeCloseTo(0, 6);
  expect(made.reduce((sum, each) => sum + (each - mean) ** 2, 0) / 4).toBeCloseTo(1, 5);
  expect(standardized(Float32Array.of(3, 3))).toEqual(Float32Array.of(0, 0));
});

describe('configuration', () => {
  const files = {
    config: { vocab_size: 4, pad_token_id: 0, conv_stride: [5, 2, 2, 2, 2, 2, 2] },
    preprocessor: {},
    tokenizer: { model: { vocab: { '<pad>': 0, '|': 1, A: 2, '[UNK]': 3, beyond: 4 } } },
    tokenizerConfig: {},
  };

  test('of a wav2vec2 folder', () => {
    const read = readCtcConfig(files);
    expect(read.pieces).toEqual(['', ' ', 'A', '']);
    expect([read.samplesPerFrame, read.input]).toEqual([320, { kind: 'waveform', normalize: false }]);
  });

  test('of a Parakeet folder', () => {
    const read = readCtcConfig({
      config: {
        model_type: 'parakeet_ctc',
        vocab_size: 5,
        pad_token_id: 4,
        encoder_config: { subsampling_factor: 8 },
      },
      preprocessor: { feature_size: 80, preemphasis: 0.97 },
      tokenizer: { model: { vocab: ['<unk>', '▁the', 's', '▁'].map((piece) => [piece, 0]) } },
      tokenizerConfig: {},
    });
    expect(read.pieces).toEqual(['', ' the', 's', ' ', '']);
    expect([read.samplesPerFrame, read.input]).toEqual([
      1280,
      { kind: 'log-mel', nMels: 80, preemphasis: 0.97 },
    ]);
  });

  test.each([
    ['pad_token_id', { ...files, config: { ...files.config, pad_token_id: null } }],
    ['conv_stride', { ...files, config: { ...files.config, conv_stride: [5, 'x'] } }],
    ['vocab_size', { ...files, config: { ...files.config, vocab_size: undefined } }],
    ['vocabulary', { ...files, tokenizer: {} }],
  ])('is refused without its %s', (what, incomplete) => {
    expect(() => readCtcConfig(incomplete)).toThrow(
      expect.objectContaining({ code: 'model_load_failed', detail: expect.stringContaining(what) }),
    );
  });
});
