import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../shared/asr/catalogue.ts';
import { languageName, spokenLanguage } from '../../web/app/model-choice.ts';

describe('the spoken language', () => {
  const many = { languages: ['en', 'de', 'zh'] };

  it('is the one that was chosen, else the first that the visitor prefers, else English', () => {
    expect(spokenLanguage(many, 'zh', ['de-CH', 'en'])).toBe('zh');
    expect(spokenLanguage(many, undefined, ['fr', 'de-CH', 'en'])).toBe('de');
    expect(spokenLanguage(many, undefined, ['fr'])).toBe('en');
  });

  it('is the model’s own where it knows no other', () => {
    expect(spokenLanguage({ languages: ['en'] }, 'de', ['zh-CN'])).toBe('en');
    expect(spokenLanguage({ languages: ['ja'] }, 'de', ['zh-CN'])).toBe('ja');
  });

  it('has a name in both languages of the page, for every language of every model', () => {
    for (const code of new Set(CATALOGUE.flatMap(({ languages }) => languages))) {
      for (const locale of ['en', 'zh-Hans']) expect(languageName(code, locale), code).not.toBe('');
    }
    expect(languageName('de', 'zh-Hans')).toBe('德语');
  });
});
