import { describe, expect, it } from 'vitest';
import { parseReply, type Reply, SILENT } from '../soak/client.ts';
import { AFTER_BLOW_MS, createPlaceTally, watchPlace } from '../soak/cluster-places.ts';
import { clusterBlows } from '../soak/cluster-strikes.ts';
import { countVerdict, createClusterTally, verdictOf } from '../soak/cluster-tally.ts';
import { runSoak } from '../soak/run.ts';
import { count, createTally, slope } from '../soak/tally.ts';
import { percentile } from '../support/percentile.ts';
import { SERVER } from '../support/programs.ts';
import { createRandom } from '../support/random.ts';

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

describe('how the load of a cluster is counted', () => {
  const said = (text: string) => reply(200, null, { body: JSON.stringify({ text }) });
  it.each<[what: string, reply: Reply | Error, verdict: string]>([
    ['the undisturbed text', said(' One. Two. '), 'served'],
    ['the same twice', said('One. Two. Two.'), 'doubled'],
    ['a part of it', said('One.'), 'lost'],
    ['no place', reply(503, 'queue_full', { retryMs: 900 }), 'refused'],
    ['too long a wait', reply(503, 'queue_timeout', { retryMs: 900, ms: 8_000 }), 'refused'],
    ['Redis is away', reply(503, 'cluster_unavailable', { retryMs: 1_000, ms: 3_000 }), 'refused'],
    ['a refusal that does not say when', reply(503, 'queue_full'), 'lost'],
    ['a refusal that comes late', reply(503, 'queue_full', { retryMs: 900, ms: 31_000 }), 'lost'],
    ['what is no refusal', reply(500, 'internal', { retryMs: 900 }), 'lost'],
    ['nothing', new Error(SILENT), 'lost'],
    ['a connection that ended', new Error('ECONNRESET'), 'cut'],
  ])('%s', (_what, came, verdict) => {
    expect(verdictOf(came, 'One. Two.').name).toBe(verdict);
  });

  it('the time of a refusal is that of those at the door', () => {
    const tally = createClusterTally();
    countVerdict(tally, { name: 'refused', why: 'queue_full' }, 7);
    countVerdict(tally, { name: 'refused', why: 'queue_timeout' }, 8_000);
    countVerdict(tally, { name: 'lost', why: 'x' });
    expect(tally).toMatchObject({ refused: 2, lost: 1, refusals: [7] });
  });

  it('a place may grow after something was killed, and for no other reason', () => {
    const tally = createPlaceTally();
    const never = Number.NEGATIVE_INFINITY;
    const [one, other] = [watchPlace(tally), watchPlace(tally)];
    expect([one(5, 0, never), one(5, 1_000, never), one(2, 2_000, never)]).toEqual(Array(3).fill('better'));
    expect(one(3, 3_000, never)).toBe('grew');
    expect(other(4, 3_000, never)).toBe('better');
    expect(other(6, 4_000, 3_900)).toBe('explained');
    expect(other(7, 3_900 + AFTER_BLOW_MS + 1, 3_900)).toBe('grew');
    expect(tally).toEqual({ queueStatus: 7, grewAfterBlow: 1, grew: 2 });
  });

  it('the same seed strikes the same, with Redis once in the middle', () => {
    const blows = clusterBlows(9, createRandom(4));
    expect(blows).toEqual(clusterBlows(9, createRandom(4)));
    expect(blows.map((blow, at) => (blow === 'redis' ? at : -1)).filter((at) => at >= 0)).toEqual([4]);
    expect(blows).toContain('ingress');
    expect(clusterBlows(0, createRandom(4))).toEqual([]);
  });
});

it('more clients than places: each is served, refused at once or told that it waited too long', async () => {
  const { figures, tally } = await runSoak({ seconds: 4, clients: 60, quietReads: 3, node: SERVER });
  expect(figures.undefined_outcomes, JSON.stringify(tally.why)).toBe(0);
  expect(figures.served).toBeGreaterThan(0);
  expect(figures.refused).toBeGreaterThan(0);
  expect(figures.refusal_p50_ms).not.toBeNull();
  expect(figures.inference_ratio).toBeGreaterThan(0);
}, 120_000);
