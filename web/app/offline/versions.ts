/** The browser's side of versions: the service worker, what waits, and how it takes over. */
import { SERVICE_WORKER, type ToServiceWorker } from '../../offline/protocol.ts';

const CHECK_MS = 60 * 60_000;
const TAKEOVER_MS = 15_000;

export interface Versions {
  /** Has what waits take over; resolves when it has, or at once where another tab had it do so. */
  apply(): Promise<void>;
}

/** `onFound`: another version than this page's waits, or has taken over. Undefined where there is no such thing. */
export async function watchVersions(onFound: () => void): Promise<Versions | undefined> {
  // Undefined on pages that are not secure.
  const container: ServiceWorkerContainer | undefined = navigator.serviceWorker;
  if (container === undefined) return undefined;
  const isFirst = container.controller === null;
  const registration = await registered(container);
  if (registration === undefined) return undefined;

  let controllers = isFirst ? 0 : 1;
  container.addEventListener('controllerchange', () => {
    controllers += 1;
    if (controllers > 1) onFound();
  });
  const watch = (coming: ServiceWorker | null): void => {
    coming?.addEventListener('statechange', () => {
      if (coming.state === 'installed' && registration.active !== null) onFound();
    });
  };
  registration.addEventListener('updatefound', () => watch(registration.installing));
  watch(registration.installing);
  if (registration.waiting !== null && registration.active !== null) onFound();

  tell(registration.active, { type: 'tidy' });
  keepChecking(registration);
  return { apply: () => takeOver(container, registration) };
}

async function registered(container: ServiceWorkerContainer): Promise<ServiceWorkerRegistration | undefined> {
  try {
    await container.register(SERVICE_WORKER, { updateViaCache: 'none' });
    return await container.getRegistration();
  } catch (thrown) {
    // Storage is forbidden here, or this is the dev server, which has none.
    console.warn('This page needs the network each time.', thrown);
    return undefined;
  }
}

async function takeOver(
  container: ServiceWorkerContainer,
  registration: ServiceWorkerRegistration,
): Promise<void> {
  const { waiting } = registration;
  if (waiting === null) return;
  const changed = new Promise<void>((resolve, reject) => {
    container.addEventListener('controllerchange', () => resolve(), { once: true });
    setTimeout(() => reject(new Error('The new version did not take over in time.')), TAKEOVER_MS);
  });
  tell(waiting, { type: 'apply' });
  await changed;
}

function tell(worker: ServiceWorker | null, message: ToServiceWorker): void {
  worker?.postMessage(message);
}

/** Pages that stay open for days ask now and then; the browser asks by itself when one is opened. */
function keepChecking(registration: ServiceWorkerRegistration): void {
  const check = (): void => {
    if (!navigator.onLine) return;
    registration.update().catch((thrown: unknown) => {
      console.warn('Whether there is a new version could not be found out.', thrown); // asked again in an hour
    });
  };
  setInterval(check, CHECK_MS);
}
