import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WindowReading } from '../../shared/asr/engine.ts';
import { SottoError } from '../../shared/errors.ts';
import type { Vote } from '../../shared/pipeline/job-language.ts';
import { type TranscribeInput, transcribe, type WindowContext } from '../../shared/pipeline/transcribe.ts';
import type { SpeechWindow } from '../../shared/speech/window.ts';

const window = (index: number): SpeechWindow => ({
  index,
  samples: new Float32Array(16),
  start: index,
  end: index + 1,
  speechStart: index,
  speechEnd: index + 1,
});
const reading = (index: number): WindowReading => ({ segments: [], tokens: [index], noSpeechProb: 0 });

async function* source(count: number, failAt = Number.POSITIVE_INFINITY, pulled: number[] = []) {
  for (let index = 0; index < count; index += 1) {
    if (index === failAt) throw new SottoError('corrupt_media');
    pulled.push(index);
    yield window(index);
  }
}

/** Settles each read only when told, in any order. */
function gate() {
  const open = new Map<
    number,
    { resolve: (reading: WindowReading) => void; reject: (error: unknown) => void }
  >();
  let most = 0;
  return {
    open,
    most: () => most,
    read: ({ index }: SpeechWindow) =>
      new Promise<WindowReading>((resolve, reject) => {
        open.set(index, { resolve, reject });
        most = Math.max(most, open.size);
      }),
  };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('transcribe', () => {
  it('hands readings on in order, each once, with at most inFlight at the gate, in whatever order they settle', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 20 }),
        fc.integer({ min: 1, max: 5 }),
        fc.infiniteStream(fc.nat()),
        async (count, width, picks) => {
          const { open, read, most } = gate();
          const got: number[] = [];
          const done = transcribe({
            windows: source(count),
            read,
            inFlight: () => width,
            signal: new AbortController().signal,
            onReading: (_, { tokens }) => got.push(...tokens),
            onLeftOut: () => expect.unreachable(),
          });
          let over = false;
          void done.finally(() => {
            over = true;
          });
          for (let guard = 0; !over && guard < 500; guard += 1) {
            await turn();
            const keys = [...open.keys()];
            if (keys.length === 0) continue;
            const key = keys[(picks.next().value as number) % keys.length] as number;
            open.get(key)?.resolve(reading(key));
            open.delete(key);
          }
          await done;
          expect(got).toEqual(Array.from({ length: count }, (_, index) => index));
          expect(most()).toBeLessThanOrEqual(width);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('keeps what came before a source that fails in the middle, then tells', async () => {
    const got: number[] = [];
    const done = transcribe({
      windows: source(5, 3),
      read: async ({ index }) => reading(index),
      inFlight: () => 2,
      signal: new AbortController().signal,
      onReading: (_, { tokens }) => got.push(...tokens),
      onLeftOut: () => expect.unreachable(),
    });
    await expect(done).rejects.toMatchObject({ code: 'corrupt_media' });
    expect(got).toEqual([0, 1, 2]);
  });

  it('leaves a poisonous window out and goes on', async () => {
    const got: number[] = [];
    const left: number[] = [];
    await transcribe({
      windows: source(4),
      read: async ({ index }) => {
        if (index === 1) throw new SottoError('poison');
        return reading(index);
      },
      inFlight: () => 2,
      signal: new AbortController().signal,
      onReading: (_, { tokens }) => got.push(...tokens),
      onLeftOut: ({ index }, { code }) => {
        expect(code).toBe('poison');
        left.push(index);
      },
    });
    expect(got).toEqual([0, 2, 3]);
    expect(left).toEqual([1]);
  });

  it('stops pulling when the gate fails, and tells its error', async () => {
    const pulled: number[] = [];
    const got: number[] = [];
    const done = transcribe({
      windows: source(100, undefined, pulled),
      read: async ({ index }) => {
        if (index === 2) throw new SottoError('engine_unavailable');
        return reading(index);
      },
      inFlight: () => 2,
      signal: new AbortController().signal,
      onReading: (_, { tokens }) => got.push(...tokens),
      onLeftOut: () => expect.unreachable(),
    });
    await expect(done).rejects.toMatchObject({ code: 'engine_unavailable' });
    expect(got).toEqual([0, 1]);
    expect(pulled.length).toBeLessThan(10);
  });

  it('stops when aborted, though the gate is full', async () => {
    const { read, open } = gate();
    const abort = new AbortController();
    const pulled: number[] = [];
    const done = transcribe({
      windows: source(100, undefined, pulled),
      read: (each) => {
        const pending = read(each);
        return new Promise((resolve, reject) => {
          abort.signal.addEventListener('abort', () => reject(new SottoError('cancelled')));
          pending.then(resolve, reject);
        });
      },
      inFlight: () => 3,
      signal: abort.signal,
      onReading: () => expect.unreachable(),
      onLeftOut: () => expect.unreachable(),
    });
    await turn();
    await turn();
    abort.abort();
    await expect(done).rejects.toMatchObject({ code: 'cancelled' });
    expect(open.size).toBe(3);
    expect(pulled.length).toBe(3);
  });
});

describe('the context of a window', () => {
  const saying = (
    code: string | undefined,
    probability: number,
    text = 'a',
    temperature = 0,
  ): WindowReading => ({
    segments:
      text === ''
        ? []
        : [
            {
              start: 0,
              end: 1,
              text,
              tokens: [],
              avgLogprob: 0,
              noSpeechProb: 0,
              compressionRatio: 1,
              temperature,
            },
          ],
    tokens: [],
    noSpeechProb: 0,
    ...(code === undefined ? {} : { language: { code, probability } }),
  });

  async function run(readings: readonly WindowReading[], more: Partial<TranscribeInput> = {}) {
    const contexts: WindowContext[] = [];
    let open = 0;
    let most = 0;
    const result = await transcribe({
      windows: source(readings.length),
      read: async ({ index }, context) => {
        contexts[index] = context;
        open += 1;
        most = Math.max(most, open);
        // later windows are read faster
        for (let i = index; i < readings.length; i += 1) await turn();
        open -= 1;
        const reading = readings[index]!;
        if (context.language === 'auto') return reading;
        const { language, ...rest } = reading;
        return rest;
      },
      inFlight: () => 4,
      signal: new AbortController().signal,
      onReading: () => undefined,
      onLeftOut: () => expect.unreachable(),
      ...more,
    });
    return { contexts, result, most };
  }

  it('is detection for the first windows that have text, then the language they settled on', async () => {
    const { contexts, result, most } = await run([
      saying('en', 0.9),
      saying('fr', 0.99, ''),
      saying('de', 0.8),
      saying('de', 0.6),
      saying('en', 0.9),
      saying('en', 0.9),
    ]);
    expect(contexts.map(({ language }) => language)).toEqual(['auto', 'auto', 'auto', 'auto', 'de', 'de']);
    expect(result.language?.code).toBe('de');
    expect(result.language?.probability).toBeCloseTo(1.4 / 3, 9);
    expect(most).toBeLessThanOrEqual(3);
  });

  it('is told as soon as something is known, and never again once it is settled', async () => {
    const told: string[] = [];
    const readings = [saying('en', 0.9), saying('de', 0.8), saying('de', 0.6), saying('en', 0.9)];
    await run(readings, { onLanguage: ({ code }) => told.push(code) });
    expect(told).toEqual(['en', 'en', 'de']);
    const said: string[] = [];
    await run(readings, { language: 'en', onLanguage: ({ code }) => said.push(code) });
    expect(said).toEqual([]);
  });

  it('goes on with the votes of windows that were read before', async () => {
    const votes: Vote[] = [];
    await run([saying('de', 0.9), saying('de', 0.8)], { onVote: (_window, vote) => votes.push(vote) });
    expect(votes.map(({ code, probability }) => [code, probability])).toEqual([
      ['de', 0.9],
      ['de', 0.8],
    ]);
    const rest = await run([saying('en', 0.9), saying('en', 0.9)], { votes });
    expect(rest.contexts.map(({ language }) => language)).toEqual(['auto', 'de']);
    expect(rest.result.language?.code).toBe('de');
  });

  it('is what was said, where it was said', async () => {
    const { contexts, result, most } = await run([saying('de', 1), saying('de', 1), saying('de', 1)], {
      language: 'en',
    });
    expect(contexts.map(({ language }) => language)).toEqual(['en', 'en', 'en']);
    expect(result).toEqual({});
    expect(most).toBe(3);
  });

  it('is none once a model turns out to know one language only', async () => {
    const readings = Array.from({ length: 5 }, () => saying(undefined, 0));
    const { contexts, result } = await run(readings);
    expect(contexts.at(-1)!.language).toBeUndefined();
    expect(result).toEqual({});
  });

  it('tells what was found in fewer windows too', async () => {
    expect((await run([saying('it', 0.7)])).result).toEqual({ language: { code: 'it', probability: 0.7 } });
    expect((await run([saying('it', 0.7, '')])).result).toEqual({});
  });

  it('has the text before it when that is carried over, one window after another, but no drawn text', async () => {
    const readings = ['One.', 'Two.', 'Drawn.', 'Three.', 'Four.'].map((text) =>
      saying('en', 1, text, text === 'Drawn.' ? 0.6 : 0),
    );
    const { contexts, most } = await run(readings, { language: 'en', carry: true });
    expect(contexts.map(({ before }) => before)).toEqual([
      undefined,
      'One.',
      'One. Two.',
      undefined,
      'Three.',
    ]);
    expect(most).toBe(1);
  });
});
