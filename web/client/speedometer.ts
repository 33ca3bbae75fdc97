import type { JobProgress } from './transcriber.ts';

export interface Speedometer {
  /** Reading begins now; what was waited for before does not count. */
  start(totalSeconds: number | undefined): void;
  at(doneSeconds: number): Pick<JobProgress, 'doneSeconds' | 'speed' | 'remainingMs'>;
}

/** Speed in seconds of audio a second of wall time, and what is left at that speed. Never runs backwards. */
export function createSpeedometer(now: () => number = () => performance.now()): Speedometer {
  let startedAt: number | undefined;
  let total: number | undefined;
  let furthest = 0;
  return {
    start(totalSeconds) {
      startedAt = now();
      total = totalSeconds;
    },
    at(doneSeconds) {
      furthest = Math.max(furthest, doneSeconds);
      const elapsed = startedAt === undefined ? 0 : (now() - startedAt) / 1000;
      const speed = elapsed > 0 && furthest > 0 ? furthest / elapsed : undefined;
      const left = total === undefined ? undefined : Math.max(0, total - furthest);
      return {
        doneSeconds: furthest,
        speed,
        remainingMs: speed === undefined || left === undefined ? undefined : (left / speed) * 1000,
      };
    },
  };
}
