import { msg, str } from '@lit/localize';
import type { Feature } from '../browser/features.ts';

export const browserWords = {
  about: () =>
    msg(
      'This page asks the browser itself, when it is opened. Nothing of it is sent anywhere. Most is there in current Chrome, Edge, Firefox and Safari; what is not has another way, or is left out.',
      { id: 'browser.about' },
    ),
  looking: () => msg('Asking the browser…', { id: 'browser.looking' }),
  yes: () => msg('Yes', { id: 'browser.yes' }),
  partly: () => msg('In part', { id: 'browser.partly' }),
  no: () => msg('No', { id: 'browser.no' }),
  codecs: (names: string) => msg(str`Not read here: ${names}.`, { id: 'browser.codecs' }),
};

export interface FeatureWords {
  readonly name: () => string;
  /** what for */
  readonly for: () => string;
  /** what is so without it */
  readonly without: () => string;
}

export const featureWords: Readonly<Record<Feature, FeatureWords>> = {
  microphone: {
    name: () => msg('Microphone', { id: 'browser.microphone' }),
    for: () => msg('Recording and live captions.', { id: 'browser.microphone-for' }),
    without: () =>
      msg('Nothing can be recorded; files are read. Over http:// browsers give no page a microphone.', {
        id: 'browser.microphone-without',
      }),
  },
  files: {
    name: () => msg('Decoding of sound files (WebCodecs)', { id: 'browser.files' }),
    for: () => msg('Reading MP3, M4A, WebM and video.', { id: 'browser.files-for' }),
    without: () =>
      msg('WAV files and the microphone are read; other files need another browser.', {
        id: 'browser.files-without',
      }),
  },
  store: {
    name: () => msg('Files of its own (OPFS)', { id: 'browser.store' }),
    for: () => msg('Keeping recordings while they are made.', { id: 'browser.store-for' }),
    without: () =>
      msg('Sound is not kept: save the text before you close the page. Private windows often have none.', {
        id: 'browser.store-without',
      }),
  },
  webgpu: {
    name: () => msg('Computing on the graphics card (WebGPU)', { id: 'browser.webgpu' }),
    for: () => msg('Reading faster than real time, with larger models.', { id: 'browser.webgpu-for' }),
    without: () => msg('The CPU reads: slower, the same text.', { id: 'browser.webgpu-without' }),
  },
  threads: {
    name: () => msg('Several threads (isolated page)', { id: 'browser.threads' }),
    for: () => msg('Using more than one core of the CPU.', { id: 'browser.threads-for' }),
    without: () => msg('One core reads: slower, the same text.', { id: 'browser.threads-without' }),
  },
  offline: {
    name: () => msg('Offline use (service worker)', { id: 'browser.offline' }),
    for: () => msg('Opening this page without a network.', { id: 'browser.offline-for' }),
    without: () => msg('Opening the page needs the network each time.', { id: 'browser.offline-without' }),
  },
  tabs: {
    name: () => msg('Knowing of other tabs (Web Locks)', { id: 'browser.tabs' }),
    for: () =>
      msg('Going on with what a closed tab left, and noticing an engine that stopped.', {
        id: 'browser.tabs-for',
      }),
    without: () =>
      msg('An engine that stops is noticed later, and unfinished work is gone on with by hand.', {
        id: 'browser.tabs-without',
      }),
  },
  tabSound: {
    name: () => msg('Sound of other tabs', { id: 'browser.tab-sound' }),
    for: () => msg('Captions of a call or a video in another tab.', { id: 'browser.tab-sound-for' }),
    without: () => msg('Captions hear the microphone only.', { id: 'browser.tab-sound-without' }),
  },
  window: {
    name: () => msg('A window above others', { id: 'browser.window' }),
    for: () => msg('Captions that stay visible over other programs.', { id: 'browser.window-for' }),
    without: () => msg('Captions are shown in the page.', { id: 'browser.window-without' }),
  },
  share: {
    name: () => msg('Share sheet', { id: 'browser.share' }),
    for: () => msg('Handing text to another app.', { id: 'browser.share-for' }),
    without: () => msg('Text is copied, or saved as a file.', { id: 'browser.share-without' }),
  },
};
