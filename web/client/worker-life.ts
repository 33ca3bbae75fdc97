import { lifeEnded } from '../../shared/protocol/life.ts';

export interface WorkerEnd {
  /** whether its script had run: if not, it was blocked or missing */
  readonly loaded: boolean;
  readonly detail: string;
}

export interface WatchedWorker {
  readonly worker: Worker;
  /** the name of the lock that the worker must hold while it lives */
  readonly lock: string;
  /** to be called with the worker's first word: its script runs and its lock is held */
  loaded(): void;
  /** whether it was stopped or ended by itself */
  over(): boolean;
  /** ends the worker and the watch; `onEnd` is not called for it */
  stop(): void;
}

/** Calls `onEnd` once when the worker ends by itself: a script error, a crash, the browser's will. */
export function watchWorker(worker: Worker, onEnd: (end: WorkerEnd) => void): WatchedWorker {
  const lock = `sotto-worker-${crypto.randomUUID()}`;
  const stopped = new AbortController();
  let loaded = false;
  let over = false;

  function ended(detail: string): void {
    if (over) return;
    over = true;
    stopped.abort();
    worker.terminate();
    onEnd({ loaded, detail });
  }
  // A blocked or missing script gives a plain Event without a message; an uncaught error an ErrorEvent.
  worker.addEventListener('error', (event) => ended(event.message ?? 'its script could not be loaded'));
  worker.addEventListener('messageerror', () => ended('a message could not be read'));

  return {
    worker,
    lock,
    over: () => over,
    loaded() {
      if (loaded || over) return;
      loaded = true;
      lifeEnded(navigator.locks, lock, stopped.signal).then(
        () => ended('it ended without a word'),
        (error: unknown) => {
          if (!stopped.signal.aborted) ended(`its life could not be watched: ${String(error)}`);
        },
      );
    },
    stop() {
      if (over) return;
      over = true;
      stopped.abort();
      worker.terminate();
    },
  };
}
