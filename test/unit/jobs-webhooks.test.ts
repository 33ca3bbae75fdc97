import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { NO_LOG } from '../../server/jobs/job-log.ts';
import type { OutboundRequest } from '../../server/jobs/outbound.ts';
import type { Delivery, JobStore } from '../../server/jobs/port.ts';
import { MAX_TRIES, pauseMs, verdict } from '../../server/jobs/webhook-attempt.ts';
import { webhookHeaders, webhookKey } from '../../server/jobs/webhook-signature.ts';
import { createWebhooks } from '../../server/jobs/webhooks.ts';
import { readSettings } from '../../server/settings.ts';
import { JOB_SETTINGS } from '../../server/settings-jobs.ts';
import { SottoError } from '../../shared/errors.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

const SECRET = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;
const EPOCH = 1_700_000_000_000;

type Answer = number | 'never' | 'refused' | 'broken';

/** Deliveries in memory, a receiver by script, time that is moved by hand. */
function begin(answers: readonly Answer[], many = 1) {
  const clock = createVirtualClock();
  const wall = () => EPOCH + clock.now();
  const pending = new Map<string, Delivery>();
  for (let index = 0; index < many; index += 1) {
    const jobId = `job_${index}`;
    const delivery = {
      messageId: `msg_${index}`,
      status: 'done',
      url: 'https://a.example',
      secret: SECRET,
    } as const;
    pending.set(jobId, { ...delivery, jobId, attempts: 0, nextAt: wall() });
  }
  const ends: string[] = [];
  const asked: { readonly at: number; readonly request: OutboundRequest }[] = [];
  let flying = 0;
  let most = 0;
  const store: Pick<JobStore, 'deliveries' | 'retryDelivery' | 'endDelivery'> = {
    deliveries: (limit) => [...pending.values()].toSorted((a, b) => a.nextAt - b.nextAt).slice(0, limit),
    retryDelivery(jobId, attempts, nextAt) {
      const old = pending.get(jobId);
      if (old !== undefined) pending.set(jobId, { ...old, attempts, nextAt });
    },
    endDelivery(jobId, state) {
      pending.delete(jobId);
      ends.push(state);
    },
  };
  const make = () =>
    createWebhooks({
      ...{ store, clock, wall, log: NO_LOG, secret: undefined, random: () => 0.5 },
      outbound: {
        async exchange(request, use) {
          const answer = answers[asked.length] ?? answers.at(-1) ?? 200;
          asked.push({ at: clock.now(), request });
          flying += 1;
          most = Math.max(most, flying);
          try {
            if (answer === 'refused') throw new SottoError('address_refused');
            if (answer === 'broken') throw new Error('ECONNREFUSED');
            await new Promise<void>((resolve, reject) => {
              request.signal.addEventListener('abort', () => reject(request.signal.reason));
              if (answer !== 'never') clock.after(100, resolve);
            });
            const body = { destroy: () => undefined } as never;
            return await use({ statusCode: Number(answer), headers: {}, body });
          } finally {
            flying -= 1;
          }
        },
      },
    });
  return { clock, make, asked, ends, most: () => most };
}

const HOUR = 3_600_000;

describe('deliveries', () => {
  it('are signed so that the reference library takes them, each try anew', async () => {
    const key = webhookKey(SECRET);
    if (key === undefined) throw new Error('no key');
    const body = '{"id":"job_1","status":"done"}';
    const now = Math.floor(Date.now() / 1000);
    const headers = webhookHeaders({ id: 'msg_1', body }, key, now);
    expect(new Webhook(SECRET).verify(body, headers)).toEqual({ id: 'job_1', status: 'done' });
    expect(() => new Webhook(SECRET).verify(`${body} `, headers)).toThrow();
    const old = webhookHeaders({ id: 'msg_1', body }, key, now - 400);
    expect(() => new Webhook(SECRET).verify(body, old)).toThrow();
  });

  it.each(['', 'whsec_', 'whsec_####', `whsec_${Buffer.alloc(23).toString('base64')}`, SECRET.slice(6)])(
    'a secret must be whsec_ and 24 to 64 bytes: %j',
    (secret) => expect(webhookKey(secret)).toBeUndefined(),
  );

  it('a secret that an operator mistyped is not repeated', () => {
    const read = () => readSettings(JOB_SETTINGS, { ASR_WEBHOOK_SECRET: 'my-password' });
    expect(read).toThrow('ASR_WEBHOOK_SECRET must be whsec_');
    expect(read).not.toThrow(/my-password/);
    expect(readSettings(JOB_SETTINGS, { ASR_WEBHOOK_SECRET: SECRET }).webhookSecret).toBe(SECRET);
  });

  it('are tried ten times, with growing pauses, the same message each time', async () => {
    const { clock, make, asked, ends } = begin([500]);
    make().wake();
    await clock.advance(12 * HOUR);
    expect(asked).toHaveLength(MAX_TRIES);
    expect(ends).toEqual(['given_up']);
    const pauses = asked.slice(1).map(({ at }, index) => at - (asked[index]?.at ?? 0) - 100);
    expect(pauses.slice(0, 4)).toEqual([5_000, 12_500, 31_250, 78_125]);
    expect(new Set(asked.map(({ request }) => request.headers['webhook-id'])).size).toBe(1);
    expect(new Set(asked.map(({ request }) => request.headers['webhook-timestamp'])).size).toBe(MAX_TRIES);
    expect(clock.pending).toBe(0);
  });

  it('end with the first 2xx, at once with a 4xx, and go on after 408 and 429', async () => {
    expect([200, 204, 301, 400, 408, 410, 429, 500, undefined].map((status) => verdict(status, 1))).toEqual([
      'delivered',
      'delivered',
      'again',
      'given_up',
      'again',
      'given_up',
      'again',
      'again',
      'again',
    ]);
    const { clock, make, asked, ends } = begin(['broken', 429, 200]);
    make().wake();
    await clock.advance(HOUR);
    expect([asked.length, ends]).toEqual([3, ['delivered']]);
  });

  it('wait ten seconds for an answer, no longer', async () => {
    const { clock, make, asked, ends } = begin(['never', 200]);
    make().wake();
    await clock.advance(HOUR);
    expect(asked[1]?.at).toBe(10_000 + 5_000);
    expect(ends).toEqual(['delivered']);
  });

  it('never try again an address that is refused', async () => {
    const { clock, make, asked, ends } = begin(['refused']);
    make().wake();
    await clock.advance(HOUR);
    expect([asked.length, ends]).toEqual([1, ['given_up']]);
  });

  it('go on after the server was closed in the middle, when they are due', async () => {
    const { clock, make, asked, ends } = begin([500, 'never', 200]);
    const before = make();
    before.wake();
    await clock.advance(5_200);
    expect(asked).toHaveLength(2);
    await before.close();
    await clock.advance(HOUR);
    expect(asked).toHaveLength(2);
    make().wake();
    await clock.advance(HOUR);
    expect([asked.length, ends]).toEqual([3, ['delivered']]);
  });

  it('of many jobs go out a few at a time, all of them', async () => {
    const { clock, make, asked, ends, most } = begin([200], 11);
    make().wake();
    await clock.advance(HOUR);
    expect([asked.length, ends.length, most()]).toEqual([11, 11, 4]);
  });

  it('pauses differ by a fifth at most', () => {
    expect([pauseMs(1, 0), pauseMs(1, 0.5), pauseMs(1, 1)]).toEqual([4_000, 5_000, 6_000]);
    const all = Array.from({ length: MAX_TRIES - 1 }, (_, index) => pauseMs(index + 1, 0.5));
    expect(all.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThan(3 * HOUR);
  });
});
