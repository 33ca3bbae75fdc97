/** Which language is spoken, from one decoder step, and what the engine does with it. */
import { beforeEach, describe, expect, test } from 'vitest';
import { NO_FALLBACK } from '../../shared/asr/guards.ts';
import { detectLanguages, languageOf } from '../../shared/asr/language.ts';
import { TensorLedger } from '../../shared/asr/sessions.ts';
import { createWhisper, type WhisperModel } from '../../shared/asr/whisper.ts';
import { loadTestModel, testInfo } from '../support/models.ts';
import { SCRIPTED_SHAPE, scriptedDecoder } from '../support/scripted-decoder.ts';
import { logitsOf, type Watch, watchModel } from '../support/watched-model.ts';

const LANGUAGES = { '<|en|>': 2, '<|de|>': 3, '<|yue|>': 5 };

describe('by hand-made logits', () => {
  test('the most probable language, among languages alone', () => {
    const logits = new Float32Array([9, 9, Math.log(1), Math.log(6), 9, Math.log(3)]);
    const { code, probability } = languageOf(logits, LANGUAGES)!;
    expect(code).toBe('de');
    expect(probability).toBeCloseTo(0.6, 6);
  });

  test('three letters where the model has them', () => {
    expect(languageOf(new Float32Array([0, 0, 0, 0, 0, 50]), LANGUAGES)).toEqual({
      code: 'yue',
      probability: 1,
    });
  });

  test.each([
    ['not a number', [0, 0, Number.NaN, 1, 0, 0]],
    ['not a number, further on', [0, 0, 1, 1, 0, Number.NaN]],
    ['infinite', [0, 0, 1, Number.POSITIVE_INFINITY, 0, 0]],
    ['all out of the question', [0, 0, -Infinity, -Infinity, 0, -Infinity]],
    ['fewer than the tokens', [0, 0, 1]],
  ])('none where logits are %s', (_, values) => {
    expect(languageOf(Float32Array.from(values), LANGUAGES)).toBeUndefined();
  });

  test('none where there are no languages', () => {
    expect(languageOf(new Float32Array(6), {})).toBeUndefined();
  });

  test('of each row, from one step over the start token, with nothing left behind', async () => {
    const scripts = [() => ({ 2: 1, 0: 9 }), () => ({ 5: 1, 3: 0 })];
    const { decoder, makeTensor, encode, steps } = scriptedDecoder(scripts, 6);
    const ledger = new TensorLedger(makeTensor);
    const { data, dims } = encode([0, 1]);
    const encoded = ledger.make('float32', data, dims);
    const request = { decoder, ledger, encoded, rows: 2, shape: SCRIPTED_SHAPE, start: 1 };
    const spoken = await detectLanguages({ ...request, languages: LANGUAGES });
    expect(spoken.map(({ code }) => code)).toEqual(['en', 'yue']);
    expect(spoken[1]?.probability).toBeCloseTo(1 / (1 + Math.exp(-1)), 6);
    expect(steps).toEqual([{ rows: [0, 1], inputs: [1, 1], fetches: ['logits'] }]);
    expect(ledger.live).toBe(1);
  });
});

describe('the engine', () => {
  /** ids of no other meaning to the tiny model: it has random weights, and only the steps are looked at */
  const EN = 10;
  const DE = 11;
  const TRANSCRIBE = 12;
  const TRANSLATE = 13;
  const sound = Float32Array.from({ length: 16_000 }, (_, i) => 0.3 * Math.sin(i * i));
  const windows = [{ samples: sound }, { samples: sound.map((sample) => -sample / 2) }];
  let english: WhisperModel;
  let multilingual: WhisperModel;
  let watch: Watch;
  let encodings: number;
  /** token ids each decoder step was given */
  let inputs: number[][];

  beforeEach(async () => {
    english = await loadTestModel('tiny-random-en');
    const config = {
      ...english.config,
      languages: { '<|en|>': EN, '<|de|>': DE },
      tasks: { transcribe: TRANSCRIBE, translate: TRANSLATE },
    };
    const watched = watchModel({ ...english, config });
    watch = watched.watch;
    encodings = 0;
    inputs = [];
    const { encoder, decoder } = watched.model;
    multilingual = {
      ...watched.model,
      encoder: {
        ...encoder,
        run: (feeds, fetches) => {
          encodings++;
          return encoder.run(feeds, fetches);
        },
      },
      decoder: {
        ...decoder,
        run: (feeds, fetches) => {
          inputs.push(Array.from(feeds.input_ids!.data as BigInt64Array, Number));
          return decoder.run(feeds, fetches);
        },
      },
    };
  });

  const engineOf = (model: WhisperModel) =>
    createWhisper(model, testInfo('tiny-random-en', model.config, 2), { maxTokens: 3, guards: NO_FALLBACK });

  test.each([{}, { language: 'auto' }])(
    'finds it for each window when told %o, and goes on with it',
    async (said) => {
      watch.afterStep = (outputs) => {
        if (watch.decoderSteps.length > 1) return;
        const logits = logitsOf(outputs);
        const vocabulary = logits.length / 2;
        logits[EN] = 50;
        logits[vocabulary + DE] = 50;
      };
      const engine = engineOf(multilingual);
      const readings = await engine.run({ windows, options: { task: 'translate', ...said } });
      expect(readings.map(({ language }) => language?.code)).toEqual(['en', 'de']);
      for (const { language } of readings) expect(language?.probability).toBeCloseTo(1, 6);
      const { start } = multilingual.config;
      expect(inputs[0]).toEqual([start, start]);
      expect(inputs[1]).toEqual([start, EN, TRANSLATE, start, DE, TRANSLATE]);
      expect(encodings).toBe(1);
      expect(engine.liveTensors).toBe(0);
    },
  );

  test('does not look for it when it is said', async () => {
    const readings = await engineOf(multilingual).run({
      windows,
      options: { task: 'transcribe', language: 'de' },
    });
    expect(readings.map(({ language }) => language)).toEqual([undefined, undefined]);
    const { start } = multilingual.config;
    expect(inputs[0]).toEqual([start, DE, TRANSCRIBE, start, DE, TRANSCRIBE]);
  });

  test('refuses a language the model does not have', async () => {
    const run = engineOf(multilingual).run({ windows, options: { task: 'transcribe', language: 'xx' } });
    await expect(run).rejects.toMatchObject({ code: 'internal' });
  });

  test('of an English-only model reports none, whatever is asked', async () => {
    const engine = engineOf(english);
    for (const language of ['auto', 'de']) {
      const [reading] = await engine.run({ windows, options: { task: 'transcribe', language } });
      expect(reading).not.toHaveProperty('language');
    }
  });
});
