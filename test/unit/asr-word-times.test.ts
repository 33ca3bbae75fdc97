/** Word times of the demo model against the fixtures' known ones, and what the pass for them asks of the sessions. */
import { beforeAll, describe, expect, test } from 'vitest';
import { alignTokens } from '../../shared/asr/align.ts';
import { canAlign } from '../../shared/asr/alignment-heads.ts';
import type { WhisperModel } from '../../shared/asr/whisper.ts';
import { timeWords } from '../../shared/asr/word-times.ts';
import { SAMPLE_RATE } from '../../shared/audio/pcm.ts';
import { loadTestModel } from '../support/models.ts';
import { loadFixture } from '../support/pcm.ts';
import { sentenceWindows } from '../support/sentence-windows.ts';
import { isDisposed, watchModel } from '../support/watched-model.ts';
import { knownWords, readBatch, readWithWords } from '../support/word-times.ts';

const DEMO = 'sotto-demo-en';
const TINY = 'tiny-random-en';
const LANES = 4;
const SENTENCES = 20;

const quantile = (sorted: readonly number[], part: number) =>
  sorted[Math.floor(part * (sorted.length - 1))] ?? NaN;

describe('on the demo model', () => {
  let model: WhisperModel;
  beforeAll(async () => {
    model = await loadTestModel(DEMO);
  });

  test('word starts are within 0.15 s of the true ones in the median', async () => {
    const windows = (await sentenceWindows()).filter((window) => knownWords(window).length > 0);
    const errors: number[] = [];
    for (let i = 0; i < SENTENCES; i += LANES) {
      const group = windows.slice(i, i + LANES);
      const timed = await readWithWords(
        model,
        DEMO,
        group.map(({ samples }) => samples),
      );
      timed.forEach((segments, row) => {
        const known = knownWords(group[row]!);
        const words = segments.flat();
        if (words.length !== known.length) return;
        words.forEach(({ text, start }, at) => {
          if (text.trim() === known[at]!.text) errors.push(Math.abs(start - known[at]!.start));
        });
      });
    }
    errors.sort((a, b) => a - b);
    expect(errors.length).toBeGreaterThan(100);
    expect(quantile(errors, 0.5)).toBeLessThanOrEqual(0.15);
    expect(quantile(errors, 0.9)).toBeLessThanOrEqual(0.4);
  });

  test('words joined are the text, in order and within the window, batched as alone', async () => {
    const speech = await loadFixture('us-male-two-sentences.flac');
    const windows = [speech, speech.slice(0, 2 * SAMPLE_RATE), speech.slice(3 * SAMPLE_RATE)];
    const { readings, request } = await readBatch(model, DEMO, windows);
    const together = await timeWords(request);
    request.ledger.freeAll();
    together.forEach((segments, row) => {
      expect(
        segments.map((words) =>
          words
            .map(({ text }) => text)
            .join('')
            .trim(),
        ),
      ).toEqual(readings[row]!.segments.map(({ text }) => text));
      const edges = segments.flat().flatMap(({ start, end }) => [start, end]);
      expect(edges.length).toBeGreaterThan(4);
      expect(edges).toEqual(edges.toSorted((a, b) => a - b));
      expect(edges[0]).toBeGreaterThanOrEqual(0);
      expect(edges.at(-1)).toBeLessThanOrEqual(windows[row]!.length / SAMPLE_RATE);
      for (const { probability } of segments.flat()) {
        expect(probability).toBeGreaterThan(0.05);
        expect(probability).toBeLessThanOrEqual(1);
      }
    });
    for (const [row, samples] of windows.entries()) {
      const [alone] = await readWithWords(model, DEMO, [samples]);
      expect(alone!.map((words) => words.map(({ text, start, end }) => [text, start, end]))).toEqual(
        together[row]!.map((words) => words.map(({ text, start, end }) => [text, start, end])),
      );
    }
  });

  test('attentions come softmaxed: each row of a head sums to 1', async () => {
    const watched = watchModel(model);
    const speech = await loadFixture('us-male.wav');
    const { request } = await readBatch(model, DEMO, [speech]);
    let sums: number[] = [];
    watched.watch.afterStep = ({ 'cross_attentions.0': attention }) => {
      const positions = attention!.dims[3]!;
      const data = attention!.data as Float32Array;
      sums = Array.from({ length: data.length / positions }, (_, i) =>
        data.subarray(i * positions, (i + 1) * positions).reduce((sum, value) => sum + value, 0),
      );
    };
    await timeWords({ ...request, decoder: watched.model.decoder });
    request.ledger.freeAll();
    expect(sums.length).toBeGreaterThan(20);
    for (const sum of sums) expect(sum).toBeCloseTo(1, 4);
  });
});

describe('the pass over the decoder', () => {
  const sound = (seed: number) =>
    Float32Array.from({ length: 1.5 * SAMPLE_RATE }, (_, i) => 0.3 * Math.sin((i * i * seed) / 1e5));

  async function batchOf(name: typeof DEMO | typeof TINY) {
    const watched = watchModel(await loadTestModel(name));
    const batch = await readBatch(watched.model, name, [sound(1), sound(2)], 8);
    watched.watch.decoderSteps.length = 0;
    return { ...batch, watch: watched.watch };
  }

  test('is one, asks for the heads’ layers only, and leaves no tensor but what it was lent', async () => {
    const { request, watch } = await batchOf(DEMO);
    const rows = [
      { tokens: [5, 6, 7], frames: 150 },
      { tokens: [8], frames: 3 },
    ];
    const heads = [
      { layer: 0, head: 0 },
      { layer: 0, head: 1 },
    ];
    const aligned = await alignTokens({ ...request, heads, rows });
    expect(watch.decoderSteps.map(({ fetches }) => fetches)).toEqual([['logits', 'cross_attentions.0']]);
    expect(watch.decoderSteps[0]!.feeds.input_ids!.dims).toEqual([2, 6]);
    expect(aligned.map(({ times, probabilities }) => [times.length, probabilities.length])).toEqual([
      [4, 3],
      [2, 1],
    ]);
    expect(aligned[0]!.times.at(-1)).toBeLessThan(1.5);
    expect(aligned[1]!.times).toEqual([0, 0]);
    expect(watch.tensors.filter((tensor) => !isDisposed(tensor))).toEqual([request.encoded]);
  });

  test('does without logits where probabilities are known', async () => {
    const { request, watch } = await batchOf(DEMO);
    const rows = [
      { tokens: [5, 6], frames: 150, probabilities: [0.5, 0.25] },
      { tokens: [], frames: 150 },
    ];
    const aligned = await alignTokens({ ...request, rows });
    expect(watch.decoderSteps.flatMap(({ fetches }) => fetches)).not.toContain('logits');
    expect(aligned[0]!.probabilities).toEqual([0.5, 0.25]);
    expect(aligned[1]).toEqual({ times: [], probabilities: [] });
  });

  test('is left out where nothing was said', async () => {
    const { request, watch } = await batchOf(DEMO);
    const rows = request.rows.map(({ seconds }) => ({ segments: [], seconds }));
    expect(await timeWords({ ...request, rows })).toEqual([[], []]);
    expect(watch.decoderSteps).toEqual([]);
  });

  test('frees its tensors when it fails, and refuses attentions that are no numbers', async () => {
    const { request, watch } = await batchOf(DEMO);
    const rows = [
      { tokens: [5], frames: 150 },
      { tokens: [6], frames: 150 },
    ];
    watch.afterStep = (outputs) => (outputs['cross_attentions.0']!.data as Float32Array).fill(Number.NaN);
    await expect(alignTokens({ ...request, heads: [{ layer: 0, head: 0 }], rows })).rejects.toMatchObject({
      code: 'engine_exited',
    });
    watch.beforeStep = () => {
      throw new Error('once');
    };
    await expect(alignTokens({ ...request, rows })).rejects.toThrow('once');
    expect(watch.tensors.filter((tensor) => !isDisposed(tensor))).toEqual([request.encoded]);
  });

  test('is refused where the export has no such attentions', async () => {
    const { request, watch } = await batchOf(TINY);
    expect(canAlign(request.decoder, request.heads)).toBe(false);
    const rows = [
      { tokens: [5], frames: 150 },
      { tokens: [6], frames: 150 },
    ];
    await expect(alignTokens({ ...request, rows })).rejects.toMatchObject({ code: 'engine_exited' });
    expect(watch.decoderSteps).toEqual([]);
    expect(watch.tensors.filter((tensor) => !isDisposed(tensor))).toEqual([request.encoded]);
  });
});
