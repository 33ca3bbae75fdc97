/** Tells of finished jobs, whichever ingress is there: each delivery is one ingress's for a while, then anyone's. */
import { toSottoError } from '../../shared/errors.ts';
import type { JobLog } from '../jobs/job-log.ts';
import type { Delivery } from '../jobs/port.ts';
import { isFinal, JOB_STATUSES } from '../jobs/states.ts';
import {
  ACKNOWLEDGE_MS,
  type AttemptParts,
  createAttempt,
  pauseMs,
  verdict,
} from '../jobs/webhook-attempt.ts';
import { listOf, numberOf, textOf } from './call-scripts.ts';
import type { ChangeFeed } from './change-feed.ts';
import type { ClusterStore } from './cluster-store.ts';

export interface ClusterWebhooksParts extends AttemptParts {
  readonly store: Pick<ClusterStore, 'call'>;
  readonly feed: Pick<ChangeFeed, 'watchAll'>;
  readonly log: JobLog;
}

const AT_ONCE = 4;
/** Longer than a try can take: no other ingress tries meanwhile. */
const CLAIM_MS = ACKNOWLEDGE_MS + 5_000;
const LOOK_MS = 1_000;
/** What is finished by a change is due at once. */
const ENDS: readonly string[] = JOB_STATUSES.filter(isFinal);

export function createClusterWebhooks(parts: ClusterWebhooksParts): { close(): Promise<void> } {
  const { store, log } = parts;
  const attempt = createAttempt(parts);
  const stopping = new AbortController();
  const flying = new Set<Promise<void>>();
  let looking: Promise<void> | undefined;

  async function look(): Promise<void> {
    const free = AT_ONCE - flying.size;
    if (free <= 0 || stopping.signal.aborted) return;
    for (const each of listOf(await store.call('claim', CLAIM_MS, free))) {
      const delivery = deliveryOf(listOf(each));
      if (delivery === undefined) continue;
      const flight = deliver(delivery)
        .catch((error: unknown) => log.error({ err: toSottoError(error) }, 'webhook'))
        .finally(() => flying.delete(flight));
      flying.add(flight);
    }
  }

  async function deliver(delivery: Delivery): Promise<void> {
    const answer = await attempt(delivery, stopping.signal);
    // Given back at once: another ingress tries in a moment.
    if (stopping.signal.aborted)
      return void (await store.call('retry', delivery.jobId, delivery.attempts, 0));
    const tries = delivery.attempts + 1;
    const end = answer === 'refused' ? 'given_up' : verdict(answer, tries);
    const why = typeof answer === 'number' ? answer : (answer ?? 'no answer');
    log.info({ webhook: delivery.messageId, end, tries, answer: why }, 'webhook');
    if (end === 'again') await store.call('retry', delivery.jobId, tries, pauseMs(tries, Math.random()));
    else await store.call('delivered', delivery.jobId, end);
  }

  function wake(): void {
    looking ??= look()
      .catch((error: unknown) => log.info({ err: toSottoError(error) }, 'webhooks: not now'))
      .finally(() => {
        looking = undefined;
      });
  }

  const timer = setInterval(wake, LOOK_MS);
  const unwatch = parts.feed.watchAll((change) => {
    if (change !== undefined && ENDS.includes(change.what)) wake();
  });
  return {
    async close() {
      stopping.abort();
      clearInterval(timer);
      unwatch();
      await looking;
      await Promise.all(flying);
    },
  };
}

function deliveryOf([id, status, url, secret, message, tries]: ReturnType<typeof listOf>):
  | Delivery
  | undefined {
  const final = JOB_STATUSES.find((known) => known === status);
  if (final === undefined || !isFinal(final)) return undefined;
  return {
    jobId: textOf(id),
    messageId: textOf(message),
    status: final,
    url: textOf(url),
    secret: textOf(secret) || undefined,
    attempts: numberOf(tries),
    nextAt: 0,
  };
}
