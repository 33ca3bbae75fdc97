/** What the engine adds when it is asked for words, and how it fails when it hears speech and says nothing. */
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { EngineWindow, ReadOptions } from '../../shared/asr/engine.ts';
import { NO_FALLBACK } from '../../shared/asr/guards.ts';
import type { SessionPort } from '../../shared/asr/sessions.ts';
import { createWhisper, type WhisperModel } from '../../shared/asr/whisper.ts';
import { SAMPLE_RATE } from '../../shared/audio/pcm.ts';
import { loadTestModel, testInfo } from '../support/models.ts';
import { loadFixture } from '../support/pcm.ts';
import { logitsOf, watchModel } from '../support/watched-model.ts';
import { readWithWords } from '../support/word-times.ts';

const DEMO = 'sotto-demo-en';
const TINY = 'tiny-random-en';
const withWords: ReadOptions = { task: 'transcribe', times: 'word' };

describe('words', () => {
  let model: WhisperModel;
  let speech: Float32Array;
  beforeAll(async () => {
    model = await loadTestModel(DEMO);
    speech = await loadFixture('us-male-two-sentences.flac');
  });
  const engineOf = (lanes: number, from = model) => createWhisper(from, testInfo(DEMO, from.config, lanes));

  test('come with each segment, batched with other lengths and silence, as the pass gives them', async () => {
    const windows = [speech, new Float32Array(SAMPLE_RATE), speech.slice(0, 2 * SAMPLE_RATE)];
    const readings = await engineOf(3).run({
      windows: windows.map((samples) => ({ samples })),
      options: withWords,
    });
    expect(readings[1]!.segments).toEqual([]);
    for (const at of [0, 2]) {
      const { segments } = readings[at]!;
      const [expected] = await readWithWords(model, DEMO, [windows[at]!]);
      const times = (words: readonly { text: string; start: number; end: number }[]) =>
        words.map(({ text, start, end }) => [text, start, end]);
      expect(segments.map(({ words }) => times(words!))).toEqual(expected!.map(times));
      for (const { words, text, start, end } of segments) {
        const joined = words!.map((word) => word.text).join('');
        expect(joined.trim()).toBe(text);
        for (const word of words!) {
          expect(word.probability).toBeGreaterThan(0.05);
          expect(word.probability).toBeLessThanOrEqual(1);
        }
        expect(end).toBeGreaterThan(start);
      }
    }
  });

  test('are not there unless they are asked for, and change nothing else', async () => {
    const windows = [{ samples: speech }];
    const [plain] = await engineOf(1).run({ windows, options: { task: 'transcribe' } });
    const [timed] = await engineOf(1).run({ windows, options: withWords });
    expect(plain!.segments.every((segment) => !('words' in segment))).toBe(true);
    expect(timed!.segments.map(({ words, ...rest }) => rest)).toEqual(plain!.segments);
  });

  test('take their probabilities from the decoding: the pass fetches attentions only', async () => {
    const { model: watched, watch } = watchModel(model);
    await engineOf(1, watched).run({ windows: [{ samples: speech }], options: withWords });
    expect(watch.decoderSteps.at(-1)!.fetches).toEqual(['cross_attentions.0']);
  });

  test("follow each row's own language, and English where it is translated into", async () => {
    const EN = 10;
    const JA = 11;
    const TRANSLATE = 13;
    const config = {
      ...model.config,
      languages: { '<|en|>': EN, '<|ja|>': JA },
      tasks: { transcribe: 12, translate: TRANSLATE },
    };
    const { model: watched, watch } = watchModel({ ...model, config });
    let detected = false;
    watch.afterStep = (outputs) => {
      if (detected) return;
      detected = true;
      const logits = logitsOf(outputs);
      logits[EN] = 50;
      logits[logits.length / 2 + JA] = 50;
    };
    const inputs: number[][] = [];
    const decoder: SessionPort = {
      ...watched.decoder,
      run: (feeds, fetches) => {
        inputs.push(Array.from(feeds.input_ids!.data as BigInt64Array, Number));
        return watched.decoder.run(feeds, fetches);
      },
    };
    const engine = createWhisper({ ...watched, decoder }, testInfo(DEMO, config, 2), {
      maxTokens: 8,
      guards: NO_FALLBACK,
    });
    const windows = [{ samples: speech.slice(0, 32_000) }, { samples: speech.slice(0, 32_000) }];
    const readings = await engine.run({ windows, options: { task: 'translate', times: 'word' } });
    expect(readings.map(({ language }) => language?.code)).toEqual(['en', 'ja']);
    expect(watch.decoderSteps.at(-1)!.fetches).toEqual(['cross_attentions.0']);
    const { start, rules } = config;
    const ids = inputs.at(-1)!;
    const noTimestamps = rules.timestampBegin - 1;
    expect(ids.slice(0, 4)).toEqual([start, EN, TRANSLATE, noTimestamps]);
    expect(ids.slice(ids.length / 2, ids.length / 2 + 4)).toEqual([start, JA, TRANSLATE, noTimestamps]);
    for (const { segments } of readings) {
      for (const { text, words } of segments) {
        expect(
          words!
            .map((word) => word.text)
            .join('')
            .trim(),
        ).toBe(text);
      }
    }
  });

  test('are left out, without an error, where the export has no attentions', async () => {
    const tiny = await loadTestModel(TINY);
    const engine = createWhisper(tiny, testInfo(TINY, tiny.config), { maxTokens: 8 });
    const samples = Float32Array.from({ length: 24_000 }, (_, i) => 0.3 * Math.sin((i * i) / 1e5));
    const [reading] = await engine.run({ windows: [{ samples }], options: withWords });
    expect(reading!.segments.length).toBeGreaterThan(0);
    expect(reading!.segments.every((segment) => !('words' in segment))).toBe(true);
    expect(engine.liveTensors).toBe(0);
  });
});

describe('clear speech', () => {
  let model: WhisperModel;
  /** makes each text end where it begins */
  let mute: boolean;
  const speech = Float32Array.from({ length: 10 * SAMPLE_RATE }, (_, i) => 0.1 * Math.sin((i * i) / 1e6));

  beforeEach(async () => {
    const { model: watched, watch } = watchModel(await loadTestModel(DEMO));
    model = watched;
    mute = true;
    watch.afterStep = (outputs) => {
      const logits = logitsOf(outputs);
      const { end } = model.config.rules;
      const vocabulary = outputs.logits!.dims[2]!;
      for (let at = 0; mute && at < logits.length; at += vocabulary) {
        logits.fill(-20, at, at + end);
        logits[at + end] = 20;
      }
    };
  });
  const read = (window: Partial<EngineWindow>, options: Partial<ReadOptions> = {}) =>
    createWhisper(model, testInfo(DEMO, model.config)).run({
      windows: [{ samples: speech, ...window }],
      options: { task: 'transcribe', ...options },
    });

  test('without text is a failure of the engine, which says so', async () => {
    await expect(read({ speechSeconds: 10 })).rejects.toMatchObject({
      code: 'engine_exited',
      detail: 'no text for 10.0 s of clear speech',
    });
  });

  test.each<[string, Partial<EngineWindow>, Partial<ReadOptions>]>([
    ['where there was less', { speechSeconds: 9.9 }, {}],
    ['where nothing is known of it', {}, {}],
    ['for a draft', { speechSeconds: 10 }, { effort: 'draft' }],
    ['at a temperature of its own', { speechSeconds: 10 }, { temperature: 0.5 }],
  ])('is none %s', async (_, window, options) => {
    const [reading] = await read(window, options);
    expect(reading!.segments).toEqual([]);
  });

  test('with text is none', async () => {
    mute = false;
    const samples = new Float32Array(10 * SAMPLE_RATE);
    samples.set((await loadFixture('us-female.flac')).slice(0, samples.length));
    const [reading] = await read({ samples, speechSeconds: 10 });
    expect(reading!.segments.length).toBeGreaterThan(0);
  });
});
