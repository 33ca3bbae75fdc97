/** What partials cost, with an engine of any speed behind the real gate, in virtual time. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { WindowReading } from '../../shared/asr/engine.ts';
import { createLiveReader } from '../../shared/pipeline/live.ts';
import { createPartialPace } from '../../shared/pipeline/partial-pace.ts';
import { createBatcher } from '../../shared/queue/batcher.ts';
import type { SpeechWindow } from '../../shared/speech/window.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

const silent: WindowReading = { segments: [], tokens: [], noSpeechProb: 0 };
const windowOf = (index: number, end: number): SpeechWindow => ({
  index,
  samples: new Float32Array(160),
  start: index * 10,
  end,
  speechStart: index * 10,
  speechEnd: end,
});

describe('the pace of partials', () => {
  test('an engine that takes 1.5 s is asked every 3 s, always with the newest window', async () => {
    const clock = createVirtualClock();
    const asked: { at: number; offered: number }[] = [];
    const pace = createPartialPace<number>(clock, async (offered) => {
      asked.push({ at: clock.now(), offered });
      await new Promise<void>((resolve) => clock.after(1_500, resolve));
    });
    for (let i = 0; i < 20; i++) {
      pace.offer(clock.now());
      await clock.advance(800);
    }
    expect(asked.map(({ at }) => at)).toEqual([0, 3_000, 6_000, 9_000, 12_000, 15_000]);
    for (const { at, offered } of asked) expect(at - offered).toBeLessThanOrEqual(800);
    pace.drop();
    await clock.advance(10_000);
    expect(asked.length).toBe(6);
    expect(clock.pending).toBe(0);
  });

  test('a quick engine is asked each time, and after a failure too', async () => {
    const clock = createVirtualClock();
    let asked = 0;
    const pace = createPartialPace<number>(clock, async () => {
      asked++;
      await new Promise<void>((resolve) => clock.after(300, resolve));
      throw new Error('no');
    });
    for (let i = 0; i < 10; i++) {
      pace.offer(i);
      await clock.advance(800);
    }
    expect(asked).toBe(10);
  });

  test('a final waits for one partial at most, and partials take half of the time at most', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 20, max: 4_000 }),
        fc.integer({ min: 20, max: 4_000 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 }),
        async (partialMs, finalMs, windows) => {
          const clock = createVirtualClock();
          const finals: { asked: number; done: number }[] = [];
          let busy = 0;
          let queued = 0;
          const batcher = createBatcher({
            clock,
            lanes: () => 4,
            async run({ windows, options }) {
              const ms = options.effort === 'draft' ? partialMs : finalMs;
              if (options.effort === 'draft') busy += ms;
              await new Promise<void>((resolve) => clock.after(ms, resolve));
              return windows.map(() => ({ ok: true, value: silent }) as const);
            },
          });
          const reader = createLiveReader({
            clock,
            async read(window, kind) {
              const asked = clock.now();
              const name = kind === 'partial' ? 'partial' : 'final';
              queued += kind === 'partial' ? 1 : 0;
              expect(queued).toBeLessThanOrEqual(1);
              const reading = await batcher.submit({
                window,
                options: { task: 'transcribe', effort: kind === 'partial' ? 'draft' : 'full' },
                priority: 'live',
                kind: { name, key: String(window.index) },
              });
              if (kind === 'partial') queued -= 1;
              else finals.push({ asked, done: clock.now() });
              return reading;
            },
            onText: () => undefined,
            onDone: () => undefined,
          });
          for (const [index, partials] of windows.entries()) {
            for (let i = 1; i <= partials; i++) {
              await clock.advance(800);
              reader.partial(windowOf(index, index * 10 + i));
            }
            await clock.advance(600);
            reader.final(windowOf(index, index * 10 + partials + 0.6));
          }
          const spoken = clock.now();
          const over = reader.finish();
          for (let i = 0; finals.length < windows.length && i < 100; i++) await clock.advance(1_000);
          await over;
          expect(finals.length).toBe(windows.length);
          for (const [i, { asked, done }] of finals.entries()) {
            const free = Math.max(asked, finals[i - 1]?.done ?? 0);
            expect(done - free).toBeLessThanOrEqual(partialMs + finalMs);
          }
          expect(busy).toBeLessThanOrEqual(spoken / 2 + 2 * partialMs);
        },
      ),
      { numRuns: 60 },
    );
  });
});
