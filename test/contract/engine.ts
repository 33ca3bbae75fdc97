/** What every engine must do, whatever runs inside it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine, EngineBatch, EngineWindow, WindowReading } from '../../shared/asr/engine.ts';
import { SAMPLE_RATE } from '../../shared/audio/pcm.ts';

export interface EngineUnderTest {
  /** with two lanes or more */
  readonly engine: Engine;
  /** windows in which something is said, different in each; at least two */
  readonly spoken: readonly Float32Array[];
}

const batchOf = (...windows: readonly Float32Array[]): EngineBatch => ({
  windows: windows.map((samples) => ({ samples })),
  options: { task: 'transcribe' },
});

const silence = (seconds: number): Float32Array => new Float32Array(Math.round(seconds * SAMPLE_RATE));

/** `make` is called once for the suite and once more for the test that disposes. */
export function engineContract(name: string, make: () => Promise<EngineUnderTest>): void {
  describe(`engine contract: ${name}`, () => {
    let engine: Engine;
    let first: Float32Array;
    let second: Float32Array;

    beforeAll(async () => {
      const made = await make();
      engine = made.engine;
      [first, second] = made.spoken as [Float32Array, Float32Array];
    });
    afterAll(() => engine?.dispose());

    const readOne = async (samples: Float32Array): Promise<WindowReading> => {
      const [reading] = await engine.run(batchOf(samples));
      return reading!;
    };

    test('says what it is', () => {
      const { info } = engine;
      expect(info.model).not.toBe('');
      expect(info.dtype).not.toBe('');
      expect(info.windowSeconds).toBeGreaterThan(0);
      expect(info.lanes).toBeGreaterThanOrEqual(2);
    });

    test('reads speech into segments within the window, in order, trimmed', async () => {
      const reading = await readOne(first);
      expect(reading.segments.length).toBeGreaterThan(0);
      const seconds = first.length / SAMPLE_RATE;
      let last = 0;
      for (const segment of reading.segments) {
        expect(segment.start).toBeGreaterThanOrEqual(last);
        expect(segment.end).toBeGreaterThanOrEqual(segment.start);
        expect(segment.end).toBeLessThanOrEqual(seconds);
        last = segment.start;
        expect(segment.text).not.toBe('');
        expect(segment.text).toBe(segment.text.trim());
        expect(segment.tokens.length).toBeGreaterThan(0);
        expect(segment.avgLogprob).toBeLessThanOrEqual(0);
        expect(segment.compressionRatio).toBeGreaterThan(0);
        expect(segment.noSpeechProb).toBe(reading.noSpeechProb);
      }
      const spoken = reading.segments.flatMap(({ tokens }) => tokens);
      expect(reading.tokens.filter((token) => spoken.includes(token))).toEqual(spoken);
      expect(reading.noSpeechProb).toBeGreaterThanOrEqual(0);
      expect(reading.noSpeechProb).toBeLessThanOrEqual(1);
    });

    test('takes every option: what it cannot do it leaves out, and words are in order within their segment', async () => {
      const [reading] = await engine.run({
        windows: [{ samples: first, before: 'What came before.', speechSeconds: 1 }],
        options: { task: 'transcribe', prompt: 'A glossary.', terms: ['Sotto'], times: 'word' },
      });
      expect(reading!.segments.length).toBeGreaterThan(0);
      for (const { words = [], text } of reading!.segments) {
        if (words.length > 0)
          expect(
            words
              .map((word) => word.text)
              .join('')
              .trim(),
          ).toBe(text);
        const edges = words.flatMap(({ start, end }) => [start, end]);
        expect(edges).toEqual(edges.toSorted((a, b) => a - b));
        expect(edges.at(-1) ?? 0).toBeLessThanOrEqual(first.length / SAMPLE_RATE);
      }
    });

    test('gives the same again, and leaves the samples as they were', async () => {
      const before = first.slice();
      const once = await readOne(first);
      expect(await readOne(first)).toEqual(once);
      expect(first).toEqual(before);
    });

    test('answers in the order of the windows, wider batches than its lanes too', async () => {
      const a = await readOne(first);
      const b = await readOne(second);
      expect(a.tokens).not.toEqual(b.tokens);
      const windows = Array.from({ length: engine.info.lanes + 1 }, (_, i) => (i % 2 === 0 ? first : second));
      const readings = await engine.run(batchOf(...windows));
      const texts = readings.map(({ segments }) => segments.map(({ text }) => text));
      const expected = windows.map((window) => (window === first ? a : b).segments.map(({ text }) => text));
      expect(texts).toEqual(expected);
    });

    test('has nothing to say of no windows, an empty one or digital silence', async () => {
      expect(await engine.run(batchOf())).toEqual([]);
      const readings = await engine.run(batchOf(silence(0), silence(1), silence(engine.info.windowSeconds)));
      expect(readings.map(({ segments }) => segments)).toEqual([[], [], []]);
    });

    test('keeps silence and speech of one batch apart', async () => {
      const [quiet, spoken] = await engine.run(batchOf(silence(1), first));
      expect(quiet?.segments).toEqual([]);
      expect(spoken?.segments.map(({ text }) => text)).toEqual(
        (await readOne(first)).segments.map(({ text }) => text),
      );
    });

    test('refuses a window longer than the model reads', async () => {
      const long = silence(engine.info.windowSeconds + 0.1);
      await expect(engine.run(batchOf(long))).rejects.toMatchObject({ code: 'internal' });
    });

    test('refuses a second run meanwhile, and the first is not disturbed', async () => {
      const running = engine.run(batchOf(first));
      await expect(engine.run(batchOf(second))).rejects.toMatchObject({ code: 'internal' });
      expect(await running).toEqual([await readOne(first)]);
    });

    test('stops for a signal, before and during a run, and reads on afterwards', async () => {
      const expected = await readOne(first);
      await expect(engine.run(batchOf(first), AbortSignal.abort())).rejects.toMatchObject({
        code: 'cancelled',
      });
      const controller = new AbortController();
      const running = engine.run(batchOf(first, second), controller.signal);
      controller.abort();
      await expect(running).rejects.toMatchObject({ code: 'cancelled' });
      expect(await readOne(first)).toEqual(expected);
    });

    describe('a prefix', () => {
      const draft = async (...windows: readonly EngineWindow[]): Promise<readonly WindowReading[]> =>
        engine.run({ windows, options: { task: 'transcribe', effort: 'draft' } });
      const textOf = (reading: WindowReading | undefined): string =>
        (reading?.segments ?? []).map(({ text }) => text).join(' ');

      test('drafts say which tokens say what, or nothing of it', async () => {
        const [reading] = await draft({ samples: first });
        for (const { pieces, text, tokens } of reading!.segments) {
          if (pieces === undefined) continue;
          expect(
            pieces
              .map((piece) => piece.text)
              .join('')
              .trim(),
          ).toBe(text);
          expect(pieces.flatMap((piece) => piece.tokens)).toEqual(tokens);
        }
      });

      test('of its own tokens changes nothing; drafts and full readings begin with it', async () => {
        const [own] = await draft({ samples: first });
        if (own!.segments.some(({ pieces }) => pieces === undefined)) return;
        const prefix = own!.tokens.slice(0, Math.ceil(own!.tokens.length / 2));
        const [again] = await draft({ samples: first, prefix });
        expect(again!.tokens).toEqual(own!.tokens);
        expect(textOf(again)).toBe(textOf(own));
        const [full] = await engine.run({ ...batchOf(), windows: [{ samples: first, prefix }] });
        expect(full!.tokens.slice(0, prefix.length)).toEqual(prefix);
      });

      test('is kept to, whatever is heard; rows of one batch have each their own', async () => {
        const [own, other] = await draft({ samples: first }, { samples: second });
        if (own!.segments.some(({ pieces }) => pieces === undefined)) return;
        const prefix = other!.tokens.slice(0, 3);
        const [told, free] = await draft({ samples: first, prefix }, { samples: second });
        expect(told!.tokens.slice(0, 3)).toEqual(prefix);
        expect(told!.segments[0]!.tokens[0]).toBe(other!.segments[0]!.tokens[0]);
        expect(free!.tokens).toEqual(other!.tokens);
      });
    });

    test('is closed once disposed, however often', async () => {
      const other = await make();
      await other.engine.dispose();
      await other.engine.dispose();
      await expect(other.engine.run(batchOf(first))).rejects.toMatchObject({ code: 'closed' });
    });
  });
}
