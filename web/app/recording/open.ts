/** The view of one recording: defines its elements. */
import { defineJobElements } from '../job-elements.ts';
import type { ViewElement } from '../view-parts.ts';
import { FindBar } from './find-bar.ts';
import { LineBar } from './line-bar.ts';
import { LineChunk } from './line-chunk.ts';
import { LineField } from './line-field.ts';
import { LineList } from './line-list.ts';
import { definePlayerElements } from './player-elements.ts';
import { RecordingView } from './recording-view.ts';
import { ShortcutsDialog } from './shortcuts-dialog.ts';
import { SpeakerPanel } from './speaker-panel.ts';

const ELEMENTS = {
  'find-bar': FindBar,
  'line-bar': LineBar,
  'line-chunk': LineChunk,
  'line-field': LineField,
  'line-list': LineList,
  'recording-view': RecordingView,
  'shortcuts-dialog': ShortcutsDialog,
  'speaker-panel': SpeakerPanel,
};

type Elements = { [Tag in keyof typeof ELEMENTS]: InstanceType<(typeof ELEMENTS)[Tag]> };

declare global {
  interface HTMLElementTagNameMap extends Elements {}
}

export function open(): ViewElement {
  definePlayerElements();
  // The ways out of the page are a job's, too.
  defineJobElements();
  for (const [tag, element] of Object.entries(ELEMENTS)) customElements.define(tag, element);
  return document.createElement('recording-view');
}
