/** One try to tell of a finished job, and what its answer means. */
import { type ErrorCode, SottoError, toSottoError } from '../../shared/errors.ts';
import type { Clock } from '../../shared/queue/port.ts';
import type { Outbound } from './outbound.ts';
import type { Delivery } from './port.ts';
import { webhookHeaders, webhookKey } from './webhook-signature.ts';

export interface AttemptParts {
  readonly outbound: Pick<Outbound, 'exchange'>;
  /** for jobs without one of their own */
  readonly secret: string | undefined;
  readonly clock: Clock;
  /** epoch milliseconds */
  readonly wall: () => number;
}

/** The status; undefined when none came in time; `refused` where no try can ever work. */
export type Attempt = (delivery: Delivery, stopping: AbortSignal) => Promise<number | undefined | 'refused'>;

export const MAX_TRIES = 10;
export const ACKNOWLEDGE_MS = 10_000;
const FIRST_PAUSE_MS = 5_000;
/** Ten tries over some four hours: a receiver may be down for an afternoon. */
const GROWTH = 2.5;
/** Answers of the receiver that another try may change. */
const PASSING: readonly number[] = [408, 429];

/** Before the next try, after this many: 5 s, 12.5 s, … two hours; a fifth more or less. */
export function pauseMs(tries: number, random: number): number {
  return Math.round(FIRST_PAUSE_MS * GROWTH ** (tries - 1) * (0.8 + 0.4 * random));
}

/** What an answer (undefined: none came) means for a delivery that was now tried this many times. */
export function verdict(status: number | undefined, tries: number): 'delivered' | 'again' | 'given_up' {
  if (status !== undefined && status >= 200 && status < 300) return 'delivered';
  if (status !== undefined && status >= 400 && status < 500 && !PASSING.includes(status)) return 'given_up';
  return tries < MAX_TRIES ? 'again' : 'given_up';
}

export function createAttempt({ outbound, secret, clock, wall }: AttemptParts): Attempt {
  return async ({ messageId: id, ...job }, stopping) => {
    const key = webhookKey(job.secret ?? secret ?? '');
    if (key === undefined) return 'refused';
    const body = JSON.stringify({ id: job.jobId, status: job.status });
    const headers = webhookHeaders({ id, body }, key, Math.floor(wall() / 1000));
    const late = new AbortController();
    const stopTimer = clock.after(ACKNOWLEDGE_MS, () => late.abort(new SottoError('source_failed')));
    const signal = AbortSignal.any([late.signal, stopping]);
    try {
      const asked = { url: job.url, method: 'POST', headers, body, signal } as const;
      return await outbound.exchange(asked, async (answer) => {
        answer.body.destroy();
        return answer.statusCode;
      });
    } catch (error) {
      return toSottoError(error).code === REFUSED ? 'refused' : undefined;
    } finally {
      stopTimer();
    }
  };
}

const REFUSED: ErrorCode = 'address_refused';
