import { SottoError } from '../errors.ts';
import { measureJob, UNMEASURED_JOBS } from './estimate.ts';
import {
  type Active,
  beyondAllPlaces,
  beyondPlaces,
  type Going,
  hasPlace,
  type Line,
  newcomerEta,
  placesIn,
  takeNext,
  type Waiter,
} from './line.ts';
import {
  type Admission,
  type AdmissionLimits,
  type AdmissionStats,
  type Clock,
  type Lease,
  NOBODY,
  type Priority,
  type ReserveRequest,
  realClock,
  type Share,
  type Ticket,
} from './port.ts';
import { createTurns } from './turns.ts';

/**
 * The first half of the gate: whole jobs, bounded, first come first served within a priority and a tenant among those
 * that can begin. Each of `maxTenants` has file places of its own, so that nobody waits for another one's long file;
 * where there are more of them, they have turns. Live jobs have places of their own too, so a file never makes someone
 * who speaks wait; `maxWaiting` bounds both lines together. A position counts those who begin before. Every request ends in exactly one of done, failed,
 * cancelled (by its signal, released, or left so) and refused (`queue_full`, `queue_timeout`, `closed`).
 * Listeners are called from a microtask of their own: one that throws or re-enters breaks nothing here.
 */
export function createAdmission(limits: AdmissionLimits, clock: Clock = realClock): Admission {
  const { maxTenants = 1 } = limits;
  const lines: Readonly<Record<Priority, Line>> = {
    live: createLine(limits.maxLive, limits.maxLive),
    file: createLine(limits.maxActive, limits.maxActive * maxTenants),
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
  function isFull(line: Line, tenant: Share): boolean {
    if (line.places === 0) return true;
    const sum = (beyond: (each: Line, more: 0 | 1) => number) =>
      Object.values(lines).reduce((total, each) => total + beyond(each, each === line ? 1 : 0), 0);
    const own = sum((each, more) => beyondPlaces(each, tenant, more));
    return own > limits.maxWaiting || sum(beyondAllPlaces) > limits.maxWaiting * maxTenants;
  }

  function occupy(line: Line, tenant: Share, request: Going): Lease {
    const job: Active = { tenant, since: clock.now(), seconds: request.seconds, expected: undefined };
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
    for (let waiter = takeNext(line); waiter !== undefined; waiter = takeNext(line)) {
      const { stage, tenant } = waiter;
      if (stage.name !== 'ready') break;
      leaveLine(line, waiter);
      stage.admit(occupy(line, tenant, stage.request));
    }
    tellPlaces(line);
  }

  function tellPlaces(line: Line): void {
    for (const [waiter, place] of placesIn(line, clock.now())) {
      const { stage } = waiter;
      if (stage.name !== 'ready' || waiter.told === place.position) continue;
      waiter.told = place.position;
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

  function reserve({ priority, force = false, tenant = NOBODY }: ReserveRequest): Ticket {
    const line = lines[priority];
    if (closing !== undefined) throw refused('closed');
    if (!force && isFull(line, tenant)) throw refused('queue_full');
    const waiter: Waiter = { tenant, stage: { name: 'reserved' }, told: undefined };
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
        return placesIn(line, clock.now()).get(waiter) ?? { position: 0, etaMs: 0 };
      },
      get placeFree() {
        return hasPlace(line, tenant);
      },
    };
  }

  return {
    reserve,
    enter({ priority, tenant = NOBODY, ...request }) {
      if (closing === undefined && request.signal?.aborted) return Promise.reject(cancelled());
      try {
        return reserve({ priority, tenant }).enter(request);
      } catch (thrown) {
        return Promise.reject(thrown);
      }
    },
    etaMs: (priority, tenant = NOBODY) => newcomerEta(lines[priority], tenant, clock.now()),
    stats(): AdmissionStats {
      return { active: activeCount(), waiting: waitingCount(), ...ends };
    },
    wake() {
      for (const line of Object.values(lines)) advance(line);
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

const createLine = (places: number, allPlaces: number): Line => ({
  places,
  allPlaces,
  active: new Set(),
  waiters: [],
  turns: createTurns(),
  pace: UNMEASURED_JOBS,
});
