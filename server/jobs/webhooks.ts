/** Tells of finished jobs: signed, with retries that outlive the server, at most a few at a time. */
import { SottoError, toSottoError } from '../../shared/errors.ts';
import type { JobLog } from './job-log.ts';
import type { Delivery, JobStore } from './port.ts';
import { type AttemptParts, createAttempt, pauseMs, verdict } from './webhook-attempt.ts';

export interface WebhookParts extends AttemptParts {
  readonly store: Pick<JobStore, 'deliveries' | 'retryDelivery' | 'endDelivery'>;
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

const AT_ONCE = 4;
const STORE_PAUSE_MS = 30_000;

export function createWebhooks(parts: WebhookParts): Webhooks {
  const { store, clock, wall, log, random = Math.random } = parts;
  const attempt = createAttempt(parts);
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
    const answer = await attempt(delivery, stopping.signal);
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

  return {
    wake,
    async close() {
      stopping.abort(new SottoError('closed'));
      cancelTimer?.();
      await Promise.all(flying.values());
    },
  };
}
