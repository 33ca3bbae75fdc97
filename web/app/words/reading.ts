import { msg, str } from '@lit/localize';

export const readingWords = {
  title: () => msg('How it is read', { id: 'reading.title' }),
  spoken: () => msg('Spoken language', { id: 'reading.spoken' }),
  detect: () => msg('Detect it', { id: 'reading.detect' }),
  translate: () => msg('Write it in English, whatever is spoken', { id: 'reading.translate' }),
  terms: () => msg('Words and names that may come up', { id: 'reading.terms' }),
  termsHint: () =>
    msg('One a line, or between commas. They are spelled as here when they are heard.', {
      id: 'reading.terms-hint',
    }),
  later: () => msg('Holds for what you give from now on.', { id: 'reading.later' }),
  detected: (language: string, percent: string) =>
    msg(str`Heard as ${language} (${percent} sure).`, { id: 'reading.detected' }),
  wrong: () => msg('Not right? Read it again as', { id: 'reading.wrong' }),
  choose: () => msg('Choose a language', { id: 'reading.choose' }),
};
