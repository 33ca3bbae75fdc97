import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../shared/asr/catalogue.ts';
import { languageName, namedLanguages } from '../../web/app/model-choice.ts';
import { AUTO, optionsOf, spokenFor, termsOf } from '../../web/app/reading-choice.ts';

describe('the spoken language', () => {
  const many = { languages: ['en', 'de', 'zh'], translates: true };

  it('is the one that was chosen, where the model knows it; otherwise the model finds out', () => {
    expect(spokenFor(many, 'zh')).toBe('zh');
    expect(spokenFor(many, AUTO)).toBe(AUTO);
    expect(spokenFor(many, 'fr')).toBe(AUTO);
  });

  it('is the model’s own where it knows no other', () => {
    expect(spokenFor({ languages: ['en'] }, 'de')).toBe('en');
    expect(spokenFor({ languages: ['ja'] }, AUTO)).toBe('ja');
  });

  it('is named, and languages stand in the order of their names', () => {
    expect(namedLanguages(many, 'en').map(({ name }) => name)).toEqual(['Chinese', 'English', 'German']);
    expect(namedLanguages({ languages: ['zh', 'de'] }, 'zh-Hans').map(({ code }) => code)).toEqual([
      'de',
      'zh',
    ]);
  });

  it('has a name in both languages of the page, for every language of every model', () => {
    for (const code of new Set(CATALOGUE.flatMap(({ languages }) => languages))) {
      for (const locale of ['en', 'zh-Hans']) expect(languageName(code, locale), code).not.toBe('');
    }
    expect(languageName('de', 'zh-Hans')).toBe('德语');
  });
});

describe('what is chosen becomes options', () => {
  const many = { languages: ['en', 'de'], translates: true };
  const english = { languages: ['en'], translates: false };

  it('as far as the model can do it', () => {
    const choice = { spoken: 'de', translate: true, terms: 'Sotto', doubtful: 'left-out' } as const;
    expect(optionsOf(choice, many)).toEqual({
      language: 'de',
      task: 'translate',
      terms: ['Sotto'],
      times: 'word',
    });
    expect(optionsOf(choice, english)).toEqual({
      language: 'en',
      task: 'transcribe',
      terms: ['Sotto'],
      times: 'word',
    });
    expect(optionsOf({ ...choice, terms: ' \n,' }, english)).not.toHaveProperty('terms');
    expect(optionsOf({ ...choice, doubtful: 'kept' }, many)).toMatchObject({ doubtful: 'kept' });
  });

  it('terms: one a line or between commas, each once, none without end', () => {
    expect(termsOf(' Sotto ,Ms  Ng\nSotto，语音；WebGPU')).toEqual(['Sotto', 'Ms Ng', '语音', 'WebGPU']);
    expect(termsOf('x'.repeat(61))).toEqual([]);
    expect(termsOf(Array.from({ length: 300 }, (_, i) => `t${i}`).join('\n'))).toHaveLength(100);
  });
});
