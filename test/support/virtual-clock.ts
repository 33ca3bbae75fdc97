import type { Clock } from '../../shared/queue/port.ts';

export interface VirtualClock extends Clock {
  /** timers that have neither fired nor been cancelled */
  readonly pending: number;
  /** Lets everything that waits on promises alone go as far as it can. */
  settle(): Promise<void>;
  /** Moves time, firing what falls due in order, and lets promises settle after each. */
  advance(ms: number): Promise<void>;
}

interface Timer {
  readonly at: number;
  readonly action: () => void;
}

/** Time that stands still until a test moves it. */
export function createVirtualClock(): VirtualClock {
  let now = 0;
  const timers = new Set<Timer>();

  // The immediate runs once the microtask queue is empty, however long the chains of promises are.
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

  function due(until: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of timers) {
      if (timer.at <= until && (first === undefined || timer.at < first.at)) first = timer;
    }
    return first;
  }

  return {
    now: () => now,
    after(ms, action) {
      const timer: Timer = { at: now + ms, action };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    get pending() {
      return timers.size;
    },
    settle,
    async advance(ms) {
      const until = now + ms;
      await settle();
      for (let timer = due(until); timer !== undefined; timer = due(until)) {
        timers.delete(timer);
        now = Math.max(now, timer.at);
        timer.action();
        await settle();
      }
      now = until;
    },
  };
}
