/** Counts since the start, and the waits of the last jobs, for `/v1/stats`. */
import type { Stats } from '../../shared/protocol/http-jobs.ts';
import type { RequestService, ServiceEvent } from '../service/port.ts';

const KEPT_WAITS = 1_000;

export interface StatsCounter {
  count(event: ServiceEvent): void;
  read(now: ReturnType<RequestService['status']>['admission']): Stats;
}

export function createStats(kept = KEPT_WAITS): StatsCounter {
  const ends = { done: 0, failed: 0, outOfMemory: 0 };
  /** a ring, in milliseconds */
  const waits: number[] = [];
  let next = 0;

  return {
    count(event) {
      if (event.type !== 'job' || (event.end !== 'done' && event.end !== 'failed')) return;
      ends[event.end] += 1;
      if (event.code === 'out_of_memory') ends.outOfMemory += 1;
      waits[next] = event.waitMs;
      next = (next + 1) % kept;
    },
    read({ active, waiting }) {
      const all = ends.done + ends.failed;
      return {
        active,
        queued: waiting,
        completed: ends.done,
        failed: ends.failed,
        oom_errors: ends.outOfMemory,
        success_rate: all === 0 ? null : ends.done / all,
        avg_wait_ms: waits.length === 0 ? null : waits.reduce((sum, wait) => sum + wait, 0) / waits.length,
        p95_wait_ms: percentile(waits, 0.95) ?? null,
      };
    },
  };
}

/** By nearest rank: the least value that at least this share of all does not exceed. */
export function percentile(values: readonly number[], share: number): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}
