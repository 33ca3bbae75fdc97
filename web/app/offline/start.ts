/** The late part of the page that makes an app of it: offline use, new versions, files from the system. */
import type { Transcriber } from '../../client/transcriber.ts';
import { importantlyMissing } from '../browser/features.ts';
import { probe } from '../browser/probe.ts';
import { watchInstallPrompt } from '../install-prompt.ts';
import { recall } from '../preferences.ts';
import type { SottoApp } from '../sotto-app.ts';
import { holdWhileBusy } from './busy.ts';
import { keepUsed } from './keep-used.ts';
import { losesText } from './update.ts';
import type { UpdateNotice } from './update-notice.ts';
import { type UpdateDesk, watchUpdates } from './updates.ts';

/** At the latest so long after the page stands, the app is brought onto the device. */
const IDLE_MS = 4_000;

export async function startOffline(app: SottoApp, transcriber: Transcriber): Promise<void> {
  // Whoever shows it takes over from here.
  watchInstallPrompt((prompt) => {
    if (prompt === undefined) return;
    import('./notices.ts').then((notices) => notices.defineInstallOffer()).catch(notFetched);
  });
  keepUsed(transcriber);
  // Undefined on pages that are not secure, which have no service worker either.
  const locks: LockManager | undefined = navigator.locks;
  if (locks !== undefined) holdWhileBusy(transcriber, locks);
  await idle();
  await Promise.all([offerUpdates(app), warnOfBrowser(app)]);
}

async function offerUpdates(app: SottoApp): Promise<void> {
  const loses = () =>
    losesText(
      app.list.jobs.map(({ snapshot }) => ({ hasText: snapshot.segments.length > 0 })),
      app.desk?.library !== undefined && app.desk.keeps,
    );
  let notice: Promise<UpdateNotice> | undefined;
  const show = async (desk: UpdateDesk): Promise<void> => {
    notice ??= import('./notices.ts').then(({ updateNotice }) => {
      const made = updateNotice(desk);
      place(app, made);
      return made;
    });
    try {
      (await notice).requestUpdate();
    } catch (thrown) {
      notice = undefined; // tried again with the next thing to say
      notFetched(thrown);
    }
  };
  await watchUpdates(loses, (desk) => void show(desk));
}

async function warnOfBrowser(app: SottoApp): Promise<void> {
  const missing = importantlyMissing(await probe());
  if (missing.length === 0 || recall('browser-note') === missing.join()) return;
  const { browserWarning } = await import('../browser/warning.ts');
  place(app, browserWarning(missing));
}

function notFetched(thrown: unknown): void {
  console.warn('What shows a new version, or the offer to install, could not be fetched.', thrown);
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
