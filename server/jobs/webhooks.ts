/** Tells of finished jobs: signed, with retries that outlive the server, at most a few at a time. */
import { type ErrorCode, SottoError, toSottoError } from '../../shared/errors.ts';
import type { Clock } from '../../shared/queue/port.ts';
import type { JobLog } from './job-log.ts';
import type { Outbound } from './outbound.ts';
import type { Delivery, JobStore } from './port.ts';
import { webhookHeaders, webhookKey } from './webhook-signature.ts';

export interface WebhookParts {
  readonly store: Pick<JobStore, 'deliveries' | 'retryDelivery' | 'endDelivery'>;
  readonly outbound: Pick<Outbound, 'exchange'>;
  /** for jobs without one of their own */
  readonly secret: string | undefined;
  readonly clock: Clock;
  /** epoch milliseconds */
  readonly wall: () => number;
  readonly log: JobLog;
  /** in [0, 1): spreads retries of many jobs */
  readonly random?: () => number;
}

export interface Webhooks {
  /** Looks for what is due; called at the start and when a job is finished. */
  wake(): void;
  /** Ends what is on its way; it is tried again at the next start. */
  close(): Promise<void>;
}

export const MAX_TRIES = 10;
export const ACKNOWLEDGE_MS = 10_000;
const FIRST_PAUSE_MS = 5_000;
/** Ten tries over some four hours: a receiver may be down for an afternoon. */
const GROWTH = 2.5;
const AT_ONCE = 4;
const STORE_PAUSE_MS = 30_000;
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

export function createWebhooks(parts: WebhookParts): Webhooks {
  const { store, outbound, clock, wall, log, random = Math.random } = parts;
  const stopping = new AbortController();
  const flying = new Map<string, Promise<void>>();
  let cancelTimer: (() => void) | undefined;

  function wake(): void {
    cancelTimer?.();
    cancelTimer = undefined;
    if (stopping.signal.aborted) return;
    const waiting = store.deliveries(AT_ONCE * 2).filter(({ jobId }) => !flying.has(jobId));
    const now = wall();
    for (const delivery of waiting) {
      if (flying.size >= AT_ONCE) return;
      if (delivery.nextAt > now) {
        cancelTimer = clock.after(delivery.nextAt - now, wake);
        return;
      }
      const flight = deliver(delivery)
        .finally(() => flying.delete(delivery.jobId))
        .then(wake, (error: unknown) => {
          // The store does not take it down: not at once again, or the receiver is told without end.
          log.error({ err: toSottoError(error) }, 'webhook');
          cancelTimer?.();
          cancelTimer = clock.after(STORE_PAUSE_MS, wake);
        })
        .catch((error: unknown) => log.error({ err: toSottoError(error) }, 'webhook'));
      flying.set(delivery.jobId, flight);
    }
  }

  async function deliver(delivery: Delivery): Promise<void> {
    const answer = await attempt(delivery);
    if (stopping.signal.aborted) return;
    const tries = delivery.attempts + 1;
    const end = answer === 'refused' ? 'given_up' : verdict(answer, tries);
    const why = typeof answer === 'number' ? answer : (answer ?? 'no answer');
    log.info({ webhook: delivery.messageId, end, tries, answer: why }, 'webhook');
    if (end === 'again') {
      store.retryDelivery(delivery.jobId, tries, wall() + pauseMs(tries, random()));
    } else {
      store.endDelivery(delivery.jobId, end);
    }
  }

  /** The status; undefined when none came in time; `refused` where no try can ever work. */
  async function attempt({ messageId: id, ...job }: Delivery): Promise<number | undefined | 'refused'> {
    const key = webhookKey(job.secret ?? parts.secret ?? '');
    if (key === undefined) return 'refused';
    const body = JSON.stringify({ id: job.jobId, status: job.status });
    const headers = webhookHeaders({ id, body }, key, Math.floor(wall() / 1000));
    const late = new AbortController();
    const stopTimer = clock.after(ACKNOWLEDGE_MS, () => late.abort(new SottoError('source_failed')));
    const signal = AbortSignal.any([late.signal, stopping.signal]);
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
  }

  return {
    wake,
    async close() {
      stopping.abort(new SottoError('closed'));
      cancelTimer?.();
      await Promise.all(flying.values());
    },
  };
}

const REFUSED: ErrorCode = 'address_refused';
