/** Entry of the view, fetched when it is first shown: defines its elements. */
import type { ViewElement } from '../view-parts.ts';
import { DeviceSection } from './device-section.ts';
import { FilesSection } from './files-section.ts';
import { LooksSection } from './looks-section.ts';
import { ModelManager } from './model-manager.ts';
import { ModelRow } from './model-row.ts';
import { PrivacySection } from './privacy-section.ts';
import { ReadingSection } from './reading-section.ts';
import { RoomLine } from './room-line.ts';
import { SentList } from './sent-list.ts';
import { SettingsView } from './settings-view.ts';
import { ShortcutsSection } from './shortcuts-section.ts';

const ELEMENTS = {
  'device-section': DeviceSection,
  'files-section': FilesSection,
  'looks-section': LooksSection,
  'model-manager': ModelManager,
  'model-row': ModelRow,
  'privacy-section': PrivacySection,
  'reading-section': ReadingSection,
  'room-line': RoomLine,
  'sent-list': SentList,
  'settings-view': SettingsView,
  'shortcuts-section': ShortcutsSection,
};

type Elements = { [Tag in keyof typeof ELEMENTS]: InstanceType<(typeof ELEMENTS)[Tag]> };

declare global {
  interface HTMLElementTagNameMap extends Elements {}
}

export function open(): ViewElement {
  for (const [tag, element] of Object.entries(ELEMENTS)) customElements.define(tag, element);
  return document.createElement('settings-view');
}
