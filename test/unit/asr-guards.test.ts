import { describe, expect, test } from 'vitest';
import {
  DEFAULT_GUARDS,
  type DecodingGuards,
  guardsFor,
  judge,
  type Outcome,
  triesAll,
} from '../../shared/asr/guards.ts';

const GOOD: Outcome = {
  avgLogprob: -0.3,
  compressionRatio: 1.2,
  noSpeechProb: 0.05,
  looped: false,
  empty: false,
};
const verdict = (changed: Partial<Outcome>, guards: Partial<DecodingGuards> = {}) =>
  judge({ ...GOOD, ...changed }, { ...DEFAULT_GUARDS, ...guards });

test('doubtful text is left out as silence, unless it is to be kept', () => {
  const doubtful: Outcome = { ...GOOD, noSpeechProb: 0.9, avgLogprob: -2 };
  expect(judge(doubtful, guardsFor({}, DEFAULT_GUARDS))).toBe('silence');
  expect(judge(doubtful, guardsFor({ doubtful: 'kept' }, DEFAULT_GUARDS))).toBe('doubted');
  expect(judge(doubtful, guardsFor({ doubtful: 'kept', effort: 'draft' }, DEFAULT_GUARDS))).toBe('doubted');
  const untaught = { ...DEFAULT_GUARDS, noSpeech: undefined };
  expect(judge(doubtful, guardsFor({ doubtful: 'kept' }, untaught))).toBe('doubted');
  // Music without a word is no failure of the engine, whatever is kept.
  const none: Outcome = { ...doubtful, empty: true };
  expect(judge(none, guardsFor({ doubtful: 'kept' }, DEFAULT_GUARDS), 20)).toBe('silence');
});

test("the defaults are the reference's", () => {
  expect(DEFAULT_GUARDS).toMatchObject({
    temperatures: [0, 0.2, 0.4, 0.6, 0.8, 1],
    logprob: -1,
    compressionRatio: 2.4,
    noSpeech: 0.6,
  });
});

describe('a reading', () => {
  test.each<[string, Partial<Outcome>, ReturnType<typeof judge>]>([
    ['probable and plain', {}, 'believed'],
    ['as improbable as is allowed', { avgLogprob: -1 }, 'believed'],
    ['more improbable', { avgLogprob: -1.01 }, 'doubted'],
    ['as repetitive as is allowed', { compressionRatio: 2.4 }, 'believed'],
    ['more repetitive', { compressionRatio: 2.41 }, 'doubted'],
    ['both', { avgLogprob: -2, compressionRatio: 3 }, 'doubted'],
    ['stopped in a loop, though each word was probable', { looped: true }, 'doubted'],
    ['perhaps no speech, but probable', { noSpeechProb: 0.99 }, 'believed'],
    ['perhaps no speech, and improbable', { noSpeechProb: 0.61, avgLogprob: -1.01 }, 'silence'],
    ['as much no speech as is allowed', { noSpeechProb: 0.6, avgLogprob: -1.01 }, 'doubted'],
    [
      'no speech, improbable and repetitive',
      { noSpeechProb: 0.9, avgLogprob: -2, compressionRatio: 9 },
      'silence',
    ],
    ['no speech, improbable, in a loop', { noSpeechProb: 0.9, avgLogprob: -2, looped: true }, 'silence'],
    ['repetitive, perhaps no speech, but probable', { noSpeechProb: 0.9, compressionRatio: 9 }, 'doubted'],
    ['empty', { compressionRatio: 0, avgLogprob: -0.1 }, 'believed'],
  ])('that is %s', (_, changed, expected) => {
    expect(verdict(changed)).toBe(expected);
  });

  test('is judged by the thresholds that were given', () => {
    expect(verdict({ avgLogprob: -1.5 }, { logprob: -2 })).toBe('believed');
    expect(verdict({ compressionRatio: 2 }, { compressionRatio: 1.9 })).toBe('doubted');
    expect(verdict({ avgLogprob: -1.5, noSpeechProb: 0.3 }, { noSpeech: 0.2 })).toBe('silence');
    expect(verdict({ avgLogprob: -50 }, { logprob: Number.NEGATIVE_INFINITY })).toBe('believed');
  });
});

describe('ten seconds of clear speech', () => {
  const none: Outcome = { ...GOOD, empty: true, compressionRatio: 0, avgLogprob: -0.1 };
  test.each<[string, Partial<Outcome>, number, ReturnType<typeof judge>]>([
    ['no text at all', {}, 10, 'missing'],
    ['no text, less speech', {}, 9.9, 'believed'],
    ['no text, and the model says no speech', { noSpeechProb: 0.61 }, 10, 'silence'],
    ['no text, and the model half says no speech', { noSpeechProb: 0.6 }, 10, 'missing'],
    ['no text, improbable', { avgLogprob: -3 }, 10, 'missing'],
    ['no text, improbable, no speech', { avgLogprob: -3, noSpeechProb: 0.7 }, 10, 'silence'],
    ['a text', { empty: false, compressionRatio: 1 }, 10, 'believed'],
  ])('with %s', (_, changed, seconds, expected) => {
    expect(judge({ ...none, ...changed }, DEFAULT_GUARDS, seconds)).toBe(expected);
  });

  test('are as many as is said', () => {
    expect(judge(none, { ...DEFAULT_GUARDS, clearSpeech: 3 }, 3)).toBe('missing');
  });
});

describe('a model that never learnt <|nospeech|>', () => {
  const guards = { ...DEFAULT_GUARDS, noSpeech: undefined };
  test.each<[string, Partial<Outcome>, number, ReturnType<typeof judge>]>([
    ['improbable', { avgLogprob: -1.01 }, 0, 'silence'],
    ['improbable, though clear speech was heard', { avgLogprob: -1.01 }, 10, 'doubted'],
    ['probable', { noSpeechProb: 0.99 }, 0, 'believed'],
    ['repetitive', { compressionRatio: 3 }, 0, 'doubted'],
    ['empty, though clear speech was heard', { empty: true }, 10, 'missing'],
  ])('and a reading that is %s', (_, changed, seconds, expected) => {
    expect(judge({ ...GOOD, ...changed }, guards, seconds)).toBe(expected);
  });
});

test('a temperature above 0 stands alone, a draft is one attempt, the rest climbs the ladder', () => {
  const ladder = (options: Parameters<typeof guardsFor>[0]) =>
    guardsFor(options, DEFAULT_GUARDS).temperatures;
  expect(ladder({ temperature: 0.3 })).toEqual([0.3]);
  expect(ladder({ temperature: 0.3, effort: 'draft' })).toEqual([0.3]);
  expect(ladder({ effort: 'draft' })).toEqual([0]);
  expect(ladder({ temperature: 0 })).toEqual(DEFAULT_GUARDS.temperatures);
  expect(ladder({})).toEqual(DEFAULT_GUARDS.temperatures);
  expect([{}, { temperature: 0.3 }, { effort: 'draft' } as const].map(triesAll)).toEqual([
    true,
    false,
    false,
  ]);
});
