import { msg, str } from '@lit/localize';

export const captionWords = {
  title: () => msg('Live captions', { id: 'captions.title' }),
  session: (time: string) => msg(str`Captions ${time}`, { id: 'captions.session' }),
  captions: () => msg('Captions', { id: 'captions.captions' }),
  finalText: () => msg('What was said', { id: 'captions.final-text' }),
  notStarted: () =>
    msg('Captions appear here. Choose what to listen to, then start.', { id: 'captions.not-started' }),
  waitingForWords: () =>
    msg('Listening. The first words appear here in a moment.', { id: 'captions.waiting' }),
  nothingSaid: () => msg('Nothing was said.', { id: 'captions.nothing-said' }),
  toNewest: () => msg('Back to the newest', { id: 'captions.to-newest' }),

  hear: () => msg('Listen to', { id: 'captions.hear' }),
  microphone: () => msg('Microphone', { id: 'captions.microphone' }),
  shared: () => msg('Sound of a tab or of the system', { id: 'captions.shared' }),
  sharedHint: () =>
    msg('The browser asks which. Switch on its sound in that question: what you see is not recorded.', {
      id: 'captions.shared-hint',
    }),
  cannotShare: () =>
    msg('This browser does not share the sound of tabs or of the system.', { id: 'captions.cannot-share' }),
  start: () => msg('Start captions', { id: 'captions.start' }),
  stop: () => msg('Stop', { id: 'captions.stop' }),
  pause: () => msg('Pause', { id: 'captions.pause' }),
  resume: () => msg('Go on', { id: 'captions.resume' }),
  alsoMicrophone: () => msg('Listen to the microphone too', { id: 'captions.also-microphone' }),
  alsoShared: () => msg('Listen to a tab or the system too', { id: 'captions.also-shared' }),

  asking: () => msg('The browser is asking you…', { id: 'captions.asking' }),
  listening: () => msg('Listening', { id: 'captions.listening' }),
  paused: () =>
    msg('Paused. Nothing is heard; the time goes on. Some browsers leave the microphone’s light on.', {
      id: 'captions.paused',
    }),
  finishing: () => msg('Reading the last words…', { id: 'captions.finishing' }),
  ended: () => msg('Ended', { id: 'captions.ended' }),
  behind: (time: string) =>
    msg(
      str`Reading is ${time} behind what is said. Nothing is lost; a smaller model in the settings keeps up better.`,
      { id: 'captions.behind' },
    ),
  pausedSince: (from: string) => msg(str`Paused since ${from}`, { id: 'captions.paused-since' }),
  pausedFor: (from: string, to: string) => msg(str`Paused ${from} – ${to}`, { id: 'captions.paused-for' }),

  notShared: () =>
    msg('Nothing was shared: the browser’s question was closed.', { id: 'captions.not-shared' }),
  noSound: () =>
    msg(
      'The browser shared no sound with it. Try again with a tab and “Also share tab audio” switched on, or the whole screen with its sound. Firefox and Safari share none.',
      { id: 'captions.no-sound' },
    ),
  shareFailed: (detail: string) =>
    msg(str`The sound could not be shared: ${detail}`, { id: 'captions.share-failed' }),
  unshared: () =>
    msg('Sharing was stopped. What was heard until then is kept and read.', { id: 'captions.unshared' }),
  unplugged: () =>
    msg('The microphone was taken away. What was said until then is kept and read.', {
      id: 'captions.unplugged',
    }),

  names: () => msg('Names of the speakers', { id: 'captions.names' }),
  you: () => msg('You', { id: 'captions.you' }),
  others: () => msg('The others', { id: 'captions.others' }),
  nameOfYou: () => msg('At the microphone', { id: 'captions.name-of-you' }),
  nameOfOthers: () => msg('In the tab or system', { id: 'captions.name-of-others' }),

  note: () => msg('Note', { id: 'captions.note' }),
  noteField: () => msg('Note at this moment', { id: 'captions.note-field' }),
  addNote: () => msg('Add note', { id: 'captions.add-note' }),

  look: () => msg('How captions look', { id: 'captions.look' }),
  size: () => msg('Text size', { id: 'captions.size' }),
  sizeOf: (size: number, of: number) => msg(str`${size} of ${of}`, { id: 'captions.size-of' }),
  scheme: () => msg('Colours', { id: 'captions.scheme' }),
  page: () => msg('As the page', { id: 'captions.scheme-page' }),
  whiteOnBlack: () => msg('White on black', { id: 'captions.scheme-white-on-black' }),
  blackOnWhite: () => msg('Black on white', { id: 'captions.scheme-black-on-white' }),
  yellowOnBlack: () => msg('Yellow on black', { id: 'captions.scheme-yellow-on-black' }),
  readAloud: () => msg('Screen readers speak new captions', { id: 'captions.read-aloud' }),

  secondWindow: () => msg('Second window', { id: 'captions.second-window' }),
  bringBack: () => msg('Bring captions back', { id: 'captions.bring-back' }),
  inSecondWindow: () =>
    msg('The captions are in a window of their own, above all others.', { id: 'captions.in-second-window' }),
  noSecondWindow: () =>
    msg('This browser has no second window for captions.', { id: 'captions.no-second-window' }),
  windowRefused: () => msg('The browser did not open a second window.', { id: 'captions.window-refused' }),

  saving: () => msg('Save what was said', { id: 'captions.saving' }),
  kept: () => msg('Kept in the library on this device.', { id: 'captions.kept' }),
  notKept: () =>
    msg('Not kept on this device: save it before you start again or close the page.', {
      id: 'captions.not-kept',
    }),
};
