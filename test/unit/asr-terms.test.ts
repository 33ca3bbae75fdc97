/** Likely terms: which tokens are raised and when, and what that does to the fixtures' texts. */
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { DEFAULT_GUARDS } from '../../shared/asr/guards.ts';
import type { TokenizerPort } from '../../shared/asr/sessions.ts';
import { createTerms } from '../../shared/asr/terms.ts';
import { chooseToken } from '../../shared/asr/timestamps.ts';
import { createWhisper, type WhisperModel } from '../../shared/asr/whisper.ts';
import { loadTestModel, testInfo } from '../support/models.ts';
import { loadFixture } from '../support/pcm.ts';
import { type SentenceWindow, sentenceWindows } from '../support/sentence-windows.ts';
import { words } from '../support/wer.ts';

const SPACED = 100_000;
/** A token a letter, a space and letter being one too: ids of " a" are those of "a" with 100,000 more. */
const letters: TokenizerPort = {
  encode: (text) =>
    [...text.matchAll(/ ?[^ ]/g)].map(
      ([part]) => part.trim().charCodeAt(0) + (part.startsWith(' ') ? SPACED : 0),
    ),
  decode: (tokens) =>
    tokens.map((token) => (token > SPACED ? ' ' : '') + String.fromCharCode(token % SPACED)).join(''),
  idOf: () => undefined,
};
const BONUS = { first: 4, further: 2 };
const termsOf = (...terms: string[]) => createTerms(terms, letters, BONUS)!;
/** token text to bonus, after a text */
const raised = (terms: ReturnType<typeof termsOf>, text: string) =>
  Object.fromEntries(
    [...terms.after(letters.encode(text))].map(([id, bonus]) => [letters.decode([id]), bonus]),
  );

describe('the tree', () => {
  test('raises beginnings where a word may begin, in proportion to their letters', () => {
    expect(raised(termsOf('ab'), '')).toEqual({ ' a': 2, a: 2, ' A': 2, A: 2 });
    // in the middle of a word only what comes after a space
    expect(raised(termsOf('ab'), 'x')).toEqual({ ' a': 2, ' A': 2 });
    expect(raised(termsOf('ab'), 'x-')).toEqual({ ' a': 2, a: 2, ' A': 2, A: 2 });
    // a whole term at once gets the whole of it
    expect(raised(termsOf('a'), 'x')).toEqual({ ' a': 4, ' A': 4 });
  });

  test('raises what goes on with a term once it is begun, and no more when it has broken off or is done', () => {
    const terms = termsOf('abc', 'abd', 'x y');
    const begin = raised(terms, 'q');
    expect(raised(terms, 'q ab')).toEqual({ ...begin, c: 2, d: 2 });
    expect(raised(terms, 'q ax')).toEqual(begin);
    expect(raised(terms, 'q abc')).toEqual(begin);
    expect(raised(terms, 'q x')).toEqual({ ...begin, ' y': 2 });
    // not inside another word
    expect(raised(terms, 'qab')).toEqual(begin);
  });

  test('goes on with a capital at the beginning', () => {
    expect(raised(termsOf('abc'), 'Ab')).toMatchObject({ c: 2 });
  });

  test('begins a term after any letter in scripts that put no spaces', () => {
    const bonuses = raised(termsOf('\u6771'), '\u4eac');
    expect(Object.keys(bonuses)).toContain('\u6771');
  });

  test('is none without terms', () => {
    expect(createTerms([], letters, BONUS)).toBeUndefined();
    expect(createTerms([' ', ''], letters, BONUS)).toBeUndefined();
  });

  test('gives every token of a term a bonus along its path, and never more than the larger of both', () => {
    const term = fc.stringMatching(/^[a-d]{1,5}( [a-d]{1,5})?$/);
    fc.assert(
      fc.property(fc.array(term, { minLength: 1, maxLength: 6 }), fc.nat(), (list, pick) => {
        const terms = termsOf(...list);
        const path = letters.encode(` ${list[pick % list.length]}`);
        path.forEach((token, at) => {
          const bonuses = terms.after([...letters.encode(' q'), ...path.slice(0, at)]);
          expect(bonuses.get(token)).toBeGreaterThan(0);
          for (const bonus of bonuses.values()) expect(bonus).toBeLessThanOrEqual(4);
        });
      }),
    );
  });
});

describe('the choice', () => {
  /** text 0..7, end 8, timestamps 10.. */
  const RULES = { end: 8, timestampBegin: 10, maxInitialTimestamp: 0, suppress: [7], suppressFirst: [] };
  const logits = (values: Readonly<Record<number, number>>) => {
    const row = new Float32Array(16).fill(-20);
    for (const [id, value] of Object.entries(values)) row[Number(id)] = value;
    return row;
  };
  const choose = (values: Readonly<Record<number, number>>, bonuses: Readonly<Record<number, number>>) =>
    chooseToken(
      logits(values),
      [10],
      RULES,
      16,
      undefined,
      new Map(Object.entries(bonuses).map(([id, bonus]) => [Number(id), bonus])),
    )!;

  test('goes to what is raised above the rest, with its own log-probability', () => {
    const { token, logprob } = choose({ 1: 2, 2: 1 }, { 2: 1.5 });
    expect(token).toBe(2);
    expect(logprob).toBeCloseTo(1 - Math.log(Math.exp(2) + Math.exp(1)), 5);
    expect(choose({ 1: 2, 2: 1 }, { 2: 0.9 }).token).toBe(1);
    expect(choose({ 1: 2, 2: 1.5 }, { 1: 3, 2: 1 }).token).toBe(1);
  });

  test('is not touched where the model would end, or give a time', () => {
    expect(choose({ 8: 2, 2: 1.9 }, { 2: 9 }).token).toBe(8);
    const times = { 2: 1, 11: 0.5, 12: 0.5, 13: 0.5 };
    expect(
      chooseToken(logits(times), [10, 1], RULES, 16, undefined, new Map([[2, 9]]))!.token,
    ).toBeGreaterThan(10);
  });

  test('never goes to what is forbidden', () => {
    expect(choose({ 1: 2, 7: 1.9 }, { 7: 9 }).token).toBe(1);
  });

  test('is drawn by the raised probabilities, and leaves the logits as they were', () => {
    const row = logits({ 1: 2, 2: 1 });
    const before = row.slice();
    before[7] = Number.NEGATIVE_INFINITY; // suppressed
    const share = (bonuses?: ReadonlyMap<number, number>) => {
      let seconds = 0;
      for (let i = 0; i < 200; i++) {
        const sampling = { temperature: 1, random: () => (i + 0.5) / 200 };
        if (chooseToken(row, [10], RULES, 16, sampling, bonuses)!.token === 2) seconds++;
      }
      return seconds / 200;
    };
    expect(share()).toBeCloseTo(1 / (1 + Math.E), 1);
    expect(share(new Map([[2, 2]]))).toBeCloseTo(Math.E / (1 + Math.E), 1);
    expect(row).toEqual(before);
  });
});

describe('on the fixtures', () => {
  const MODEL = 'sotto-demo-en';
  let model: WhisperModel;
  let windows: SentenceWindow[];
  beforeAll(async () => {
    model = await loadTestModel(MODEL);
    windows = await sentenceWindows();
  }, 120_000);

  async function read(chosen: readonly SentenceWindow[], terms?: readonly string[]) {
    const engine = createWhisper(model, testInfo(MODEL, model.config, 8));
    const readings = await engine.run({
      windows: chosen.map(({ samples }) => ({ samples })),
      options: { task: 'transcribe', ...(terms === undefined ? {} : { terms }) },
    });
    return readings.map(({ segments }) => words(segments.map(({ text }) => text).join(' ')).join(' '));
  }
  const saying = (text: string) => windows.find((window) => window.text === text)!;

  test.each([
    ['George painted the door blue.', ['George'], /^julia/],
    ['Step forty six, measure the dog.', ['dog'], /door$/],
    ['San Francisco is in Norway.', ['San Francisco', 'Norway'], /^send/],
  ])('%s is right with its terms, and wrong without', async (text, terms, wrong) => {
    const window = saying(text);
    expect(await read([window])).toEqual([expect.stringMatching(wrong)]);
    expect(await read([window], terms)).toEqual([words(text).join(' ')]);
  });

  test('terms that nobody says change nothing', { timeout: 120_000 }, async () => {
    const unrelated = [
      'Kubernetes',
      'Zagreb',
      'Okonkwo',
      'Siobhan',
      'Wroclaw',
      'amoxicillin',
      'Sotto',
      'tachycardia',
      'Montreal',
      'Edinburgh',
      'Patricia',
    ];
    // Every second one: all of them (97) were read once without a difference.
    const some = windows.filter((_, index) => index % 2 === 0);
    const plain = await read(some);
    expect(plain.length).toBeGreaterThan(30);
    expect(await read(some, unrelated)).toEqual(plain);
  });

  test('silence and noise do not become terms', async () => {
    const engine = createWhisper(model, testInfo(MODEL, model.config), {
      guards: { termBonus: { first: 20, further: 20 } },
    });
    const near = Float32Array.from({ length: 80_000 }, (_, i) => 1e-4 * Math.sin(i * i));
    const sounds = [near, (await loadFixture('noise.flac')).slice(0, 160_000)];
    for (const samples of sounds) {
      const [reading] = await engine.run({
        windows: [{ samples }],
        options: { task: 'transcribe', terms: ['George', 'Boston', 'door'] },
      });
      expect(reading!.segments).toEqual([]);
    }
    expect(DEFAULT_GUARDS.termBonus.first).toBeLessThan(20);
  });
});
