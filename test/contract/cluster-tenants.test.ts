/** Keys at two ingresses of one cluster: what is counted is counted once for both, and jobs stay their tenant's own. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Ingress } from '../../server/cluster/ingress.ts';
import { limitsOf } from '../../server/serve-cluster.ts';
import { tenancyServices } from '../../server/tenancy-services.ts';
import { openTenantsFile } from '../../server/tenants/database.ts';
import { createKeyStore } from '../../server/tenants/keys.ts';
import { type KeyWithSecret, NO_LIMITS, type TenantLimits } from '../../server/tenants/port.ts';
import type { Usage } from '../../shared/protocol/http-keys.ts';
import {
  type ClusterWorld,
  type IngressProcess,
  postScript,
  seen,
  startCluster,
} from '../support/cluster-world.ts';
import { createFakeService } from '../support/fake-service.ts';
import { type RedisServer, startRedis } from '../support/redis-server.ts';

let redis: RedisServer;
let cluster: ClusterWorld;
let doors: readonly [IngressProcess, IngressProcess];
const service = createFakeService({ limits: { maxWaiting: 100 } });

beforeAll(async () => {
  redis = await startRedis();
  cluster = await startCluster(redis.url, { env: { ASR_QUEUE_MAX: '20' } });
  await cluster.worker(service);
  const file = join(cluster.folder, 'keys.db');
  const tenancy = ({ link }: Ingress) =>
    tenancyServices(
      { host: '127.0.0.1', tenants: { auth: 'on', file, pageKey: undefined, watch: 'key', maxTenants: 8 } },
      { limits: limitsOf({ cluster: { name: cluster.name } }, link) },
    );
  doors = [await cluster.ingress(tenancy), await cluster.ingress(tenancy)];
  for (const { ingress } of doors) await seen(ingress, 1);
}, 120_000);
afterAll(async () => {
  service.release();
  await cluster?.close();
  await redis?.stop();
});

async function makeKey(limits: Partial<TenantLimits> = {}): Promise<KeyWithSecret> {
  const db = openTenantsFile(join(cluster.folder, 'keys.db'));
  try {
    return await createKeyStore(db).create({
      ...{ name: 'somebody', weight: 3, scopes: ['transcribe', 'jobs', 'live'], expiresAt: undefined },
      ...{ allowedModels: undefined, allowedOrigins: undefined, limits: { ...NO_LIMITS, ...limits } },
    });
  } finally {
    db.close();
  }
}

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
