import { msg, str } from '@lit/localize';

export const settingsWords = {
  sections: () => msg('Sections of the settings', { id: 'settings.sections' }),
  models: () => msg('Models', { id: 'settings.models' }),
  device: () => msg('Where it runs', { id: 'settings.device' }),
  reading: () => msg('How it is read', { id: 'settings.reading' }),
  files: () => msg('Keeping and files', { id: 'settings.files' }),
  looks: () => msg('Appearance', { id: 'settings.looks' }),
  keys: () => msg('Keyboard', { id: 'settings.keys' }),
  privacy: () => msg('Privacy', { id: 'settings.privacy' }),

  modelsAbout: (host: string) =>
    msg(
      str`A model turns speech into text. It is fetched once, from this site or from ${host}, and kept in this browser.`,
      { id: 'settings.models-about' },
    ),
  more: (count: number) => msg(str`More models (${count})`, { id: 'settings.more' }),
  looking: () => msg('Looking at what is here…', { id: 'settings.looking' }),
  none: () => msg('Not on this device', { id: 'settings.none' }),
  part: () => msg('Partly on this device', { id: 'settings.part' }),
  cpu: () => msg('On this device, for the CPU only', { id: 'settings.cpu' }),
  whole: () => msg('On this device', { id: 'settings.whole' }),
  takes: (size: string) => msg(str`takes ${size}`, { id: 'settings.takes' }),
  toFetch: (size: string) => msg(str`${size} to download`, { id: 'settings.to-fetch' }),
  toFetchMore: (size: string) => msg(str`${size} more to download`, { id: 'settings.to-fetch-more' }),
  licence: (name: string) => msg(str`Licence: ${name}`, { id: 'settings.licence' }),
  translates: () => msg('Can write English', { id: 'settings.translates' }),
  wordTimes: () => msg('Times of words', { id: 'settings.word-times' }),
  get: () => msg('Download', { id: 'settings.get' }),
  getNamed: (name: string) => msg(str`Download ${name}`, { id: 'settings.get-named' }),
  goOn: () => msg('Download the rest', { id: 'settings.go-on' }),
  goOnNamed: (name: string) => msg(str`Download the rest of ${name}`, { id: 'settings.go-on-named' }),
  useNamed: (name: string) => msg(str`Use ${name}`, { id: 'settings.use-named' }),
  use: () => msg('Use', { id: 'settings.use' }),
  verify: () => msg('Check', { id: 'settings.verify' }),
  verifyNamed: (name: string) => msg(str`Check the files of ${name}`, { id: 'settings.verify-named' }),
  remove: () => msg('Delete', { id: 'settings.remove' }),
  removeNamed: (name: string) => msg(str`Delete ${name} from this device`, { id: 'settings.remove-named' }),
  removeAsk: (size: string) => msg(str`Delete it and free ${size}?`, { id: 'settings.remove-ask' }),
  removeInUse: () =>
    msg('It is the model in use: it would be downloaded again when something is next read.', {
      id: 'settings.remove-in-use',
    }),
  removeYes: () => msg('Delete it', { id: 'settings.remove-yes' }),
  keepIt: () => msg('Keep it', { id: 'settings.keep-it' }),
  working: () =>
    msg('Something is being read with it: it cannot be deleted now.', { id: 'settings.working' }),
  cancel: () => msg('Cancel', { id: 'settings.cancel' }),
  cancelNamed: (name: string) => msg(str`Cancel: ${name}`, { id: 'settings.cancel-named' }),
  downloading: (name: string) => msg(str`Downloading ${name}`, { id: 'settings.downloading' }),
  verifying: (name: string) => msg(str`Checking the files of ${name}`, { id: 'settings.verifying' }),
  filesDone: (done: number, total: number) =>
    msg(str`${done} of ${total} files`, { id: 'settings.files-done' }),
  deleting: () => msg('Deleting…', { id: 'settings.deleting' }),
  downloaded: () => msg('It is here now, and is read with when you use it.', { id: 'settings.downloaded' }),
  stopped: () => msg('Stopped. Files that are whole stay.', { id: 'settings.stopped' }),
  noRoom: () =>
    msg(
      'It could not be kept: there is no room, or this browser keeps nothing. Delete something and try again.',
      {
        id: 'settings.no-room',
      },
    ),
  same: (count: number) => msg(str`${count} files checked: each is as it came.`, { id: 'settings.same' }),
  lengths: (count: number) =>
    msg(str`Of ${count} only the length could be compared.`, { id: 'settings.lengths' }),
  damaged: (count: number) =>
    msg(str`Damaged files: ${count}. What is read with it may be wrong.`, { id: 'settings.damaged' }),
  mend: () => msg('Fetch them again', { id: 'settings.mend' }),
  deleted: () => msg('Deleted.', { id: 'settings.deleted' }),
  used: (models: string, all: string, quota: string) =>
    msg(str`Models take ${models}. This site takes ${all} of the ${quota} it may.`, { id: 'settings.used' }),
  usedModels: (models: string) => msg(str`Models take ${models}.`, { id: 'settings.used-models' }),

  noServer: () =>
    msg('This site offers no server: everything is computed on this device.', { id: 'settings.no-server' }),
  order: () => msg('In this order', { id: 'settings.order' }),
  runs: () => msg('in use', { id: 'settings.runs' }),
  starting: () => msg('being started', { id: 'settings.starting' }),
  waits: () => msg('not needed so far', { id: 'settings.waits' }),
  left: (why: string) => msg(str`left: ${why}`, { id: 'settings.left' }),
  withoutModel: () => msg('it does not have the model in use', { id: 'settings.without-model' }),
  facts: () => msg('What this browser says it has', { id: 'settings.facts' }),
  gpu: () => msg('GPU (WebGPU)', { id: 'settings.gpu' }),
  gpuNoApi: () => msg('this browser has no WebGPU', { id: 'settings.gpu-no-api' }),
  gpuNoAdapter: () => msg('WebGPU, but no GPU it may use', { id: 'settings.gpu-no-adapter' }),
  software: () => msg('computed by the CPU, slow', { id: 'settings.software' }),
  halfFloats: () => msg('Half floats', { id: 'settings.half-floats' }),
  largestBuffer: () => msg('Largest buffer', { id: 'settings.largest-buffer' }),
  features: () => msg('Features', { id: 'settings.features' }),
  cores: () => msg('CPU cores', { id: 'settings.cores' }),
  memory: () => msg('Memory', { id: 'settings.memory' }),
  atLeast: (size: string) => msg(str`about ${size}, or more`, { id: 'settings.at-least' }),
  threads: () => msg('Threads in WebAssembly', { id: 'settings.threads' }),
  decodes: () => msg('Decoding of files (WebCodecs)', { id: 'settings.decodes' }),
  keepsFiles: () => msg('Files of its own (OPFS)', { id: 'settings.keeps-files' }),
  yes: () => msg('yes', { id: 'settings.yes' }),
  no: () => msg('no', { id: 'settings.no' }),

  terms: () => msg('Words and names that may come up', { id: 'settings.terms' }),
  termsHint: () =>
    msg('One a line. They are spelled as here when they are heard.', { id: 'settings.terms-hint' }),
  termsCount: (count: number) => msg(str`In use: ${count}.`, { id: 'settings.terms-count' }),
  termsUnused: (count: number, most: number) =>
    msg(str`Not used: ${count}, for at most ${most} are, and no long ones.`, { id: 'settings.terms-unused' }),
  termsImport: () => msg('Add from a text file', { id: 'settings.terms-import' }),
  termsFailed: () => msg('This file could not be read as text.', { id: 'settings.terms-failed' }),
  oneLanguage: (language: string) =>
    msg(str`The model in use reads ${language} only.`, { id: 'settings.one-language' }),
  noTranslation: () => msg('The model in use does not translate.', { id: 'settings.no-translation' }),
  doubtful: () => msg('Leave out what is probably not speech', { id: 'settings.doubtful' }),
  doubtfulHint: () =>
    msg(
      'Models make up words where nobody speaks. Switched off, quiet or distant speech is lost less often, and noise gives more text that was never said.',
      { id: 'settings.doubtful-hint' },
    ),

  noLibrary: () => msg('This browser keeps nothing for this page.', { id: 'settings.no-library' }),
  kept: () =>
    msg('Sound and text of what you record or open stay in this browser until you delete them.', {
      id: 'settings.kept',
    }),
  theme: () => msg('Colours', { id: 'settings.theme' }),
  system: () => msg('As the system has it', { id: 'settings.system' }),
  light: () => msg('Light', { id: 'settings.light' }),
  dark: () => msg('Dark', { id: 'settings.dark' }),
  language: () => msg('Language of the page', { id: 'settings.language' }),

  keysEverywhere: () => msg('Everywhere', { id: 'settings.keys-everywhere' }),
  keyTab: () => msg('To the next control', { id: 'settings.key-tab' }),
  keyShiftTab: () => msg('To the control before', { id: 'settings.key-shift-tab' }),
  keyEnter: () => msg('Press the button that has the focus', { id: 'settings.key-enter' }),
  keyEscape: () =>
    msg('End the recording, or cancel the job that has the focus', { id: 'settings.key-escape' }),
};
