import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WindowReading } from '../../shared/asr/engine.ts';
import { SottoError } from '../../shared/errors.ts';
import { transcribe } from '../../shared/pipeline/transcribe.ts';
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
