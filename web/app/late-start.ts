/** What the page does once it stands. */
import type { Transcriber } from '../client/transcriber.ts';
import { emit } from './events.ts';
import { startFirstRun } from './first-run/start.ts';
import { fileSources } from './given.ts';
import { takeGiven } from './offline/given-files.ts';
import { startOffline } from './offline/start.ts';
import type { SottoApp } from './sotto-app.ts';

/** `library`: settles once what is given to the page can be kept. */
export async function startLate(
  app: SottoApp,
  transcriber: Transcriber,
  library: Promise<void>,
): Promise<void> {
  const parts = [startFirstRun(app), startOffline(app, transcriber)];
  // Without a library they are read all the same.
  await Promise.allSettled([library]);
  takeGiven((files) => emit(app, 'sources-given', fileSources(files)));
  for (const part of await Promise.allSettled(parts)) {
    if (part.status === 'rejected') console.warn('A late part of the page did not start.', part.reason);
  }
}
