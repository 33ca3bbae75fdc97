import { msg, str } from '@lit/localize';

export const privacyWords = {
  stays: () => msg('What stays here', { id: 'privacy.stays' }),
  staysSound: () =>
    msg('Your sound and its text. It is read on this device, unless you agree to send the sound away.', {
      id: 'privacy.stays-sound',
    }),
  staysKept: () =>
    msg(
      'Recordings, texts, models and these settings are kept in this browser alone. They are not encrypted: who can use this browser can open them.',
      {
        id: 'privacy.stays-kept',
      },
    ),
  staysNobody: () =>
    msg('There are no cookies, no accounts, no statistics, and nothing from other sites on this page.', {
      id: 'privacy.stays-nobody',
    }),
  leaves: () => msg('What leaves', { id: 'privacy.leaves' }),
  leavesPage: (host: string) =>
    msg(
      str`This page and its parts come from ${host}, which sees what any web server sees: your address on the network and your browser’s name.`,
      {
        id: 'privacy.leaves-page',
      },
    ),
  leavesModel: (host: string) =>
    msg(
      str`When you choose a model that this site does not have, ${host} and where it keeps its files see that somebody at your address fetches it.`,
      {
        id: 'privacy.leaves-model',
      },
    ),
  leavesUrl: () =>
    msg(
      'When you give the address of a recording, your browser asks that site for it, as if you had opened it.',
      {
        id: 'privacy.leaves-url',
      },
    ),
  leavesSound: (host: string) =>
    msg(
      str`Only if you agreed: the parts of your sound with speech, the text just before each, and the words and names that may come up go to ${host}, and the text comes back. What becomes of them there is for its operator to say.`,
      {
        id: 'privacy.leaves-sound',
      },
    ),
  leavesNoSound: () =>
    msg('Sound is sent nowhere: this site offers no server for it.', { id: 'privacy.leaves-no-sound' }),

  log: () => msg('What was sent from this browser', { id: 'privacy.log' }),
  logAbout: () =>
    msg(
      'Noted on this device as it happens: when, where to and how much, never what was said. Parts of the page itself are not listed.',
      {
        id: 'privacy.log-about',
      },
    ),
  nothing: () => msg('Nothing was ever sent from this browser.', { id: 'privacy.nothing' }),
  begun: (date: string) => msg(str`This list was begun on ${date}.`, { id: 'privacy.begun' }),
  nothingSince: (date: string) => msg(str`Nothing was sent since ${date}.`, { id: 'privacy.nothing-since' }),
  since: (date: string) => msg(str`Since ${date}`, { id: 'privacy.since' }),
  dropped: (count: number) =>
    msg(str`${count} older lines made room for later ones.`, { id: 'privacy.dropped' }),
  notLasting: () =>
    msg('This browser keeps nothing for this page: only this visit is noted.', { id: 'privacy.not-lasting' }),
  clear: () => msg('Clear the list', { id: 'privacy.clear' }),
  when: () => msg('When', { id: 'privacy.when' }),
  whereTo: () => msg('Where to', { id: 'privacy.where-to' }),
  what: () => msg('What', { id: 'privacy.what' }),
  until: (from: string, to: string) => msg(str`${from} to ${to}`, { id: 'privacy.until' }),
  sound: (length: string, windows: number) =>
    msg(str`Sound: ${length} in ${windows} pieces`, { id: 'privacy.sound' }),
  connected: () => msg('A connection for sound; none was sent', { id: 'privacy.connected' }),
  model: (name: string, size: string, requests: number) =>
    msg(str`Files of ${name}: ${requests} requests, ${size} came back`, { id: 'privacy.model' }),
  address: (url: string) => msg(str`An address you gave: ${url}`, { id: 'privacy.address' }),
  addressTimes: (url: string, times: number) =>
    msg(str`An address you gave: ${url} (${times} times)`, { id: 'privacy.address-times' }),
};
