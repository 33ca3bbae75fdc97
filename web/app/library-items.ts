/** The late part of the library: its recordings. There are none on a first visit. */
import { defineJobElements } from './job-elements.ts';
import { LibraryItem } from './library-item.ts';

declare global {
  interface HTMLElementTagNameMap {
    'library-item': LibraryItem;
  }
}

export function defineLibraryItems(): void {
  // A recording that is open shows its text as a job does.
  defineJobElements();
  if (customElements.get('library-item') === undefined) customElements.define('library-item', LibraryItem);
}
