/**
 * How a page learns that a worker has ended, however it ended: the worker holds a Web Lock while it lives, and the
 * page waits for the same lock. A worker that closes itself, is stopped by the browser or crashes sends no event
 * at all; the lock is released in every case.
 */
export interface Locks {
  request(name: string, options: { signal?: AbortSignal }, hold: () => Promise<void>): Promise<unknown>;
}

/** Called in the worker: resolves once the lock is held, which lasts until the worker's end. */
export function holdLife(locks: Locks | undefined, name: string): Promise<void> {
  if (locks === undefined) return Promise.resolve();
  return new Promise((held, failed) => {
    locks
      .request(name, {}, () => {
        held();
        return new Promise<void>(() => undefined);
      })
      .catch(failed);
  });
}

/**
 * Called on the page after the worker said that it holds the lock: resolves when the worker is gone. Without Web
 * Locks (an insecure context) it never resolves: deadlines alone notice then. Rejects when `signal` aborts.
 */
export async function lifeEnded(locks: Locks | undefined, name: string, signal: AbortSignal): Promise<void> {
  if (locks === undefined) return new Promise<void>(() => undefined);
  await locks.request(name, { signal }, () => Promise.resolve());
}
