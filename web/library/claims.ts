/** Which recordings are being written or read, in this tab or another: each holds a Web Lock while it is. */

export interface Claims {
  /** Resolves with what lets go, or with undefined when somebody else holds it. */
  take(id: string): Promise<(() => void) | undefined>;
}

export function createClaims(locks: LockManager): Claims {
  return {
    take: (id) =>
      new Promise((resolve, reject) => {
        locks
          .request(`sotto-library-${id}`, { ifAvailable: true }, (lock) => {
            if (lock === null) return resolve(undefined);
            return new Promise<void>((release) => resolve(release));
          })
          .catch(reject);
      }),
  };
}
