import type { JobProgress } from './transcriber.ts';

export interface Speedometer {
  /** Reading begins now; what was waited for before does not count, nor what was read on an earlier visit. */
  start(totalSeconds: number | undefined, readBefore?: number): void;
  at(doneSeconds: number): Pick<JobProgress, 'doneSeconds' | 'speed' | 'remainingMs'>;
}

/** Speed in seconds of audio a second of wall time, and what is left at that speed. Never runs backwards. */
export function createSpeedometer(now: () => number = () => performance.now()): Speedometer {
  let startedAt: number | undefined;
  let total: number | undefined;
  let furthest = 0;
  let before = 0;
  return {
    start(totalSeconds, readBefore = 0) {
      startedAt = now();
      before = readBefore;
      total = totalSeconds;
    },
    at(doneSeconds) {
      furthest = Math.max(furthest, doneSeconds);
      const elapsed = startedAt === undefined ? 0 : (now() - startedAt) / 1000;
      const speed = elapsed > 0 && furthest > before ? (furthest - before) / elapsed : undefined;
      const left = total === undefined ? undefined : Math.max(0, total - furthest);
      return {
        doneSeconds: furthest,
        speed,
        remainingMs: speed === undefined || left === undefined ? undefined : (left / speed) * 1000,
      };
    },
  };
}
