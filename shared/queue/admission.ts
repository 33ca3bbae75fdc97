import { SottoError } from '../errors.ts';
import { type JobPace, jobMs, measureJob, UNMEASURED_JOBS, waits } from './estimate.ts';
import {
  type Admission,
  type AdmissionLimits,
  type AdmissionRequest,
  type AdmissionStats,
  type Clock,
  type Lease,
  type Priority,
  realClock,
} from './port.ts';

interface Active {
  readonly since: number;
  readonly seconds: number | undefined;
}

interface Waiter {
  readonly request: AdmissionRequest;
  readonly admit: (lease: Lease) => void;
  readonly refuse: (error: SottoError) => void;
  /** stops its timer and its abort listener */
  release(): void;
  /** the position last told; undefined before the first */
  told: number | undefined;
  waiting: boolean;
}

/** The places of one priority and who stands in line for them. */
interface Line {
  readonly places: number;
  readonly active: Set<Active>;
  readonly waiters: Waiter[];
  pace: JobPace;
}

/**
 * The first half of the gate: whole jobs, bounded, first come first served within a priority. Live jobs have
 * places of their own, so a file never makes someone who speaks wait; `maxWaiting` bounds both lines together.
 * A position counts those ahead in the own line. Every request ends in exactly one of done, failed, cancelled
 * (by its signal, or left so) and refused (`queue_full`, `queue_timeout`, `closed`).
 * Listeners are called from a microtask of their own: one that throws or re-enters breaks nothing here.
 */
export function createAdmission(limits: AdmissionLimits, clock: Clock = realClock): Admission {
  const lines: Readonly<Record<Priority, Line>> = {
    live: { places: limits.maxLive, active: new Set(), waiters: [], pace: UNMEASURED_JOBS },
    file: { places: limits.maxActive, active: new Set(), waiters: [], pace: UNMEASURED_JOBS },
  };
  const ends = { done: 0, failed: 0, cancelled: 0, refused: 0 };
  let lastId = 0;
  let closing: Promise<void> | undefined;
  let allLeft: (() => void) | undefined;

  const activeCount = () => lines.live.active.size + lines.file.active.size;
  const waitingCount = () => lines.live.waiters.length + lines.file.waiters.length;

  function refused(code: 'queue_full' | 'queue_timeout' | 'closed'): SottoError {
    ends.refused += 1;
    return new SottoError(code);
  }

  function cancelled(): SottoError {
    ends.cancelled += 1;
    return new SottoError('cancelled');
  }

  function occupy(line: Line, request: AdmissionRequest): Lease {
    const job: Active = { since: clock.now(), seconds: request.seconds };
    line.active.add(job);
    lastId += 1;
    return {
      id: lastId,
      leave(end) {
        if (!line.active.delete(job)) return;
        ends[end] += 1;
        // Only whole jobs say how long a job takes.
        if (end === 'done') line.pace = measureJob(line.pace, clock.now() - job.since, job.seconds);
        advance(line);
        if (activeCount() === 0) allLeft?.();
      },
    };
  }

  function advance(line: Line): void {
    while (line.active.size < line.places) {
      const next = line.waiters.shift();
      if (next === undefined) break;
      next.waiting = false;
      next.release();
      next.admit(occupy(line, next.request));
    }
    tellPlaces(line);
  }

  function etas(line: Line): (number | undefined)[] {
    const remaining = [...line.active].map((job) => {
      const whole = jobMs(line.pace, job.seconds);
      return whole === undefined ? undefined : Math.max(0, whole - (clock.now() - job.since));
    });
    return waits(
      remaining,
      line.places,
      line.waiters.map((waiter) => jobMs(line.pace, waiter.request.seconds)),
    );
  }

  function tellPlaces(line: Line): void {
    const etaOf = etas(line);
    for (const [position, waiter] of line.waiters.entries()) {
      if (waiter.told === position) continue;
      waiter.told = position;
      const place = { position, etaMs: etaOf[position] };
      queueMicrotask(() => {
        if (waiter.waiting) waiter.request.onPlace?.(place);
      });
    }
  }

  function dismiss(line: Line, waiter: Waiter, error: SottoError): void {
    line.waiters.splice(line.waiters.indexOf(waiter), 1);
    waiter.waiting = false;
    waiter.release();
    waiter.refuse(error);
    tellPlaces(line);
  }

  function wait(line: Line, request: AdmissionRequest): Promise<Lease> {
    return new Promise((admit, refuse) => {
      const onAbort = () => dismiss(line, waiter, cancelled());
      const { maxWaitMs } = limits;
      const stopTimer =
        maxWaitMs === undefined
          ? undefined
          : clock.after(maxWaitMs, () => dismiss(line, waiter, refused('queue_timeout')));
      const waiter: Waiter = {
        request,
        admit,
        refuse,
        told: undefined,
        waiting: true,
        release() {
          stopTimer?.();
          request.signal?.removeEventListener('abort', onAbort);
        },
      };
      request.signal?.addEventListener('abort', onAbort, { once: true });
      line.waiters.push(waiter);
      tellPlaces(line);
    });
  }

  return {
    async enter(request) {
      const line = lines[request.priority];
      if (closing !== undefined) throw refused('closed');
      if (request.signal?.aborted) throw cancelled();
      if (line.active.size < line.places) return occupy(line, request);
      if (line.places === 0 || waitingCount() >= limits.maxWaiting) throw refused('queue_full');
      return wait(line, request);
    },
    stats(): AdmissionStats {
      return { active: activeCount(), waiting: waitingCount(), ...ends };
    },
    close() {
      closing ??= new Promise((resolve) => {
        allLeft = resolve;
        if (activeCount() === 0) resolve();
      });
      for (const line of Object.values(lines)) {
        while (line.waiters[0] !== undefined) dismiss(line, line.waiters[0], refused('closed'));
      }
      return closing;
    },
  };
}
