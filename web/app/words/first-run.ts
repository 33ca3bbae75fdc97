import { msg, str } from '@lit/localize';

export const firstRunWords = {
  title: () => msg('Your own words, in a minute', { id: 'first-run.title' }),
  where: () => msg('It computes here', { id: 'first-run.where' }),
  whereText: () =>
    msg(
      'Sotto writes down what is said, in this browser, on this device. No sound is sent anywhere unless you agree to it.',
      {
        id: 'first-run.where-text',
      },
    ),
  speak: () => msg('Press Record and speak', { id: 'first-run.speak' }),
  speakText: (size: string) =>
    msg(
      str`The demo model starts at once: ${size} with the engine, from this site, once. It learned from synthetic voices, so it gets most of what people say wrong.`,
      { id: 'first-run.speak-text' },
    ),
  words: () => msg('Your words appear here', { id: 'first-run.words' }),
  wordsText: () =>
    msg('While you speak, with times. Then copy them, save them, or speak on.', {
      id: 'first-run.words-text',
    }),
  waiting: () => msg('Go on speaking. The first words come in a moment.', { id: 'first-run.waiting' }),
  straight: (label: string, size: string) =>
    msg(str`Start with ${label} instead (${size})`, { id: 'first-run.straight' }),
  better: () => msg('That was the demo model', { id: 'first-run.better' }),
  betterText: (label: string, size: string, host: string) =>
    msg(
      str`For what people say, ${label} is the better one: ${size} from ${host}, once; then it is kept on this device. Your sound stays here.`,
      { id: 'first-run.better-text' },
    ),
  take: (label: string) => msg(str`Read with ${label} from now on`, { id: 'first-run.take' }),
  done: () => msg('done', { id: 'first-run.done' }),
  close: () => msg('Close', { id: 'first-run.close' }),
};
