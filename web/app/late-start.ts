/** What the page does once it stands. */
import type { Transcriber } from '../client/transcriber.ts';
import { startFirstRun } from './first-run/start.ts';
import { startOffline } from './offline/start.ts';
import type { SottoApp } from './sotto-app.ts';

export async function startLate(app: SottoApp, transcriber: Transcriber): Promise<void> {
  await Promise.all([startFirstRun(app), startOffline(app, transcriber)]);
}
