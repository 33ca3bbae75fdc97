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
let env: NodeJS.ProcessEnv;
let ingresses: ClusterProcess[] = [];
let workers: ClusterProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sotto-cluster-test-'));
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>Sotto</title>');
  redis = await startRedis();
  link = connectRedis(redis.url, 'patient');
  env = {
    ASR_REDIS_URL: redis.url,
    ASR_BLOBS: join(folder, 'blobs'),
    ASR_SPOOL_DIR: folder,
    ASR_QUEUE_MAX: '20',
    ASR_WORKER_DRAIN_SECONDS: '0',
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

const jobOf = async (at: number, id: string) =>
  (await (await fetch(`${urlOf(at)}/v1/jobs/${id}`)).json()) as Job;

async function textOf(at: number, id: string): Promise<string> {
  await until(async () => ['done', 'failed'].includes((await jobOf(at, id)).status));
  return (await fetch(`${urlOf(at)}/v1/jobs/${id}/result?format=text`)).text();
}

const segmentsOf = (events: readonly EventSourceMessage[]) =>
  events.filter(({ event }) => event === 'segment');

const fieldOf = (id: string, name: string) => link.redis.hget(keys.job(id), name);

async function holderOf(id: string): Promise<ClusterProcess> {
  const name = await fieldOf(id, 'worker');
  const holder = workers.find((worker) => worker.name === name);
  if (holder === undefined) throw new Error(`no worker ${name}`);
  return holder;
}

/** Follows a job of the long recording until it has so many segments. */
async function begun(at: number, many: number) {
  const id = await accepted(post(at, LONG));
  const events = `${urlOf(1)}/v1/jobs/${id}/events`;
  const told = segmentsOf(await readEvents(await fetch(events), (all) => segmentsOf(all).length >= many));
  return { id, events, told };
}

/** Milliseconds until another worker reads it. */
async function takenOver(id: string): Promise<number> {
  const since = performance.now();
  const fence = await fieldOf(id, 'fence');
  await until(async () => (await fieldOf(id, 'fence')) !== fence);
  const ms = performance.now() - since;
  console.log(`taken over after ${Math.round(ms)} ms`);
  return ms;
}

/** The rest of its events: with what was told before, each segment once and in order. */
async function wholeTold({ events, told }: Awaited<ReturnType<typeof begun>>): Promise<void> {
  const rest = await readEvents(await fetch(events, { headers: { 'last-event-id': told.at(-1)?.id ?? '' } }));
  expect(rest.at(-1)).toMatchObject({ event: 'done' });
  const ids = [...told, ...segmentsOf(rest)].map((event) => event.id);
  expect(ids).toEqual(ids.map((_, index) => String(index + 1)));
  expect(segmentsOf(rest).length).toBeGreaterThan(3);
}

let undisturbed: string;

it('a worker and then an ingress are killed in mid-job: the same text, each segment once, taken over in time', async () => {
  undisturbed = await textOf(0, await accepted(post(0, LONG)));
  const job = await begun(0, 3);
  await (await holderOf(job.id)).kill('SIGKILL');
  expect(await takenOver(job.id)).toBeLessThan(10_000);
  // The ingress that took it dies too; the other one goes on telling.
  await ingresses[0]?.kill('SIGKILL');
  await wholeTold(job);
  expect(await textOf(1, job.id)).toBe(undisturbed);
  expect(await readdir(join(folder, 'blobs'))).toEqual([]);
}, 120_000);

it('a worker that only stood still writes nothing more; one that is asked to end hands over at once', async () => {
  workers = [...workers.filter(({ child }) => child.signalCode === null), await startWorker(env)];
  const job = await begun(1, 3);
  const still = await holderOf(job.id);
  still.child.kill('SIGSTOP');
  expect(await takenOver(job.id)).toBeLessThan(10_000);
  still.child.kill('SIGCONT');
  const next = await holderOf(job.id);
  expect(next).not.toBe(still);
  // No lock has to run out here: it is put back.
  await next.kill('SIGTERM');
  expect(next.child.exitCode).toBe(0);
  await wholeTold(job);
  expect(await fieldOf(job.id, 'worker')).toBe(still.name);
  expect(await textOf(1, job.id)).toBe(undisturbed);
}, 120_000);

it('Redis is killed in mid-load and starts again: every accepted job ends once, with its text', async () => {
  const direct = post(1, SHORT, '/v1/audio/transcriptions');
  const { text } = (await (await direct).json()) as { text: string };
  const ids = await Promise.all(Array.from({ length: 4 }, () => accepted(post(1, SHORT))));
  await until(async () =>
    (await Promise.all(ids.map((id) => jobOf(1, id)))).some(({ status }) => status === 'running'),
  );
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
