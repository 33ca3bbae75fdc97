/** Whether sound may be sent to a server: asked once of the visitor, whoever needs to know, with a bound. */
import type { Clock } from '../../shared/queue/port.ts';

export interface Leave {
  /** the visitor is being asked */
  readonly asking: boolean;
  /** what holds without a question */
  readonly held: boolean | undefined;
  /** Asks where nothing holds. An abort is a no of this one alone; the question goes when nobody waits for it. */
  allowed(signal: AbortSignal): Promise<boolean>;
  /** Ends the question, and holds from now on. */
  answer(yes: boolean): void;
  /** What is to hold from now on; undefined: ask. An open question stays open. */
  hold(yes: boolean | undefined): void;
  /** Ends the question with a no that holds for nothing else. */
  dismiss(): void;
  /** called when the question comes or goes */
  subscribe(listener: () => void): () => void;
}

/** Nobody answers: it goes on without. What was asked is asked again the next time. */
export const ASKING_MS = 90_000;

export function createLeave(clock: Clock, first?: boolean): Leave {
  const listeners = new Set<() => void>();
  const askers = new Set<(yes: boolean) => void>();
  let held = first;
  let stopTimer = () => {};

  function tell(): void {
    for (const listener of [...listeners]) listener();
  }
  function end(yes: boolean): void {
    if (askers.size === 0) return;
    stopTimer();
    for (const done of [...askers]) done(yes);
    tell();
  }
  function ask(signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const done = (yes: boolean) => {
        signal.removeEventListener('abort', leave);
        askers.delete(done);
        resolve(yes);
      };
      const leave = () => {
        if (askers.size === 1) end(false);
        else done(false);
      };
      signal.addEventListener('abort', leave, { once: true });
      askers.add(done);
      if (askers.size > 1) return;
      stopTimer = clock.after(ASKING_MS, () => end(false));
      tell();
    });
  }

  return {
    get asking() {
      return askers.size > 0;
    },
    get held() {
      return held;
    },
    async allowed(signal) {
      if (signal.aborted) return false;
      return held ?? (await ask(signal));
    },
    answer(yes) {
      held = yes;
      end(yes);
    },
    hold(yes) {
      held = yes;
    },
    dismiss: () => end(false),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
