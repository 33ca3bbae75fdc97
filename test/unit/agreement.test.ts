import { describe, expect, test } from 'vitest';
import type { WindowReading } from '../../shared/asr/engine.ts';
import { type Agreement, agree, NOTHING_AGREED } from '../../shared/transcript/agreement.ts';
import { plainText } from '../../shared/transcript/transcript.ts';
import { readingOf, TIMESTAMPS, timestamp, tokenOf } from '../support/synthetic-speech.ts';

/** Pieces divided by `|`, timestamps as `<1.5>`. */
function said(script: string): WindowReading {
  const tokens = script
    .split('|')
    .map((piece) => (/^<[\d.]+>$/.test(piece) ? timestamp(Number(piece.slice(1, -1))) : tokenOf(piece)));
  return readingOf(tokens, 10);
}

function agreedOn(...readings: readonly WindowReading[]): { text: string; agreement: Agreement } {
  const agreement = readings.reduce(agree, NOTHING_AGREED);
  return { text: plainText(readings.at(-1)!.segments).slice(0, agreement.length), agreement };
}

describe('local agreement', () => {
  test('one reading agrees with nobody', () => {
    expect(agreedOn(said('<0>| the| cat| sat')).text).toBe('');
  });

  test('what two begin with is committed, but for the last word of the newer', () => {
    const { text, agreement } = agreedOn(said('<0>| the| cat| sat'), said('<0>| the| cat| sat| on'));
    expect(text).toBe('the cat sat');
    expect(agreement.prefix).toEqual(said('<0>| the| cat| sat').tokens);
    expect(agreedOn(said('<0>| the| cat| sat'), said('<0>| the| cat| sat')).text).toBe('the cat');
  });

  test('what comes after the first difference is not, though it is alike', () => {
    expect(agreedOn(said('<0>| the| cat| sat| on'), said('<0>| the| bat| sat| on')).text).toBe('the');
  });

  test('timestamps are not compared; those of the newer reading are kept', () => {
    const { text, agreement } = agreedOn(
      said('<0.2>| the| cat|<1>|<1>| sat'),
      said('<0.3>| the| cat|<1.1>|<1.2>| sat| on|<2>'),
    );
    expect(text).toBe('the cat sat');
    expect(agreement.prefix).toEqual(said('<0.3>| the| cat|<1.1>|<1.2>| sat').tokens);
    expect(agreedOn(said('<0>| the| cat'), said('<0>| the| cat|<1>|<1>| sat')).text).toBe('the cat');
  });

  test('never a part of a word, of either reading', () => {
    expect(agreedOn(said('<0>| a| wal|king'), said('<0>| a| wal|nut| tree')).text).toBe('a');
    expect(agreedOn(said('<0>| a| wal|king'), said('<0>| a| wal| tree')).text).toBe('a');
    expect(agreedOn(said('<0>| a| wal'), said('<0>| a| wal|king| tree')).text).toBe('a');
  });

  test('punctuation is committed with its word, when both agree on it; never at the end that is cut off', () => {
    expect(agreedOn(said('<0>| yes|,| it| is'), said('<0>| yes|,| it| was| so')).text).toBe('yes, it');
    expect(agreedOn(said('<0>| yes|.'), said('<0>| yes| it| was')).text).toBe('yes');
    expect(agreedOn(said('<0>| yes| it'), said('<0>| yes|,| it| was')).text).toBe('');
    expect(agreedOn(said('<0>| oh| yes| ...'), said('<0>| oh| yes| ...')).text).toBe('oh');
    expect(agreedOn(said('<0>| oh| "|yes|"| he'), said('<0>| oh| "|yes|"| he| said')).text).toBe(
      'oh "yes" he',
    );
  });

  test('scripts without spaces: each letter is a word, its punctuation is not', () => {
    expect(agreedOn(said('<0>|你|好|，|世'), said('<0>|你|好|，|世|界')).text).toBe('你好，世');
    expect(agreedOn(said('<0>|你|好|。'), said('<0>|你|好|，|世|界')).text).toBe('你');
  });

  test('it grows with each reading that begins with what is committed, and never shrinks', () => {
    const first = said('<0>| the| cat| sat');
    const second = said('<0>| the| cat| sad');
    const third = said('<0>| the| cat| sat| on| mats');
    const fourth = said('<0>| the| cat| sat| on| mats| a');
    expect(agreedOn(first, second).text).toBe('the cat');
    expect(agreedOn(first, second, third).text).toBe('the cat');
    expect(agreedOn(first, second, third, fourth).text).toBe('the cat sat on mats');
    const other = said('<0>| a| dog');
    const { agreement } = agreedOn(first, second);
    expect(agree(agreement, other)).toBe(agreement);
    expect(agree(agreement, said('<0>| the| cat')).prefix).toEqual(agreement.prefix);
  });

  test('an engine that does not say which tokens say what commits nothing', () => {
    const { segments, ...rest } = said('<0>| the| cat| sat| on');
    const bare = { ...rest, segments: segments.map(({ pieces: _, ...segment }) => segment) };
    expect([bare, bare, bare].reduce(agree, NOTHING_AGREED)).toBe(NOTHING_AGREED);
    expect(bare.tokens[0]).toBe(TIMESTAMPS);
  });
});
