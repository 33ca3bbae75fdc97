/** Real processes on one real Redis: two ingresses, two workers with engines, and any of them killed. */
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventSourceMessage } from 'eventsource-parser';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { clusterKeys } from '../../server/cluster/keys.ts';
import { connectRedis, type RedisLink } from '../../server/cluster/redis.ts';
import type { Job } from '../../shared/protocol/http-jobs.ts';
import { type ClusterProcess, startIngress, startWorker } from '../support/cluster-process.ts';
import { fixturePath } from '../support/fixtures.ts';
import { until } from '../support/http-world.ts';
import { readEvents } from '../support/jobs-world.ts';
import { type RedisServer, startRedis } from '../support/redis-server.ts';
import { accepted } from './jobs-cases.ts';

const LONG = 'long-3min.flac';
const SHORT = 'us-male-two-sentences.flac';
const keys = clusterKeys('sotto');

let folder: string;
let redis: RedisServer;
let link: RedisLink;
let ingresses: ClusterProcess[] = [];
let workers: ClusterProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sotto-cluster-test-'));
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>Sotto</title>');
  redis = await startRedis();
  link = connectRedis(redis.url, 'patient');
  const env = {
    ASR_REDIS_URL: redis.url,
    ASR_BLOBS: join(folder, 'blobs'),
    ASR_SPOOL_DIR: folder,
    ASR_QUEUE_MAX: '20',
    SOTTO_WEB: folder,
  };
  [ingresses, workers] = await Promise.all([
    Promise.all([startIngress(env), startIngress(env)]),
    Promise.all([startWorker(env), startWorker(env)]),
  ]);
  await until(async () => (await fetch(`${urlOf(1)}/health/ready`)).status === 200);
}, 120_000);

afterAll(async () => {
  await Promise.all([...ingresses, ...workers].map((each) => each.kill('SIGKILL')));
  link?.close();
  await redis?.stop();
  await rm(folder, { recursive: true, force: true });
});

const urlOf = (at: number): string => ingresses[at]?.name ?? '';

function post(at: number, file: string, path = '/v1/jobs'): Promise<Response> {
  const form = new FormData();
  form.set('file', new Blob([readFileSync(fixturePath(file))]), file);
  form.set('model', 'sotto-demo-en');
  return fetch(urlOf(at) + path, { method: 'POST', body: form });
}

const jobOf = async (at: number, id: string) => (await (await fetch(`${urlOf(at)}/v1/jobs/${id}`)).json()) as Job;

async function textOf(at: number, id: string): Promise<string> {
  await until(async () => ['done', 'failed'].includes((await jobOf(at, id)).status));
  return (await fetch(`${urlOf(at)}/v1/jobs/${id}/result?format=text`)).text();
}

const segmentsOf = (events: readonly EventSourceMessage[]) => events.filter(({ event }) => event === 'segment');

it('a worker and then an ingress are killed in mid-job: the same text, each segment once, taken over in time', async () => {
  const undisturbed = await textOf(0, await accepted(post(0, LONG)));
  const id = await accepted(post(0, LONG));
  const events = `${urlOf(1)}/v1/jobs/${id}/events`;
  const before = segmentsOf(await readEvents(await fetch(events), (all) => segmentsOf(all).length >= 3));
  const holder = await link.redis.hget(keys.job(id), 'worker');
  const killed = workers.find(({ name }) => name === holder);
  if (killed === undefined) throw new Error(`no worker ${holder}`);
  await killed.kill('SIGKILL');
  const killedAt = performance.now();
  const fence = await link.redis.hget(keys.job(id), 'fence');
  await until(async () => (await link.redis.hget(keys.job(id), 'fence')) !== fence);
  const takeoverMs = performance.now() - killedAt;
  console.log(`takeover of a killed worker's job: ${Math.round(takeoverMs)} ms`);
  expect(takeoverMs).toBeLessThan(10_000);

  // The ingress that took it dies too; the other one goes on telling.
  await ingresses[0]?.kill('SIGKILL');
  const headers = { 'last-event-id': before.at(-1)?.id ?? '' };
  const after = await readEvents(await fetch(events, { headers }));
  expect(after.at(-1)).toMatchObject({ event: 'done' });
  const ids = [...before, ...segmentsOf(after)].map((event) => event.id);
  expect(ids).toEqual(ids.map((_, index) => String(index + 1)));
  expect(segmentsOf(after).length).toBeGreaterThan(3);
  expect(await textOf(1, id)).toBe(undisturbed);
  expect((await readdir(join(folder, 'blobs'))).length).toBe(0);
}, 120_000);

it('Redis is killed in mid-load and starts again: every accepted job ends once, with its text', async () => {
  const direct = post(1, SHORT, '/v1/audio/transcriptions');
  const { text } = (await (await direct).json()) as { text: string };
  const ids = await Promise.all(Array.from({ length: 4 }, () => accepted(post(1, SHORT))));
  await until(async () => (await Promise.all(ids.map((id) => jobOf(1, id)))).some(({ status }) => status === 'running'));
  await redis.kill();
  const refused = await post(1, SHORT);
  expect(refused.status).toBe(503);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  await redis.start();
  await until(async () => (await fetch(`${urlOf(1)}/v1/jobs/${ids[0]}`)).status === 200);
  for (const id of ids) expect((await textOf(1, id)).trim()).toBe(text);
  // Nothing is left behind: no place, no job in line, no recording.
  await until(async () => (await link.redis.zcard(`${keys.prefix}:queued`)) === 0);
  expect(await link.redis.zcard(`${keys.prefix}:running`)).toBe(0);
  await until(async () => (await readdir(join(folder, 'blobs'))).length === 0);
}, 120_000);
