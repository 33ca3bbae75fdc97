import { describe, expect, it } from 'vitest';
import { parseReply, type Reply } from '../soak/client.ts';
import { runSoak } from '../soak/run.ts';
import { count, createTally, slope } from '../soak/tally.ts';
import { percentile } from '../support/percentile.ts';
import { FROM_SOURCE } from '../support/server-process.ts';

const reply = (status: number, code: string | null, more: Partial<Reply> = {}): Reply => ({
  status,
  code,
  ms: 4,
  retryMs: 0,
  inferenceMs: undefined,
  body: '',
  ...more,
});

describe('how a load is counted', () => {
  it('what is neither served, refused nor too late is undefined', () => {
    const tally = createTally();
    count(tally, reply(200, null, { inferenceMs: 90 }));
    count(tally, reply(503, 'queue_full', { ms: 7 }));
    count(tally, reply(503, 'queue_timeout'));
    count(tally, reply(503, 'engine_exited'));
    count(tally, reply(500, 'internal'));
    count(tally, new Error('the connection ended without an answer'));
    expect(tally).toMatchObject({ served: 1, refused: 1, timedOut: 1, undefinedOutcomes: 3 });
    expect(tally.refusals).toEqual([7]);
    expect(tally.inferences).toEqual([90]);
  });

  it('an answer counts when it is whole', () => {
    const head = 'HTTP/1.1 503 Service Unavailable\r\nretry-after-ms: 640\r\ncontent-length: 21\r\n\r\n';
    expect(parseReply(head.slice(0, -3))).toBeUndefined();
    expect(parseReply(`${head}{"code":"queue_ful`)).toBeUndefined();
    expect(parseReply(`${head}{"code":"queue_full"}`)).toMatchObject({
      status: 503,
      code: 'queue_full',
      retryMs: 640,
      closes: false,
    });
    const served =
      'HTTP/1.1 200 OK\r\nserver-timing: wait;dur=1, inference;dur=88\r\ncontent-length: 0\r\n\r\n';
    expect(parseReply(served)).toMatchObject({ status: 200, inferenceMs: 88 });
  });

  it('percentiles by nearest rank, a slope by least squares', () => {
    expect(percentile([], 0.5)).toBeNull();
    expect(percentile([3, 1, 2], 0.5)).toBe(2);
    expect(percentile([3, 1, 2], 0.99)).toBe(3);
    expect(slope([])).toBe(0);
    expect(slope([1, 2, 3].map((x) => [x, 5 * x + 2] as const))).toBeCloseTo(5);
  });
});

it('more clients than places: each is served, refused at once or told that it waited too long', async () => {
  const { figures, tally } = await runSoak({ seconds: 4, clients: 60, quietReads: 3, node: FROM_SOURCE });
  expect(figures.undefined_outcomes, JSON.stringify(tally.why)).toBe(0);
  expect(figures.served).toBeGreaterThan(0);
  expect(figures.refused).toBeGreaterThan(0);
  expect(figures.refusal_p50_ms).not.toBeNull();
  expect(figures.inference_ratio).toBeGreaterThan(0);
}, 120_000);
