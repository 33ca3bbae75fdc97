/** The late part of the page that makes an app of it: offline use, new versions, files from the system. */
import type { Transcriber } from '../../client/transcriber.ts';
import { importantlyMissing } from '../browser/features.ts';
import { probe } from '../browser/probe.ts';
import { recall } from '../preferences.ts';
import type { SottoApp } from '../sotto-app.ts';
import { holdWhileBusy } from './busy.ts';
import { InstallOffer } from './install-offer.ts';
import { keepUsed } from './keep-used.ts';
import { losesText } from './update.ts';
import { UpdateNotice } from './update-notice.ts';
import { watchUpdates } from './updates.ts';

declare global {
  interface HTMLElementTagNameMap {
    'install-offer': InstallOffer;
    'update-notice': UpdateNotice;
  }
}

/** At the latest so long after the page stands, the app is brought onto the device. */
const IDLE_MS = 4_000;

export async function startOffline(app: SottoApp, transcriber: Transcriber): Promise<void> {
  customElements.define('install-offer', InstallOffer);
  customElements.define('update-notice', UpdateNotice);
  keepUsed(transcriber);
  // Undefined on pages that are not secure, which have no service worker either.
  const locks: LockManager | undefined = navigator.locks;
  if (locks !== undefined) holdWhileBusy(transcriber, locks);
  await idle();
  await Promise.all([offerUpdates(app), warnOfBrowser(app)]);
}

async function offerUpdates(app: SottoApp): Promise<void> {
  const notice = document.createElement('update-notice');
  const desk = await watchUpdates(
    () =>
      losesText(
        app.list.jobs.map(({ snapshot }) => ({ hasText: snapshot.segments.length > 0 })),
        app.desk?.library !== undefined && app.desk.keeps,
      ),
    () => notice.requestUpdate(),
  );
  if (desk === undefined) return;
  notice.desk = desk;
  place(app, notice);
}

async function warnOfBrowser(app: SottoApp): Promise<void> {
  const missing = importantlyMissing(await probe());
  if (missing.length === 0 || recall('browser-note') === missing.join()) return;
  const { browserWarning } = await import('../browser/warning.ts');
  place(app, browserWarning(missing));
}

function place(app: SottoApp, element: HTMLElement): void {
  app.renderRoot.querySelector('.notices')?.append(element);
}

function idle(): Promise<void> {
  return new Promise((resolve) => {
    // Not every browser has it, whatever the types say.
    const { requestIdleCallback: whenIdle } = window as Partial<Window>;
    if (whenIdle === undefined) setTimeout(resolve, IDLE_MS / 2);
    else whenIdle(() => resolve(), { timeout: IDLE_MS });
  });
}
