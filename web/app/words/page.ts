import { msg, str } from '@lit/localize';

export const pageWords = {
  title: () => msg('Sotto: speech to text on your device', { id: 'page.title' }),
  tagline: () => msg('Speech to text, on your own device', { id: 'page.tagline' }),
  language: () => msg('Language of this page', { id: 'page.language' }),
  sources: () => msg('What to read', { id: 'page.sources' }),
  transcripts: () => msg('Transcripts', { id: 'page.transcripts' }),
  emptyTitle: () => msg('Your transcript appears here', { id: 'page.empty-title' }),
  emptyText: () =>
    msg('Speak, or give it a recording. The text grows as it is read, with times.', {
      id: 'page.empty-text',
    }),
  waiting: (count: number) => msg(str`${count} waiting`, { id: 'page.waiting' }),
  keys: () =>
    msg('Keyboard: Escape stops a recording or cancels the job that has the focus.', { id: 'page.keys' }),
  views: () => msg('Views', { id: 'page.views' }),
  desk: () => msg('Desk', { id: 'page.desk' }),
  captions: () => msg('Live captions', { id: 'page.captions' }),
  settings: () => msg('Settings', { id: 'page.settings' }),
  opening: () => msg('Opening…', { id: 'page.opening' }),
  viewFailed: () =>
    msg('This part of the page could not be fetched. What you do elsewhere on the page goes on.', {
      id: 'page.view-failed',
    }),
  tryAgain: () => msg('Try again', { id: 'page.try-again' }),
  browser: () => msg('What this browser can do', { id: 'page.browser' }),
  embed: () => msg('Sotto on your own page', { id: 'page.embed' }),
  cannotStart: () => msg('Sotto could not start.', { id: 'page.cannot-start' }),
  reload: () => msg('Reload the page', { id: 'page.reload' }),
};
