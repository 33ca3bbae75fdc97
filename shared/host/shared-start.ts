import { SottoError } from '../errors.ts';

/** A start that several may wait for, given up when the last of them has left. One at a time. */
export interface SharedStart<T> {
  readonly underway: boolean;
  /** Begins it if need be. Rejects with what it rejects with, or `cancelled` by the signal. */
  join(signal: AbortSignal | undefined): Promise<T>;
  /** Gives it up: those who wait get the reason. */
  give(reason: SottoError): void;
  /** It has succeeded: it can no longer be given up. */
  done(): void;
}

interface Start<T> {
  readonly controller: AbortController;
  readonly work: Promise<T>;
  waiters: number;
}

/** @param onGivenUp the last who waited has left */
export function createSharedStart<T>(
  work: (stop: AbortSignal) => Promise<T>,
  onGivenUp: () => void,
): SharedStart<T> {
  let start: Start<T> | undefined;

  function begin(): Start<T> {
    const controller = new AbortController();
    const begun: Start<T> = { controller, work: work(controller.signal), waiters: 0 };
    const settled = () => {
      if (start === begun) start = undefined;
    };
    begun.work.then(settled, settled);
    return begun;
  }

  function give(reason: SottoError): void {
    const given = start;
    start = undefined;
    given?.controller.abort(reason);
  }

  return {
    get underway() {
      return start !== undefined;
    },
    join(signal) {
      start ??= begin();
      const joined = start;
      joined.waiters += 1;
      return new Promise((resolve, reject) => {
        const onAbort = () => {
          joined.waiters -= 1;
          const cancelled = new SottoError('cancelled');
          if (joined.waiters === 0 && start === joined) {
            give(cancelled);
            onGivenUp();
          }
          reject(cancelled);
        };
        const left = () => signal?.removeEventListener('abort', onAbort);
        signal?.addEventListener('abort', onAbort, { once: true });
        joined.work.then(resolve, reject).finally(left);
      });
    },
    give,
    done() {
      start = undefined;
    },
  };
}
