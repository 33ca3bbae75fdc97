import { BrowserNote } from './browser-note.ts';

declare global {
  interface HTMLElementTagNameMap {
    'browser-note': BrowserNote;
  }
}

/** The element, defined. */
export async function open(): Promise<BrowserNote> {
  if (customElements.get('browser-note') === undefined) customElements.define('browser-note', BrowserNote);
  return document.createElement('browser-note');
}
