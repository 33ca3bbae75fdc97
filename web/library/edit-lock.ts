/** Of all tabs one at a time edits a recording: it holds a Web Lock. */

export interface Editing {
  /** resolves when another tab took it over */
  readonly lost: Promise<void>;
  release(): void;
}

/** `turn`: when nobody else does; `now`: from whoever does. Rejects with an AbortError when `signal` was aborted first. */
export type EditLock = (id: string, when: 'turn' | 'now', signal: AbortSignal) => Promise<Editing>;

export const createEditLock =
  (locks: LockManager): EditLock =>
  (id, when, signal) =>
    new Promise((resolve, reject) => {
      let lose: () => void = () => undefined;
      const lost = new Promise<void>((told) => {
        lose = told;
      });
      locks
        .request(
          `sotto-edit-${id}`,
          when === 'now' ? { steal: true } : { signal },
          () => new Promise<void>((release) => resolve({ lost, release })),
        )
        // Once it is held, all that rejects is that it was taken over.
        .catch((thrown: unknown) => {
          lose();
          reject(thrown);
        });
    });
