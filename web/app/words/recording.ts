import { msg, str } from '@lit/localize';
import type { SpeakerColour } from '../../../shared/edit/speakers.ts';
import type { Told } from '../recording/editor.ts';
import type { Command, Group, WRITING_KEYS } from '../recording/shortcuts.ts';

export const recordingWords = {
  editor: () => msg('Open recording', { id: 'recording.editor' }),
  back: () => msg('Transcripts', { id: 'recording.back' }),
  lines: (count: number) => msg(str`${count} lines`, { id: 'recording.lines' }),
  missing: () =>
    msg('This recording is not here: it was deleted, or it is in another browser.', {
      id: 'recording.missing',
    }),
  nothingKept: () =>
    msg('This browser keeps nothing for this page (a private window, or storage is not allowed).', {
      id: 'recording.nothing-kept',
    }),
  noText: () => msg('No text.', { id: 'recording.no-text' }),
  noSound: () => msg('Its sound is not kept here: there is only text.', { id: 'recording.no-sound' }),
  unread: () =>
    msg('It is still being read. It can be edited when that has ended.', { id: 'recording.unread' }),
  elsewhere: () =>
    msg('Another tab edits this recording. Here it can only be read.', { id: 'recording.elsewhere' }),
  takeOver: () => msg('Edit here instead', { id: 'recording.take-over' }),
  full: () =>
    msg(
      'This device has no room left: your last edits are here, but not kept. Download the text before you close the page, or delete something.',
      { id: 'recording.full' },
    ),
  failed: () =>
    msg(
      'Your last edits could not be written to this device. They are tried again with the next one; download the text before you close the page.',
      { id: 'recording.failed' },
    ),
  stale: () =>
    msg(
      'Newer text of this recording was kept from another tab, so that your last edits here are not kept. Download them if you need them.',
      { id: 'recording.stale' },
    ),
  reload: () => msg('Show the newer text', { id: 'recording.reload' }),
  tools: () => msg('Player and tools', { id: 'recording.tools' }),
  textTools: () => msg('Whole text', { id: 'recording.text-tools' }),
  undo: () => msg('Undo', { id: 'recording.undo' }),
  redo: () => msg('Redo', { id: 'recording.redo' }),
  findAndReplace: () => msg('Find and replace', { id: 'recording.find-and-replace' }),
  find: () => msg('Find', { id: 'recording.find' }),
  found: (at: number, count: number) => msg(str`${at} of ${count}`, { id: 'recording.found' }),
  previous: () => msg('Previous', { id: 'recording.previous' }),
  next: () => msg('Next', { id: 'recording.next' }),
  matchCase: () => msg('Match case', { id: 'recording.match-case' }),
  replaceBy: () => msg('Replace with', { id: 'recording.replace-by' }),
  replace: () => msg('Replace', { id: 'recording.replace' }),
  replaceAll: () => msg('Replace all', { id: 'recording.replace-all' }),
  close: () => msg('Close', { id: 'recording.close' }),
  speakers: () => msg('Speakers', { id: 'recording.speakers' }),
  aboutSpeakers: () =>
    msg('Pick lines and give them to a speaker below the text, or press its number on the keyboard.', {
      id: 'recording.about-speakers',
    }),
  newSpeaker: () => msg('New speaker', { id: 'recording.new-speaker' }),
  add: () => msg('Add', { id: 'recording.add' }),
  nameOf: (number: number) => msg(str`Name of speaker ${number}`, { id: 'recording.name-of' }),
  colourOf: (name: string) => msg(str`Colour of ${name}`, { id: 'recording.colour-of' }),
  removeSpeaker: (name: string) => msg(str`Remove ${name}`, { id: 'recording.remove-speaker' }),
  remove: () => msg('Remove', { id: 'recording.remove' }),
  numbered: (number: number) => msg(str`Speaker ${number}`, { id: 'recording.numbered' }),
  speaker: () => msg('Speaker', { id: 'recording.speaker' }),
  nobody: () => msg('No speaker', { id: 'recording.nobody' }),
  nextUnsure: () => msg('Next unsure', { id: 'recording.next-unsure' }),
  pickLines: () => msg('Pick lines', { id: 'recording.pick-lines' }),
  pick: (time: string) => msg(str`Pick the line at ${time}`, { id: 'recording.pick' }),
  picked: (count: number) => msg(str`${count} lines picked`, { id: 'recording.picked' }),
  unpick: () => msg('Pick none', { id: 'recording.unpick' }),
  lineTools: () => msg('Line', { id: 'recording.line-tools' }),
  lineAt: (time: string) => msg(str`Line at ${time}`, { id: 'recording.line-at' }),
  lineText: () => msg('Text of the line', { id: 'recording.line-text' }),
  edit: () => msg('Edit', { id: 'recording.edit' }),
  split: () => msg('Split before word', { id: 'recording.split' }),
  merge: () => msg('Merge with next', { id: 'recording.merge' }),
  join: (count: number) => msg(str`Join ${count} lines`, { id: 'recording.join' }),
  confirm: () => msg('Mark as right', { id: 'recording.confirm' }),
  play: () => msg('Play', { id: 'recording.play' }),
  pause: () => msg('Pause', { id: 'recording.pause' }),
  hearFrom: (time: string) => msg(str`Hear from ${time}`, { id: 'recording.hear-from' }),
  word: (word: string, time: string) => msg(str`${word}, ${time}`, { id: 'recording.word' }),
  textOf: (name: string) => msg(str`Text of ${name}`, { id: 'recording.text-of' }),
  saved: () => msg('Saved', { id: 'recording.saved' }),
  saving: () => msg('Saving…', { id: 'recording.saving' }),
  shortcuts: () => msg('Keyboard', { id: 'recording.shortcuts' }),
  onMac: () =>
    msg(
      'On a Mac, ⌘ works where Ctrl is named. Single letters work while the text or a button here has the focus, never in a field.',
      { id: 'recording.on-mac' },
    ),
  out: () => msg('Download, copy, print', { id: 'recording.out' }),
  heard: () => msg('Back to what was heard', { id: 'recording.heard' }),
  undone: () => msg('Taken back.', { id: 'recording.undone' }),
  redone: () => msg('Done again.', { id: 'recording.redone' }),
  splitDone: () => msg('Split in two.', { id: 'recording.split-done' }),
  merged: () => msg('Merged with the next line.', { id: 'recording.merged' }),
  joined: () => msg('Joined.', { id: 'recording.joined' }),
  confirmed: () => msg('No longer marked as unsure.', { id: 'recording.confirmed' }),
  nothingUnsure: () => msg('Nothing more is marked as unsure this way.', { id: 'recording.nothing-unsure' }),
  replaced: (count: number) => msg(str`${count} replaced.`, { id: 'recording.replaced' }),
};

/** What was done, said once. */
export function toldWords(told: Told): string {
  if (typeof told === 'object') {
    return 'replaced' in told ? recordingWords.replaced(told.replaced) : recordingWords.picked(told.picked);
  }
  switch (told) {
    case 'split':
      return recordingWords.splitDone();
    case 'nothing-unsure':
      return recordingWords.nothingUnsure();
    default:
      return recordingWords[told]();
  }
}

type What = Command | keyof typeof WRITING_KEYS;

export const shortcutWords: Readonly<Record<What, () => string>> & {
  readonly groups: Readonly<Record<Group | 'writing', () => string>>;
} = {
  groups: {
    listen: () => msg('Listening', { id: 'keys.group-listen' }),
    move: () => msg('Moving in the text', { id: 'keys.group-move' }),
    lines: () => msg('Lines', { id: 'keys.group-lines' }),
    whole: () => msg('Whole text', { id: 'keys.group-whole' }),
    writing: () => msg('While writing in a line', { id: 'keys.group-writing' }),
  },
  play: () => msg('Play or pause', { id: 'keys.play' }),
  hear: () => msg('Hear from the word', { id: 'keys.hear' }),
  back: () => msg('Back 3 seconds', { id: 'keys.back' }),
  forward: () => msg('Forward 3 seconds', { id: 'keys.forward' }),
  slower: () => msg('Slower', { id: 'keys.slower' }),
  faster: () => msg('Faster', { id: 'keys.faster' }),
  spoken: () => msg('Go to what is spoken', { id: 'keys.spoken' }),
  wordLeft: () => msg('Previous word', { id: 'keys.word-left' }),
  wordRight: () => msg('Next word', { id: 'keys.word-right' }),
  lineUp: () => msg('Previous line', { id: 'keys.line-up' }),
  lineDown: () => msg('Next line', { id: 'keys.line-down' }),
  tenUp: () => msg('Ten lines up', { id: 'keys.ten-up' }),
  tenDown: () => msg('Ten lines down', { id: 'keys.ten-down' }),
  lineStart: () => msg('First word of the line', { id: 'keys.line-start' }),
  lineEnd: () => msg('Last word of the line', { id: 'keys.line-end' }),
  first: () => msg('First line', { id: 'keys.first' }),
  last: () => msg('Last line', { id: 'keys.last' }),
  unsure: () => msg('Next unsure place', { id: 'keys.unsure' }),
  unsureBefore: () => msg('Previous unsure place', { id: 'keys.unsure-before' }),
  edit: () => msg('Edit the line', { id: 'keys.edit' }),
  split: () => msg('Split before the word', { id: 'keys.split' }),
  merge: () => msg('Merge with the next line', { id: 'keys.merge' }),
  confirm: () => msg('Mark as right', { id: 'keys.confirm' }),
  speaker: () => msg('Give it to the first, second… speaker', { id: 'keys.speaker' }),
  nobody: () => msg('No speaker', { id: 'keys.nobody' }),
  pick: () => msg('Pick the line, or not', { id: 'keys.pick' }),
  pickUp: () => msg('Pick upwards', { id: 'keys.pick-up' }),
  pickDown: () => msg('Pick downwards', { id: 'keys.pick-down' }),
  join: () => msg('Join the picked lines', { id: 'keys.join' }),
  unpick: () => msg('Pick none', { id: 'keys.unpick' }),
  undo: () => msg('Undo', { id: 'keys.undo' }),
  redo: () => msg('Redo', { id: 'keys.redo' }),
  find: () => msg('Find and replace', { id: 'keys.find' }),
  speakers: () => msg('Speakers', { id: 'keys.speakers' }),
  shortcuts: () => msg('This list', { id: 'keys.shortcuts' }),
  splitHere: () => msg('Split here', { id: 'keys.split-here' }),
  mergeBefore: () => msg('At the start: merge with the previous line', { id: 'keys.merge-before' }),
  mergeAfter: () => msg('At the end: merge with the next line', { id: 'keys.merge-after' }),
  around: () => msg('At the start or end: write in the line before or after', { id: 'keys.around' }),
  playHere: () => msg('Play or pause', { id: 'keys.play-here' }),
  done: () => msg('Done', { id: 'keys.done' }),
};

export const colourWords: Readonly<Record<SpeakerColour, () => string>> = {
  teal: () => msg('Teal', { id: 'colour.teal' }),
  blue: () => msg('Blue', { id: 'colour.blue' }),
  violet: () => msg('Violet', { id: 'colour.violet' }),
  magenta: () => msg('Magenta', { id: 'colour.magenta' }),
  red: () => msg('Red', { id: 'colour.red' }),
  orange: () => msg('Orange', { id: 'colour.orange' }),
  olive: () => msg('Olive', { id: 'colour.olive' }),
  grey: () => msg('Grey', { id: 'colour.grey' }),
};
