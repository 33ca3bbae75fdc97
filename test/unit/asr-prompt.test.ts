/** What a text follows and begins with: earlier text, a prefix, and rows that were given different lengths of both. */
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { firstStepLength } from '../../shared/asr/decoding.ts';
import type { EngineWindow, ReadOptions, WindowReading } from '../../shared/asr/engine.ts';
import { NO_FALLBACK } from '../../shared/asr/guards.ts';
import { previousTokens, rowPrompt } from '../../shared/asr/prompt.ts';
import { createWhisper, type WhisperModel } from '../../shared/asr/whisper.ts';
import { SAMPLE_RATE } from '../../shared/audio/pcm.ts';
import { loadTestModel, testInfo } from '../support/models.ts';
import { loadFixture } from '../support/pcm.ts';
import { isDisposed, logitsOf, type Watch, watchModel } from '../support/watched-model.ts';

const TINY = 'tiny-random-en';
const DEMO = 'sotto-demo-en';
/** ids of no other meaning to the tiny model */
const EN = 10;
const TRANSCRIBE = 12;
const PREVIOUS = 14;
const transcribe: ReadOptions = { task: 'transcribe' };

/** The tiny model as if it knew earlier text, languages and tasks. */
async function multilingual(): Promise<WhisperModel> {
  const model = await loadTestModel(TINY);
  return {
    ...model,
    tokenizer: {
      ...model.tokenizer,
      idOf: (token) => (token === '<|startofprev|>' ? PREVIOUS : model.tokenizer.idOf(token)),
    },
    config: { ...model.config, languages: { '<|en|>': EN }, tasks: { transcribe: TRANSCRIBE } },
  };
}

const sound = (seed: number) =>
  Float32Array.from({ length: 1.5 * SAMPLE_RATE }, (_, i) => 0.3 * Math.sin((i * i * seed) / 1e5));

describe('earlier text', () => {
  let model: WhisperModel;
  beforeAll(async () => {
    model = await multilingual();
  });
  const tokensOf = (prompt?: string, before?: string) =>
    previousTokens(
      before === undefined ? {} : { before },
      prompt === undefined ? {} : { prompt },
      model.tokenizer,
      model.config,
    );

  test('is the prompt, then what came before, each after a space, behind <|startofprev|>', () => {
    const { encode } = model.tokenizer;
    expect(tokensOf(' A glossary. ', 'He said so.')).toEqual([
      PREVIOUS,
      ...encode(' A glossary.'),
      ...encode(' He said so.'),
    ]);
    expect(model.tokenizer.decode(tokensOf(undefined, 'He said so.').slice(1))).toBe(' He said so.');
  });

  test('is nothing where there is none', () => {
    expect(tokensOf()).toEqual([]);
    expect(tokensOf(' ', '\n')).toEqual([]);
  });

  test('is cut to the last 223 tokens, as the reference does', () => {
    const before = 'one two three four five '.repeat(100);
    const all = model.tokenizer.encode(` ${before.trim()}`);
    expect(all.length).toBeGreaterThan(300);
    expect(model.config.previous).toBe(223);
    expect(tokensOf('A glossary.', before)).toEqual([PREVIOUS, ...all.slice(-223)]);
  });

  test('cannot smuggle special tokens in', () => {
    const { end } = model.config.rules;
    const tokens = tokensOf(undefined, 'Stop <|endoftext|><|0.00|> here');
    expect(tokens.length).toBeGreaterThan(3);
    expect(tokens.every((token) => token < end)).toBe(true);
  });

  test('is ignored by a model that has no <|startofprev|>', async () => {
    const demo = await loadTestModel(DEMO);
    expect(previousTokens({ before: 'He said so.' }, {}, demo.tokenizer, demo.config)).toEqual([]);
  });

  test('stands before the start of the text', () => {
    const { start } = model.config;
    expect(rowPrompt([PREVIOUS, 1, 2], model.config, transcribe, 'en')).toEqual({
      prompt: [PREVIOUS, 1, 2, start, EN, TRANSCRIBE],
      start: 3,
    });
  });
});

describe('rows of one batch', () => {
  const LANES = 4;
  let model: WhisperModel;
  let watch: Watch;
  beforeEach(async () => {
    const watched = watchModel(await multilingual());
    model = watched.model;
    watch = watched.watch;
  });
  const engine = (maxTokens = 10) =>
    createWhisper(model, testInfo(TINY, model.config, LANES), { maxTokens, guards: NO_FALLBACK });
  const options: ReadOptions = { task: 'transcribe', language: 'en' };

  const windowsOf = (): EngineWindow[] => {
    const begin = model.config.rules.timestampBegin;
    return [
      { samples: sound(1) },
      { samples: sound(2), before: 'one two three four five six seven' },
      { samples: sound(3), prefix: [begin, 40, 50, 60] },
      { samples: sound(4), before: 'one two', prefix: [begin, 70] },
    ];
  };
  const figures = (readings: readonly WindowReading[]) =>
    readings.map(({ tokens, noSpeechProb, segments }) => ({
      tokens,
      noSpeechProb: noSpeechProb.toFixed(5),
      segments: segments.map(({ text, avgLogprob }) => [text, avgLogprob.toFixed(4)]),
    }));

  test('say with different prompts and prefixes what they say alone, token for token', async () => {
    const windows = windowsOf();
    const together = await engine().run({ windows, options });
    const alone: WindowReading[] = [];
    for (const window of windows) alone.push(...(await engine().run({ windows: [window], options })));
    expect(figures(together)).toEqual(figures(alone));
    const [plain] = await engine().run({ windows: [{ samples: windows[1]!.samples }], options });
    expect(plain!.tokens).not.toEqual(together[1]!.tokens); // the prompt counts
    expect(watch.tensors.filter((tensor) => !isDisposed(tensor))).toEqual([]);
  });

  test('go in with what all have been given, the rest of the longer ones follows token by token', async () => {
    const [plain, longer] = windowsOf();
    await engine(3).run({ windows: [plain!, longer!], options });
    const [first, ...rest] = watch.decoderSteps.map(({ feeds }) => feeds.input_ids!.dims);
    expect(first).toEqual([2, 3]);
    const extra = model.tokenizer.encode(` ${longer!.before}`).length + 1;
    // three tokens each, and none after the last
    expect(rest.filter((dims) => dims[1] !== 1)).toEqual([]);
    expect(rest).toHaveLength(extra + 2);
    watch.decoderSteps.length = 0;
    await engine(3).run({ windows: [longer!], options });
    expect(watch.decoderSteps.map(({ feeds }) => feeds.input_ids!.dims[1])).toEqual([extra + 3, 1, 1]);
  });

  test('have their no-speech probability from the place of <|startoftranscript|>', async () => {
    const [plain, longer] = windowsOf();
    const noSpeech = model.tokenizer.idOf('<|nospeech|>')!;
    const previous = model.tokenizer.encode(` ${longer!.before}`).length + 1;
    let position = 0;
    watch.afterStep = (outputs) => {
      const { dims } = outputs.logits!;
      const [rows = 0, positions = 0, vocabulary = 0] = dims;
      for (let row = 0; row < rows; row++) {
        for (let i = 0; i < positions; i++) {
          const at = (row * positions + i) * vocabulary + noSpeech;
          // sure of it only where the start of a row with earlier text is
          if (rows === 1 && position + i === previous) logitsOf(outputs)[at] = 100;
        }
      }
      position += positions;
    };
    const [reading] = await engine(3).run({ windows: [longer!], options });
    expect(reading!.noSpeechProb).toBeCloseTo(1, 5);
    position = 0;
    const [other] = await engine(3).run({ windows: [plain!], options });
    expect(other!.noSpeechProb).toBeLessThan(0.1);
  });

  test('never get more tokens than they may have, prefix included', async () => {
    const begin = model.config.rules.timestampBegin;
    const prefix = [begin, 40, 50, 60, 70, 80];
    const [reading] = await engine(4).run({ windows: [{ samples: sound(1), prefix }], options });
    expect(reading!.tokens).toEqual(prefix.slice(0, 4));
  });
});

test.each([
  ['as long as the shortest row', [230, 3, 40], 3, 51_865, 3],
  ['the whole of one row', [226], 1, 51_865, 226],
  ['no longer than a device can bind the logits of', [226, 226, 226, 226], 4, 51_865, 161],
  ['one token at least', [5], 1, 2 ** 26, 1],
])('a first step is %s', (_, given, rows, vocabulary, expected) => {
  expect(firstStepLength(given, rows, vocabulary)).toBe(expected);
});

describe('a prefix on the demo model', () => {
  let model: WhisperModel;
  let speech: Float32Array;
  beforeAll(async () => {
    model = await loadTestModel(DEMO);
    speech = await loadFixture('us-male-two-sentences.flac');
  });
  const read = async (windows: readonly EngineWindow[], lanes = 1) => {
    const engine = createWhisper(model, testInfo(DEMO, model.config, lanes));
    return await engine.run({ windows, options: transcribe });
  };

  test('of its own text is gone on with as before, with the same figures', async () => {
    const [whole] = await read([{ samples: speech }]);
    const lengths = [1, 4, 9, whole!.tokens.length];
    const windows = lengths.map((length) => ({ samples: speech, prefix: whole!.tokens.slice(0, length) }));
    for (const reading of [...(await read(windows, 4)), ...(await read(windows.slice(1, 2)))]) {
      expect(reading.tokens).toEqual(whole!.tokens);
      expect(reading.segments[0]!.avgLogprob).toBeCloseTo(whole!.segments[0]!.avgLogprob, 3);
    }
  });

  test('that was not said lowers them, and stands', async () => {
    const [whole] = await read([{ samples: speech }]);
    const wrong = [model.config.rules.timestampBegin, ...model.tokenizer.encode(' Kangaroos')];
    const [reading] = await read([{ samples: speech, prefix: wrong }]);
    expect(reading!.segments[0]!.text).toMatch(/^Kangaroos/);
    expect(reading!.segments[0]!.avgLogprob).toBeLessThan(whole!.segments[0]!.avgLogprob - 0.3);
  });
});

describe('a temperature', () => {
  test('above 0 is the only one tried, and draws the same each time', async () => {
    const { model, watch } = watchModel(await loadTestModel(TINY));
    const engine = createWhisper(model, testInfo(TINY, model.config), { maxTokens: 6 });
    const windows = [{ samples: sound(2) }];
    const attempts = () =>
      watch.decoderSteps.filter(({ feeds }) => feeds['past_key_values.0.decoder.key']?.dims[2] === 0).length;
    const drawn = await engine.run({ windows, options: { ...transcribe, temperature: 0.8 } });
    expect(attempts()).toBe(1);
    expect(await engine.run({ windows, options: { ...transcribe, temperature: 0.8 } })).toEqual(drawn);
    for (const { temperature } of drawn[0]!.segments) expect(temperature).toBe(0.8);
    watch.decoderSteps.length = 0;
    await engine.run({ windows, options: { ...transcribe, temperature: 0 } });
    expect(attempts()).toBe(6); // the ladder, for random weights are never believed
  });
});
