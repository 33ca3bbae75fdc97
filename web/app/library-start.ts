/** The late part of the page: its library, and the jobs that an earlier visit left unfinished. */
import type { Transcriber } from '../client/transcriber.ts';
import type { Library } from '../library/library-port.ts';
import { openLibrary } from '../library/open.ts';
import { sentLog } from '../sent/open.ts';
import { createDesk } from './library-desk.ts';
import { LibraryPanel } from './library-panel.ts';
import { LibraryStorage } from './library-storage.ts';
import type { SottoApp } from './sotto-app.ts';

declare global {
  interface HTMLElementTagNameMap {
    'library-panel': LibraryPanel;
    'library-storage': LibraryStorage;
  }
}

export async function startLibrary(app: SottoApp, transcriber: Transcriber): Promise<void> {
  customElements.define('library-panel', LibraryPanel);
  customElements.define('library-storage', LibraryStorage);
  app.addEventListener('library-resumed', ({ detail }) => app.show([detail]));
  void sentLog().read(); // so that it is there from the first visit on
  const desk = createDesk(await opened(), transcriber);
  app.desk = desk;
  for (const id of (await desk.library?.recover()) ?? []) {
    const job = await desk.resume(id);
    if (job !== undefined) app.show([job]);
  }
}

async function opened(): Promise<Library | undefined> {
  try {
    return await openLibrary();
  } catch (thrown) {
    console.warn('Nothing can be kept on this device.', thrown); // said on the page, too
    return undefined;
  }
}
