import { msg, str } from '@lit/localize';

export const libraryWords = {
  title: () => msg('Library', { id: 'library.title' }),
  about: () =>
    msg(
      'Sound and text of what you record or open are kept in this browser, on this device, and sent nowhere. Who can use this browser can open them.',
      { id: 'library.about' },
    ),
  keep: () => msg('Keep recordings on this device', { id: 'library.keep' }),
  notKept: () =>
    msg(
      'What you start now is gone when this page is closed. What is listed here stays until you delete it.',
      {
        id: 'library.not-kept',
      },
    ),
  textOnly: () =>
    msg('This browser cannot keep sound for this page: text alone is kept.', { id: 'library.text-only' }),
  unavailable: () =>
    msg(
      'This browser keeps nothing for this page (a private window, or storage is not allowed). Save what you need before you close it.',
      {
        id: 'library.unavailable',
      },
    ),
  full: () =>
    msg(
      'This device has no room left for recordings. What runs goes on, but is no longer kept: save its text before you close the page, or delete something here.',
      {
        id: 'library.full',
      },
    ),
  failed: () =>
    msg(
      'Something could not be written to this device. What runs goes on; save its text before you close the page.',
      {
        id: 'library.failed',
      },
    ),
  used: (used: string, quota: string) => msg(str`${used} used of ${quota}`, { id: 'library.used' }),
  persist: () => msg('Ask the browser not to clear it', { id: 'library.persist' }),
  persisted: () => msg('The browser will not clear it by itself.', { id: 'library.persisted' }),
  notPersisted: () =>
    msg('The browser may clear it when the device runs out of room.', { id: 'library.not-persisted' }),
  empty: () => msg('Nothing is kept yet.', { id: 'library.empty' }),
  search: () => msg('Search in all transcripts', { id: 'library.search' }),
  nothingFound: () => msg('Nothing found.', { id: 'library.nothing-found' }),
  more: (count: string) => msg(str`Show ${count} more`, { id: 'library.more' }),
  shown: (count: string, total: string) => msg(str`${count} of ${total} are shown.`, { id: 'library.shown' }),
  order: () => msg('Sort by', { id: 'library.order' }),
  byDate: () => msg('Date', { id: 'library.by-date' }),
  byName: () => msg('Name', { id: 'library.by-name' }),
  byLength: () => msg('Length', { id: 'library.by-length' }),
  capturing: () => msg('Being recorded', { id: 'library.capturing' }),
  reading: () => msg('Being read', { id: 'library.reading' }),
  stopped: () => msg('Not read to its end', { id: 'library.stopped' }),
  noSound: () => msg('Text only', { id: 'library.no-sound' }),
  cutSound: () => msg('Sound ends early: no room', { id: 'library.cut-sound' }),
  resume: () => msg('Read the rest', { id: 'library.resume' }),
  resumeNamed: (name: string) => msg(str`Read the rest of ${name}`, { id: 'library.resume-named' }),
  nothingLeft: () => msg('There is nothing left of it to read.', { id: 'library.nothing-left' }),
  rename: () => msg('Rename', { id: 'library.rename' }),
  renameNamed: (name: string) => msg(str`Rename ${name}`, { id: 'library.rename-named' }),
  newName: () => msg('New name', { id: 'library.new-name' }),
  save: () => msg('Save', { id: 'library.save' }),
  remove: () => msg('Delete', { id: 'library.remove' }),
  removeNamed: (name: string) => msg(str`Delete ${name} from this device`, { id: 'library.remove-named' }),
  removed: (name: string) =>
    msg(str`${name} is deleted. In some seconds its sound and text are gone for good.`, {
      id: 'library.removed',
    }),
  undo: () => msg('Undo', { id: 'library.undo' }),
  sound: (name: string) => msg(str`Sound of ${name}`, { id: 'library.sound' }),
  notes: () => msg('Notes', { id: 'library.notes' }),
  together: (names: string) =>
    msg(str`Recorded together with ${names}: what you save holds both, with their speakers.`, {
      id: 'library.together',
    }),
  pack: () => msg('Export everything', { id: 'library.pack' }),
  packing: () => msg('Writing the file…', { id: 'library.packing' }),
  unpack: () => msg('Import', { id: 'library.unpack' }),
  unpacking: () => msg('Reading the file…', { id: 'library.unpacking' }),
  unpacked: (count: number) => msg(str`${count} added.`, { id: 'library.unpacked' }),
  packFailed: () =>
    msg(
      'It could not be written into one file: there is no room for it, or it is over 4 GB. Nothing is lost.',
      {
        id: 'library.pack-failed',
      },
    ),
  unpackFailed: () =>
    msg(
      'This file could not be read to its end: it is not an export of Sotto, it is damaged, or there is no room. What was added stays.',
      {
        id: 'library.unpack-failed',
      },
    ),
};
