/** When a tenant's requests of the last minute came: the oldest first. */
import { MINUTE_MS, type RateAnswer } from './port.ts';

export interface MinuteLog {
  /** As `LimitStore.takeRequest`, at a time in milliseconds that never goes back. */
  take(now: number, most: number): RateAnswer;
  /** Whether nothing is counted any more. */
  isEmpty(now: number): boolean;
}

export function createMinuteLog(): MinuteLog {
  let times: number[] = [];
  /** those before it are over; cut off now and then, so that each costs constant time */
  let first = 0;

  function forget(now: number): void {
    while (first < times.length && (times[first] ?? 0) <= now - MINUTE_MS) first += 1;
    if (first > 64 && first * 2 > times.length) {
      times = times.slice(first);
      first = 0;
    }
  }

  return {
    take(now, most) {
      forget(now);
      const granted = times.length - first < most;
      if (granted) times.push(now);
      const count = times.length - first;
      // Of those in the way the last; of those who were granted the first.
      const leaves = granted ? times[first] : most > 0 ? times[times.length - most] : now;
      return {
        granted,
        remaining: Math.max(0, most - count),
        resetMs: leaves === undefined ? 0 : leaves + MINUTE_MS - now,
      };
    },
    isEmpty(now) {
      forget(now);
      return first === times.length;
    },
  };
}
