/** Windows read together say what they say alone. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WindowReading } from '../../shared/asr/engine.ts';
import { createWhisper, type WhisperEngine, type WhisperModel } from '../../shared/asr/whisper.ts';
import { loadTestModel, testInfo } from '../support/models.ts';
import { type SentenceWindow, sentenceWindows } from '../support/sentence-windows.ts';

const MODEL = 'sotto-demo-en';
const LANES = 4;
const transcribe = { task: 'transcribe' } as const;

let windows: SentenceWindow[];
let model: WhisperModel;
let engine: WhisperEngine;
beforeAll(async () => {
  const all = await sentenceWindows();
  // sentences of different length next to one another
  windows = all.filter((_, i) => i % 6 === 0);
  model = await loadTestModel(MODEL);
  engine = createWhisper(model, testInfo(MODEL, model.config, LANES));
}, 120_000);
afterAll(() => engine?.dispose());

const rounded = (readings: readonly WindowReading[]) =>
  readings.map(({ tokens, noSpeechProb, segments }) => ({
    tokens,
    noSpeechProb: noSpeechProb.toFixed(4),
    segments: segments.map((segment) => ({
      ...segment,
      avgLogprob: segment.avgLogprob.toFixed(3),
      noSpeechProb: segment.noSpeechProb.toFixed(4),
    })),
  }));

test('in fp32, token for token', { timeout: 180_000 }, async () => {
  expect(windows.length).toBeGreaterThan(2 * LANES);
  const together = await engine.run({ windows, options: transcribe });
  const alone: WindowReading[] = [];
  for (const window of windows) alone.push(...(await engine.run({ windows: [window], options: transcribe })));
  expect(new Set(alone.map(({ tokens }) => tokens.length)).size).toBeGreaterThan(2);
  expect(rounded(together)).toEqual(rounded(alone));
});

/**
 * Why q8 is not held to that: its activations are quantised at run time by the range of the whole tensor, all rows of
 * the batch in it. The encoder itself gives a row other numbers in other company, before any code of ours.
 */
test('in q8 the model itself mixes the rows of a batch', async () => {
  const { encoder, makeTensor, config } = await loadTestModel(MODEL, 'q8');
  const size = config.nMels * config.frames;
  const quiet = new Float32Array(size).fill(-0.8);
  const loud = Float32Array.from({ length: size }, (_, i) => 1.5 * Math.sin(i));
  const encodeFirst = async (...rows: Float32Array[]) => {
    const features = new Float32Array(rows.length * size);
    rows.forEach((row, i) => {
      features.set(row, i * size);
    });
    const input = makeTensor('float32', features, [rows.length, config.nMels, config.frames]);
    const { last_hidden_state } = await encoder.run({ input_features: input }, ['last_hidden_state']);
    const data = last_hidden_state?.data as Float32Array;
    return data.slice(0, data.length / rows.length);
  };
  const alone = await encodeFirst(quiet);
  const inCompany = await encodeFirst(quiet, loud);
  const apart = alone.reduce((most, value, i) => Math.max(most, Math.abs(value - inCompany[i]!)), 0);
  expect(apart).toBeGreaterThan(1e-3);
  await encoder.release();
});
