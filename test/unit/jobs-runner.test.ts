import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type JobsOptions, type OpenJobs, openJobs } from '../../server/jobs/jobs.ts';
import { MAX_ATTEMPTS } from '../../server/jobs/runner.ts';
import { openJobStore } from '../../server/jobs/store.ts';
import { createFakeService, FAKE_MODEL, type FakeService, script } from '../support/fake-service.ts';
import { until } from '../support/http-world.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

let root: string;
let options: JobsOptions;
let service: FakeService;
let jobs: OpenJobs;
let files = 0;
const clock = createVirtualClock();
const wall = () => 1_700_000_000_000 + clock.now();

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sotto-runner-'));
  const limits = { ttlMs: 3_600_000, maxBytes: 1e6, fetchMs: 1e4 };
  options = { folder: join(root, 'jobs'), ...limits, allowPrivateUrls: false, webhookSecret: undefined };
  service = createFakeService();
  jobs = await openJobs(options, { service, clock, wall });
});
afterEach(async () => {
  service.release();
  await jobs.close();
  await service.close();
  await rm(root, { recursive: true });
});

async function submit(...steps: string[]): Promise<string> {
  files += 1;
  const path = join(root, String(files));
  await writeFile(path, script(...steps));
  const granularities = { segment: true, word: false };
  const { view } = await jobs.submit(
    {
      model: FAKE_MODEL,
      options: { task: 'transcribe' },
      answer: { task: 'transcribe', responseFormat: 'json', granularities, logprobs: false },
      webhook: undefined,
      idempotencyKey: undefined,
    },
    { kind: 'file', path, sha256: path },
    () => service.reserve(),
  );
  return view.id;
}

const texts = (id: string) => jobs.segments(id, 0, 99).map(({ text }) => text);

it('an engine that fails is tried again, after what was said already', async () => {
  const id = await submit('say one', 'hold', 'say two');
  await until(() => texts(id).length === 1);
  service.breakEngine({ code: 'engine_exited' });
  await until(() => jobs.find(id)?.status === 'queued');
  // No engine at all: it waits, however long that is.
  await clock.advance(300_000);
  expect(jobs.find(id)).toMatchObject({ status: 'queued', error: undefined });
  service.breakEngine(undefined);
  service.release();
  await clock.advance(60_000);
  await until(() => jobs.find(id)?.status === 'done');
  expect(texts(id)).toEqual(['one', 'two']);
  expect(service.started.at(-1)?.resume).toMatchObject({ from: 1, segments: [{ text: 'one' }] });
});

it('but not for ever where nothing new comes of it', async () => {
  const id = await submit('fail engine_exited');
  for (let tries = 0; tries < MAX_ATTEMPTS; tries += 1) {
    await until(() => service.started.length === tries + 1 && jobs.find(id)?.status !== 'running');
    await clock.advance(60_000);
  }
  expect(jobs.find(id)).toMatchObject({ status: 'failed', error: { code: 'engine_exited' } });
  await clock.advance(300_000);
  expect(service.started).toHaveLength(MAX_ATTEMPTS);
});

it('a server that ends in the middle of the same job again and again gives it up', async () => {
  const id = await submit('hold');
  await until(() => jobs.find(id)?.status === 'running');
  await jobs.close();
  const store = openJobStore(options.folder);
  for (let crash = 0; crash < MAX_ATTEMPTS; crash += 1) {
    store.start(id, 1);
    store.recover();
  }
  store.close();
  jobs = await openJobs(options, { service, clock, wall });
  expect(jobs.find(id)).toMatchObject({ status: 'failed', error: { code: 'internal' } });
});

it('a job that is cancelled while it waits for an engine stays so', async () => {
  const id = await submit('fail engine_exited');
  await until(() => service.started.length === 1 && jobs.find(id)?.status === 'queued');
  expect(jobs.remove(id)).toBe('cancelled');
  await clock.advance(300_000);
  expect(jobs.find(id)?.status).toBe('cancelled');
  expect(service.started).toHaveLength(1);
});

it('a finished job is forgotten after its time, not before', async () => {
  const id = await submit('say one');
  await until(() => jobs.find(id)?.status === 'done');
  const { finishedAt = 0, expiresAt } = jobs.find(id) ?? {};
  expect(expiresAt).toBe(finishedAt + options.ttlMs);
  await clock.advance(options.ttlMs - 120_000);
  expect(jobs.find(id)?.status).toBe('done');
  await clock.advance(240_000);
  expect(jobs.find(id)).toBeUndefined();
});

it('closing puts what runs back in line, and the next start reads it first', async () => {
  const first = await submit('say one', 'hold', 'say two');
  const second = await submit('say three');
  await until(() => texts(first).length === 1);
  await jobs.close();
  service.release();
  const order: string[] = [];
  jobs = await openJobs(options, { service, clock, wall });
  for (const id of [first, second]) {
    const look = () => {
      if (jobs.find(id)?.status === 'done' && !order.includes(id)) order.push(id);
    };
    jobs.watch(id, look);
  }
  await until(() => order.length === 2);
  expect(order).toEqual([first, second]);
  expect(texts(first)).toEqual(['one', 'two']);
});

it('of the stretches left out only those before the last final text are kept: the others are read again', async () => {
  const id = await submit(
    'hear fr one',
    'leave-out poison',
    'say two',
    'leave-out poison',
    'hold',
    'hear en three',
  );
  await until(() => service.started.length === 1 && texts(id).length === 2);
  service.breakEngine({ code: 'engine_exited' });
  await until(() => jobs.find(id)?.status === 'queued');
  service.breakEngine(undefined);
  service.release();
  await clock.advance(60_000);
  await until(() => jobs.find(id)?.status === 'done');
  expect(service.started.at(-1)?.resume?.notes).toEqual([
    { name: 'language', end: 1, vote: { code: 'fr', probability: 0.9, seconds: 1 } },
    { name: 'left-out', start: 1, end: 2, error: { code: 'poison' } },
  ]);
  const result = jobs.result(id);
  expect(result?.leftOut.map(({ start, end }) => [start, end])).toEqual([
    [1, 2],
    [3, 4],
  ]);
  expect(result?.language).toBe('fr');
});
