/** Keys at two ingresses of one cluster: what is counted is counted once for both, and jobs stay their tenant's own. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { runCli } from '../../server/cli/cli.ts';
import type { Ingress } from '../../server/cluster/ingress.ts';
import { NO_LOG } from '../../server/jobs/job-log.ts';
import { createEarHost, type EarHost } from '../../server/media/ear-host.ts';
import { keysIn, openLive, tenantsOf } from '../../server/serve-cluster.ts';
import { tenancyServices } from '../../server/tenancy-services.ts';
import {
  type KeyStore,
  type KeyWithSecret,
  NO_LIMITS,
  type Scope,
  type TenantLimits,
} from '../../server/tenants/port.ts';
import type { ApiKeyWithSecret, Usage } from '../../shared/protocol/http-keys.ts';
import {
  type ClusterWorld,
  type IngressProcess,
  postScript,
  seen,
  startCluster,
} from '../support/cluster-world.ts';
import { createFakeService } from '../support/fake-service.ts';
import { connect, refused } from '../support/live-client.ts';
import { type RedisServer, startRedis } from '../support/redis-server.ts';

let redis: RedisServer;
let cluster: ClusterWorld;
let ears: EarHost;
/** as they are made from outside */
let keys: KeyStore;
let doors: readonly [IngressProcess, IngressProcess];
const ends: (() => unknown)[] = [];
const service = createFakeService({ limits: { maxWaiting: 100 } });

beforeAll(async () => {
  redis = await startRedis();
  // Nothing is heard here: the process that would hear is never started.
  ears = createEarHost({ vad: 'none' });
  cluster = await startCluster(redis.url, { env: { ASR_QUEUE_MAX: '20' }, ears });
  const worker = await cluster.worker(service);
  const live = await openLive(cluster.config, redis.url, worker, service, NO_LOG);
  const outside = await keysIn(cluster.config, redis.url);
  keys = outside.keys;
  ends.push(live.close, outside.close);
  const tenancy = ({ link }: Ingress) =>
    tenancyServices(
      {
        host: '127.0.0.1',
        tenants: { auth: 'on', file: '/nowhere', pageKey: undefined, watch: 'key', maxTenants: 8 },
      },
      { shared: tenantsOf(cluster.config, link) },
    );
  doors = [await cluster.ingress(tenancy), await cluster.ingress(tenancy)];
  for (const { ingress } of doors) await seen(ingress, 1);
}, 120_000);
afterAll(async () => {
  service.release();
  for (const end of ends) await end();
  await ears?.close();
  await cluster?.close();
  await redis?.stop();
});

const makeKey = (
  limits: Partial<TenantLimits> = {},
  scopes: readonly Scope[] = ['transcribe', 'jobs', 'live'],
): Promise<KeyWithSecret> =>
  keys.create({
    ...{ name: 'somebody', weight: 3, scopes, expiresAt: undefined },
    ...{ allowedModels: undefined, allowedOrigins: undefined, limits: { ...NO_LIMITS, ...limits } },
  });

const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });
const get = (at: 0 | 1, path: string, secret: string) =>
  fetch(doors[at].url + path, { headers: bearer(secret) });
const post = (at: 0 | 1, secret: string, steps: readonly string[]) =>
  postScript(doors[at].url, steps, { headers: bearer(secret) });
const idOf = async (answer: Response) => ((await answer.json()) as { id: string }).id;

test('one key from many connections at both: exactly what is due', async () => {
  const { secret } = await makeKey({ requestsPerMinute: 25 });
  const all = await Promise.all(
    Array.from({ length: 60 }, async (_, index) => {
      const answer = await get(index % 2 === 0 ? 0 : 1, '/v1/models', secret);
      return { status: answer.status, wait: Number(answer.headers.get('retry-after')) };
    }),
  );
  expect(all.filter(({ status }) => status === 200)).toHaveLength(25);
  const refused = all.filter(({ status }) => status === 429);
  expect(refused).toHaveLength(35);
  for (const { wait } of refused) expect(wait).toBeGreaterThan(1);
});

test("a job is its tenant's own at either, counts among its jobs until it ends, and its audio once", async () => {
  const mine = await makeKey({ jobsAtOnce: 1 });
  const other = await makeKey();
  const id = await idOf(await post(0, mine.secret, ['say one', 'hold', 'say two']));
  expect((await get(1, `/v1/jobs/${id}`, mine.secret)).status).toBe(200);
  expect((await get(1, `/v1/jobs/${id}`, other.secret)).status).toBe(404);
  const second = await post(1, mine.secret, ['say three']);
  expect(second.status).toBe(429);
  expect(await second.json()).toMatchObject({ error: { code: 'too_many_jobs' } });
  service.release();
  const ended = { timeout: 20_000, interval: 50 };
  await vi.waitFor(async () => {
    expect(await (await get(1, `/v1/jobs/${id}`, mine.secret)).json()).toMatchObject({ status: 'done' });
  }, ended);
  await vi.waitFor(async () => {
    const next = await post(1, mine.secret, ['say three']);
    expect(next.status).toBe(202);
  }, ended);
  await vi.waitFor(async () => {
    const usage = (await (await get(0, '/v1/usage', mine.secret)).json()) as Usage;
    expect(usage.data.map(({ day: _day, ...counted }) => counted)).toEqual([
      { model: 'sotto-demo-en', requests: 2, audio_seconds: 3 },
    ]);
  }, ended);
  const none = (await (await get(0, '/v1/usage', other.secret)).json()) as Usage;
  expect(none.data).toEqual([]);
});

test('a key that is made, changed, rotated or revoked at one is so at the other from the next request on', async () => {
  const admin = (await makeKey({}, ['admin'])).secret;
  const ask = async (at: 0 | 1, method: string, path: string, body?: object) => {
    const headers = { ...bearer(admin), ...(body && { 'content-type': 'application/json' }) };
    const answer = await fetch(doors[at].url + path, {
      ...{ method, headers },
      ...(body && { body: JSON.stringify(body) }),
    });
    return (await answer.json()) as ApiKeyWithSecret;
  };
  const statusAt = async (at: 0 | 1, secret: string) => (await get(at, '/v1/models', secret)).status;
  const { id, secret } = await ask(0, 'POST', '/v1/admin/keys', { name: 'a newspaper' });
  expect(await statusAt(1, secret)).toBe(200);
  await ask(1, 'PATCH', `/v1/admin/keys/${id}`, { limits: { requests_per_minute: 1 } });
  const policy = (await get(0, '/v1/models', secret)).headers.get('ratelimit-policy');
  expect(policy).toBe('"requests";q=1;w=60');
  expect(await statusAt(1, secret)).toBe(429);
  await ask(0, 'PATCH', `/v1/admin/keys/${id}`, { limits: { requests_per_minute: null } });
  const rotated = await ask(0, 'POST', `/v1/admin/keys/${id}/rotate`, { overlap_seconds: 0 });
  expect([await statusAt(1, secret), await statusAt(1, rotated.secret)]).toEqual([401, 200]);
  await ask(1, 'DELETE', `/v1/admin/keys/${id}`);
  expect(await statusAt(0, rotated.secret)).toBe(401);
});

test('`sotto keys --redis` makes them for all, without a server', async () => {
  let said = '';
  const output = {
    terminal: false,
    async write(text: string) {
      said += text;
    },
    error: () => undefined,
    status: () => undefined,
  };
  const cli = (...args: string[]) =>
    runCli({ args: ['keys', ...args, '--redis', redis.url], env: { ASR_CLUSTER: cluster.name } }, output);
  expect(await cli('create', '--name', 'from outside')).toBe(0);
  const secret = said.trim();
  for (const at of [0, 1] as const) expect((await get(at, '/v1/models', secret)).status).toBe(200);
  const { id = '' } = (await keys.list()).find(({ name }) => name === 'from outside') ?? {};
  expect(await cli('revoke', id)).toBe(0);
  for (const at of [0, 1] as const) expect((await get(at, '/v1/models', secret)).status).toBe(401);
});

test('a client secret opens live sessions at every ingress, until the key that gave it is revoked', async () => {
  const { key, secret } = await makeKey();
  const given = await fetch(`${doors[0].url}/v1/realtime/client_secrets`, {
    method: 'POST',
    headers: { ...bearer(secret), 'content-type': 'application/json' },
    body: JSON.stringify({
      session: { type: 'transcription', audio: { input: { transcription: { prompt: 'Sotto' } } } },
    }),
  });
  expect(given.status).toBe(200);
  const { value } = (await given.json()) as { value: string };
  for (const { url } of doors) {
    const page = await connect(`${url}/v1/realtime?intent=transcription`, [
      'realtime',
      `openai-insecure-api-key.${value}`,
    ]);
    expect(JSON.stringify(await page.next('session.created'))).toContain('"prompt":"Sotto"');
    page.socket.close();
  }
  expect((await get(1, '/v1/jobs/job_x', value)).status).toBe(403);
  await keys.revoke(key.id);
  const headers = bearer(value);
  expect((await refused(`${doors[1].url}/v1/realtime`, { headers })).status).toBe(401);
});

test('while Redis is away nobody is let in unseen, and is told when to come again', async () => {
  const { secret } = await makeKey();
  await redis.kill();
  for (const at of [0, 1] as const) {
    const answer = await get(at, '/v1/models', secret);
    expect([answer.status, Number(answer.headers.get('retry-after')) >= 1]).toEqual([503, true]);
    expect(await answer.json()).toMatchObject({ error: { code: 'cluster_unavailable' } });
    expect((await fetch(`${doors[at].url}/health/live`)).status).toBe(200);
  }
  await redis.start();
  await vi.waitFor(async () => expect((await get(0, '/v1/models', secret)).status).toBe(200), 20_000);
});
