import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WindowReading } from '../../shared/asr/engine.ts';
import {
  elect,
  foundLanguage,
  heard,
  languageFor,
  startLanguage,
  type Vote,
  windowsToHear,
} from '../../shared/pipeline/job-language.ts';
import { carryOver } from '../../shared/pipeline/previous-text.ts';

const reading = (text: string, language?: WindowReading['language'], temperature = 0): WindowReading => ({
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
  ...(language === undefined ? {} : { language }),
});

describe('an election', () => {
  it.each<[string, Vote[], string | undefined, number]>([
    ['nobody', [], undefined, 0],
    ['one', [{ code: 'de', probability: 0.7, seconds: 3 }], 'de', 0.7],
    [
      'a long one and two short ones',
      [
        { code: 'en', probability: 0.9, seconds: 1 },
        { code: 'en', probability: 0.9, seconds: 1 },
        { code: 'de', probability: 0.8, seconds: 8 },
      ],
      'de',
      0.64,
    ],
    [
      'a sure one and an unsure one',
      [
        { code: 'fr', probability: 0.3, seconds: 5 },
        { code: 'it', probability: 0.9, seconds: 5 },
      ],
      'it',
      0.45,
    ],
    [
      'two alike',
      [
        { code: 'pt', probability: 0.5, seconds: 2 },
        { code: 'es', probability: 0.5, seconds: 2 },
      ],
      'pt',
      0.25,
    ],
    ['one of no length', [{ code: 'de', probability: 0.7, seconds: 0 }], undefined, 0],
  ])('of %s', (_, votes, code, probability) => {
    const elected = elect(votes);
    expect(elected?.code).toBe(code);
    if (code !== undefined) expect(elected!.probability).toBeCloseTo(probability, 9);
  });

  it('gives a probability, and one of the codes that were heard', () => {
    const vote = fc.record({
      code: fc.constantFrom('en', 'de', 'yue'),
      probability: fc.double({ min: 0, max: 1, noNaN: true }),
      seconds: fc.double({ min: 0.01, max: 30, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(vote, { minLength: 1, maxLength: 5 }), (votes) => {
        const { code, probability } = elect(votes)!;
        expect(votes.map((each) => each.code)).toContain(code);
        expect(probability).toBeGreaterThanOrEqual(0);
        expect(probability).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('a language', () => {
  it.each([undefined, 'auto'])('is listened for when the job says %s', (asked) => {
    const state = startLanguage(asked);
    expect(languageFor(state)).toBe('auto');
    expect(windowsToHear(state)).toBe(3);
  });

  it('that is given stays, whatever is heard', () => {
    const state = heard(startLanguage('fr'), reading('a', { code: 'de', probability: 1 }), 5);
    expect(languageFor(state)).toBe('fr');
    expect(windowsToHear(state)).toBe(Number.POSITIVE_INFINITY);
    expect(foundLanguage(state)).toBeUndefined();
  });

  it('is not heard in windows without text', () => {
    const state = heard(startLanguage('auto'), reading('', { code: 'de', probability: 1 }), 5);
    expect(windowsToHear(state)).toBe(3);
    expect(foundLanguage(state)).toBeUndefined();
  });

  it('is settled after three, and not changed by a fourth', () => {
    let state = startLanguage('auto');
    for (const code of ['en', 'en', 'de', 'de', 'de']) {
      state = heard(state, reading('a', { code, probability: 0.9 }), 5);
    }
    expect(languageFor(state)).toBe('en');
    expect(foundLanguage(state)?.probability).toBeCloseTo(0.6, 9);
  });
});

describe('previous text', () => {
  it('is kept to its end, from a whole word on', () => {
    const long = carryOver('word '.repeat(600), reading('The end.'));
    expect(long.length).toBeLessThanOrEqual(2000);
    expect(long).toMatch(/^word word .* The end\.$/);
    expect(carryOver('\u6771'.repeat(3000), reading('\u4eac')).length).toBeGreaterThan(1900);
  });

  it('is forgotten after a text that was drawn at more than 0.5', () => {
    expect(carryOver('Before.', reading('Drawn.', undefined, 0.6))).toBe('');
    expect(carryOver('Before.', reading('Drawn.', undefined, 0.4))).toBe('Before. Drawn.');
    expect(carryOver('Before.', reading(''))).toBe('Before.');
  });
});
