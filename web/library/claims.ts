/** Which recordings are being written or read, in this tab or another: each holds a Web Lock while it is. */

export interface Claims {
  /** Resolves with what lets go, or with undefined when somebody else holds it. */
  take(id: string): Promise<(() => void) | undefined>;
}

/** A tab that was just closed may hold its locks for a moment. */
const PATIENCE_MS = 3000;

export function createClaims(locks: LockManager): Claims {
  return {
    take: (id) =>
      new Promise((resolve, reject) => {
        const signal = AbortSignal.timeout(PATIENCE_MS);
        locks
          .request(`sotto-library-${id}`, { signal }, () => new Promise<void>((release) => resolve(release)))
          .catch((thrown: unknown) => (signal.aborted ? resolve(undefined) : reject(thrown)));
      }),
  };
}
