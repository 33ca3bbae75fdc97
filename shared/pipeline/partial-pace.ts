/**
 * How often a growing window is read, by what the engine can do: one partial at a time, and after it as long a rest as
 * it took. So partials of one source take at most half of the engine's time, a slow engine is never asked for two at
 * once, and a final waits for at most the one that runs.
 */
import type { Clock } from '../queue/port.ts';

export interface PartialPace<Window> {
  /** Reads it now or, if it is not overtaken by a newer one, as soon as it is due. */
  offer(window: Window): void;
  /** What waits is of no use any more. */
  drop(): void;
}

/** `read` may reject: the next one is read all the same. */
export function createPartialPace<Window>(
  clock: Clock,
  read: (window: Window) => Promise<void>,
): PartialPace<Window> {
  let isReading = false;
  /** not before this time */
  let due = Number.NEGATIVE_INFINITY;
  let waiting: { readonly window: Window } | undefined;
  let stopTimer = (): void => undefined;

  function next(): void {
    stopTimer();
    if (isReading || waiting === undefined) return;
    const wait = due - clock.now();
    if (wait > 0) {
      stopTimer = clock.after(wait, next);
      return;
    }
    const { window } = waiting;
    const began = clock.now();
    waiting = undefined;
    isReading = true;
    const done = (): void => {
      isReading = false;
      due = clock.now() + (clock.now() - began);
      next();
    };
    read(window).then(done, done);
  }

  return {
    offer(window) {
      waiting = { window };
      next();
    },
    drop() {
      waiting = undefined;
      stopTimer();
    },
  };
}
