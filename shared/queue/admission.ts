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
  type QueuePlace,
  type ReserveRequest,
  realClock,
  type Ticket,
} from './port.ts';

interface Active {
  readonly since: number;
  readonly seconds: number | undefined;
  /** what it said it still needs, and when */
  expected: { readonly at: number; readonly ms: number } | undefined;
}

type Going = Omit<AdmissionRequest, 'priority'>;

/** `reserved` -> `ready` -> `out` (admitted or refused), or `reserved` -> `out` (released or refused). */
type Stage =
  | { readonly name: 'reserved' }
  | {
      readonly name: 'ready';
      readonly request: Going;
      readonly admit: (lease: Lease) => void;
      readonly refuse: (error: SottoError) => void;
      /** stops its timer and its abort listener */
      readonly release: () => void;
    }
  | { readonly name: 'out'; readonly error: SottoError | undefined };

interface Waiter {
  stage: Stage;
  /** the position last told; undefined before the first */
  told: number | undefined;
}

/** The places of one priority and who stands in line for them. */
interface Line {
  readonly places: number;
  readonly active: Set<Active>;
  readonly waiters: Waiter[];
  pace: JobPace;
}

/**
 * The first half of the gate: whole jobs, bounded, first come first served within a priority among those that can
 * begin. Live jobs have places of their own, so a file never makes someone who speaks wait; `maxWaiting` bounds both
 * lines together. A position counts those ahead in the own line. Every request ends in exactly one of done, failed,
 * cancelled (by its signal, released, or left so) and refused (`queue_full`, `queue_timeout`, `closed`).
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

  /** Whether one more in this line would wait beyond the bound, all who have a ticket counted as if they were ready. */
  function isFull(line: Line): boolean {
    if (line.places === 0) return true;
    const beyond = Object.values(lines).reduce((sum, each) => {
      const inLine = each.waiters.length + (each === line ? 1 : 0);
      return sum + Math.max(0, inLine - (each.places - each.active.size));
    }, 0);
    return beyond > limits.maxWaiting;
  }

  function occupy(line: Line, request: Going): Lease {
    const job: Active = { since: clock.now(), seconds: request.seconds, expected: undefined };
    line.active.add(job);
    lastId += 1;
    return {
      id: lastId,
      expect(ms) {
        job.expected = { at: clock.now(), ms };
      },
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

  /** Takes it out of line, for good. */
  function leaveLine(line: Line, waiter: Waiter, error?: SottoError): void {
    line.waiters.splice(line.waiters.indexOf(waiter), 1);
    if (waiter.stage.name === 'ready') waiter.stage.release();
    waiter.stage = { name: 'out', error };
  }

  function advance(line: Line): void {
    for (const waiter of [...line.waiters]) {
      if (line.active.size >= line.places) break;
      const { stage } = waiter;
      if (stage.name !== 'ready') continue;
      leaveLine(line, waiter);
      stage.admit(occupy(line, stage.request));
    }
    tellPlaces(line);
  }

  function remainingMs(line: Line, { since, seconds, expected }: Active): number | undefined {
    if (expected !== undefined) return Math.max(0, expected.ms - (clock.now() - expected.at));
    const whole = jobMs(line.pace, seconds);
    return whole === undefined ? undefined : Math.max(0, whole - (clock.now() - since));
  }

  /** The wait of each in line, and of one who would come now. */
  function etas(line: Line): (number | undefined)[] {
    const queue = line.waiters.map(({ stage }) =>
      jobMs(line.pace, stage.name === 'ready' ? stage.request.seconds : undefined),
    );
    const remaining = [...line.active].map((job) => remainingMs(line, job));
    return waits(remaining, line.places, [...queue, undefined]);
  }

  function placeOf(line: Line, waiter: Waiter): QueuePlace {
    const position = line.waiters.indexOf(waiter);
    return position < 0 ? { position: 0, etaMs: 0 } : { position, etaMs: etas(line)[position] };
  }

  function tellPlaces(line: Line): void {
    const etaOf = etas(line);
    for (const [position, waiter] of line.waiters.entries()) {
      const { stage } = waiter;
      if (stage.name !== 'ready' || waiter.told === position) continue;
      waiter.told = position;
      const place = { position, etaMs: etaOf[position] };
      queueMicrotask(() => {
        if (waiter.stage === stage) stage.request.onPlace?.(place);
      });
    }
  }

  function dismiss(line: Line, waiter: Waiter, error: SottoError): void {
    const { stage } = waiter;
    leaveLine(line, waiter, error);
    if (stage.name === 'ready') stage.refuse(error);
    advance(line);
  }

  function begin(line: Line, waiter: Waiter, request: Going): Promise<Lease> {
    return new Promise((admit, refuse) => {
      const onAbort = () => dismiss(line, waiter, cancelled());
      const { maxWaitMs = limits.maxWaitMs } = request;
      const bounded = maxWaitMs !== undefined && maxWaitMs !== Number.POSITIVE_INFINITY;
      const stopTimer = bounded
        ? clock.after(maxWaitMs, () => dismiss(line, waiter, refused('queue_timeout')))
        : undefined;
      const release = () => {
        stopTimer?.();
        request.signal?.removeEventListener('abort', onAbort);
      };
      waiter.stage = { name: 'ready', request, admit, refuse, release };
      request.signal?.addEventListener('abort', onAbort, { once: true });
      advance(line);
    });
  }

  function reserve({ priority, force = false }: ReserveRequest): Ticket {
    const line = lines[priority];
    if (closing !== undefined) throw refused('closed');
    if (!force && isFull(line)) throw refused('queue_full');
    const waiter: Waiter = { stage: { name: 'reserved' }, told: undefined };
    line.waiters.push(waiter);
    return {
      enter(request = {}) {
        if (waiter.stage.name === 'reserved' && request.signal?.aborted) dismiss(line, waiter, cancelled());
        if (waiter.stage.name === 'reserved') return begin(line, waiter, request);
        const refusal = waiter.stage.name === 'out' ? waiter.stage.error : undefined;
        return Promise.reject(refusal ?? new SottoError('internal', 'the ticket was used'));
      },
      release() {
        if (waiter.stage.name === 'reserved') dismiss(line, waiter, cancelled());
      },
      get place() {
        return placeOf(line, waiter);
      },
    };
  }

  return {
    reserve,
    enter({ priority, ...request }) {
      if (closing === undefined && request.signal?.aborted) return Promise.reject(cancelled());
      try {
        return reserve({ priority }).enter(request);
      } catch (thrown) {
        return Promise.reject(thrown);
      }
    },
    etaMs: (priority) => etas(lines[priority]).at(-1),
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
