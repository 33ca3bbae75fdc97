import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mulberry32 } from '../../shared/asr/sampling.ts';
import type { SpeechWindow } from '../../shared/speech/window.ts';
import { checkInvariants } from '../../shared/transcript/assemble.ts';
import { createLiveText, type LiveText } from '../../shared/transcript/live.ts';
import { plainText } from '../../shared/transcript/transcript.ts';
import { type Hearing, hear, type TimedWord } from '../support/synthetic-speech.ts';

const OVERLAP = 1.4;

interface Plan {
  /** how long each window is, and whether speech goes on through its end */
  readonly windows: readonly { readonly length: number; readonly goesOn: boolean }[];
  /** seconds between partials */
  readonly every: number;
  /** the window after which the source breaks off, before its final reading */
  readonly breaksOff: number;
  /** partials of a window that were asked for before, but come after it was closed */
  readonly late: number;
}

/** Final and committed text at a moment. */
const settledText = (text: LiveText): string =>
  [plainText(text.segments), text.committed].filter((part) => part !== '').join(' ');

function windowsOf(plan: Plan, speech: readonly TimedWord[]): SpeechWindow[] {
  const windows: SpeechWindow[] = [];
  const end = speech.at(-1)?.end ?? 0;
  let start = 0;
  for (let index = 0; start < end; index++) {
    const { length, goesOn } = plan.windows[index % plan.windows.length]!;
    const before = windows.at(-1);
    const full = start + Math.max(length, 2 * OVERLAP);
    // a pause is where a word ends; without one the window ends anywhere
    const pause = speech.find((word) => word.end >= full)?.end ?? end;
    const isCut = goesOn && full < end;
    const to = isCut ? full : pause;
    const edges = { start, end: to, speechStart: start, speechEnd: to };
    windows.push({
      index,
      samples: new Float32Array(0),
      ...edges,
      ...(before?.goesOnAt === undefined
        ? {}
        : { overlap: { end: before.end, seam: (start + before.end) / 2 } }),
      ...(isCut ? { goesOnAt: to - OVERLAP } : {}),
    });
    start = isCut ? to - OVERLAP : to;
  }
  return windows;
}

/** Plays the speech; each step's settled text goes to `check`. */
function play(speech: readonly TimedWord[], plan: Plan, hearing: Hearing, check: (text: string) => void) {
  const text = createLiveText();
  const windows = windowsOf(plan, speech);
  for (const window of windows) {
    const begun = window.overlap?.end ?? window.start;
    const partial = (until: number) => {
      const part = { ...window, end: until, speechEnd: until };
      const reading = hear(speech, part, text.prefixOf(window.index), hearing);
      return () => {
        text.partial(part, reading);
        check(settledText(text));
      };
    };
    const late: (() => void)[] = [];
    for (let until = begun + plan.every; until < window.end; until += plan.every) {
      const arrives = partial(until);
      if (until + plan.late * plan.every >= window.end) late.push(arrives);
      else arrives();
    }
    const prefix = text.close(window.index);
    for (const arrives of late) arrives();
    if (window.index === plan.breaksOff) break;
    const reading = hear(speech, window, prefix, hearing);
    const added = text.final(window, reading);
    expect(text.segments.slice(text.segments.length - added.length)).toEqual(added);
    check(settledText(text));
  }
  text.finish();
  check(settledText(text));
  expect(text.committed + text.tentative).toBe('');
  expect(checkInvariants(text.segments)).toEqual([]);
  return plainText(text.segments);
}

function speechOf(words: readonly string[], lengths: readonly number[]): TimedWord[] {
  let at = 0;
  return words.map((text, i) => {
    const start = at;
    at = start + lengths[i % lengths.length]!;
    return { text, start, end: at };
  });
}

const anyPlan: fc.Arbitrary<Plan> = fc.record({
  windows: fc.array(fc.record({ length: fc.double({ min: 1, max: 8, noNaN: true }), goesOn: fc.boolean() }), {
    minLength: 1,
    maxLength: 6,
  }),
  every: fc.double({ min: 0.2, max: 1.5, noNaN: true }),
  breaksOff: fc.oneof(fc.constant(-1), fc.integer({ min: 0, max: 4 })),
  late: fc.integer({ min: 0, max: 2 }),
});
const anyLengths = fc.array(fc.double({ min: 0.12, max: 0.5, noNaN: true }), { minLength: 1, maxLength: 9 });
const few = fc.array(fc.constantFrom('the', 'cat', 'sat', 'no', 'a', 'foxes'), { maxLength: 70 });

describe('live text', () => {
  test('whatever was heard and wherever it was cut, what is committed stays and only grows', () => {
    let committed = 0;
    fc.assert(
      fc.property(
        few,
        anyLengths,
        anyPlan,
        fc.double({ min: 0, max: 0.6, noNaN: true }),
        fc.integer(),
        (words, lengths, plan, wrong, seed) => {
          const shown: string[] = [''];
          const hearing = { wrong, pick: mulberry32(seed) };
          const final = play(speechOf(words, lengths), plan, hearing, (text) => {
            expect(text.startsWith(shown.at(-1)!)).toBe(true);
            if (text !== shown.at(-1)) committed++;
            shown.push(text);
          });
          for (const text of shown) expect(final.startsWith(text)).toBe(true);
        },
      ),
      { numRuns: 400 },
    );
    expect(committed).toBeGreaterThan(400);
  });

  test('heard well but for the ends that were cut off, every word is there once, in order', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 80 }),
        anyLengths,
        anyPlan,
        fc.integer(),
        (count, lengths, plan, seed) => {
          const words = Array.from({ length: count }, (_, i) => `w${i}x`);
          const hearing = { wrong: 0, pick: mulberry32(seed) };
          const whole = { ...plan, breaksOff: -1 };
          const final = play(speechOf(words, lengths), whole, hearing, () => undefined);
          expect(final.split(' ')).toEqual(words);
        },
      ),
      { numRuns: 400 },
    );
  });

  test('who never pauses: what was said a few words ago is committed, across windows too', () => {
    const words = Array.from({ length: 120 }, (_, i) => `w${i}x`);
    const speech = speechOf(words, [0.3]);
    const text = createLiveText();
    const hearing = { wrong: 0, pick: mulberry32(7) };
    let behind = 0;
    const plan = { windows: [{ length: 9, goesOn: true }], every: 0.6, late: 0, breaksOff: -1 };
    for (const window of windowsOf(plan, speech)) {
      const begun = window.overlap?.end ?? window.start;
      for (let until = begun + 0.6; until < window.end; until += 0.6) {
        const part = { ...window, end: until };
        text.partial(part, hear(speech, part, text.prefixOf(window.index), hearing));
        const said = speech.filter(({ end }) => end <= until).length;
        const settled = settledText(text).split(' ').length;
        // after a cut, both windows must be agreed on first
        if (until > begun + 1.8) behind = Math.max(behind, said - settled);
      }
      text.final(window, hear(speech, window, text.close(window.index), hearing));
    }
    expect(behind).toBeLessThanOrEqual(4);
    expect(behind).toBeGreaterThan(0);
  });

  test('an engine that does not keep to its prefix: committed text stays, and what it says else is added', () => {
    const text = createLiveText();
    const window = (end: number): SpeechWindow => ({
      index: 0,
      samples: new Float32Array(0),
      start: 0,
      end,
      speechStart: 0,
      speechEnd: end,
    });
    const sure = { wrong: 0, pick: () => 0.99 };
    const said = speechOf(['one', 'two', 'three', 'four', 'five'], [0.5]);
    text.partial(window(1.5), hear(said, window(1.5), [], sure));
    text.partial(window(2), hear(said, window(2), [], sure));
    expect([text.committed, text.tentative]).toEqual(['one two three', 'four']);
    text.partial(window(2.5), hear(speechOf(['no', 'such', 'word'], [0.5]), window(2.5), [], sure));
    expect([text.committed, text.tentative]).toEqual(['one two three', 'four']);
    const other = speechOf(['one', 'too', 'three', 'for', 'five'], [0.5]);
    const added = text.final(window(2.5), hear(other, window(2.5), [], sure));
    expect(plainText(added)).toBe('one two three for five');
  });
});
