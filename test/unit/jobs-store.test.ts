import { copyFile, mkdir, mkdtemp, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import Database from 'libsql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JobsFolderError } from '../../server/jobs/database.ts';
import { openJobs } from '../../server/jobs/jobs.ts';
import type { JobStore, NewJob } from '../../server/jobs/port.ts';
import { isFinal, JOB_STATUSES, type JobStatus, TRANSITIONS } from '../../server/jobs/states.ts';
import { openJobStore } from '../../server/jobs/store.ts';
import type { Segment } from '../../shared/transcript/transcript.ts';
import { createFakeService, FAKE_MODEL } from '../support/fake-service.ts';

let root: string;
let made = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'sotto-store-'));
});
afterAll(() => rm(root, { recursive: true }));

async function newFolder(): Promise<string> {
  made += 1;
  const folder = join(root, String(made));
  await mkdir(folder);
  return folder;
}

const newJob = (id: string, more: Partial<NewJob> = {}): NewJob => ({
  id,
  model: FAKE_MODEL,
  options: { task: 'transcribe' },
  answer: {
    task: 'transcribe',
    responseFormat: 'json',
    granularities: { segment: true, word: false },
    logprobs: false,
  },
  webhook: undefined,
  idempotencyKey: undefined,
  source: { kind: 'file' },
  fingerprint: id,
  createdAt: 1_000,
  ...more,
});

const segment = (id: number): Segment => ({
  id,
  start: id,
  end: id + 1,
  text: `text ${id}`,
  tokens: [id],
  avgLogprob: -0.1,
  noSpeechProb: 0,
  compressionRatio: 1,
});
const outcome = { duration: 9, language: 'en', model: FAKE_MODEL, leftOut: [] };
const result = (segments: readonly Segment[]) => ({
  ...outcome,
  segments,
  timings: { waitMs: 1, decodeMs: 2, inferenceMs: 3 },
});

describe('the store', () => {
  it('takes every legal step, refuses every other one, and changes nothing then', async () => {
    const store = openJobStore(await newFolder());
    const go: Record<JobStatus, (id: string) => boolean> = {
      queued: (id) => store.requeue(id, 'counted'),
      running: (id) => store.start(id, 2),
      done: (id) => store.finish(id, { status: 'done', result: result([segment(0)]) }, 3),
      failed: (id) => store.finish(id, { status: 'failed', error: { code: 'not_media' } }, 3),
      cancelled: (id) => store.finish(id, { status: 'cancelled' }, 3),
    };
    for (const from of JOB_STATUSES) {
      for (const to of JOB_STATUSES) {
        const id = `${from}-${to}`;
        store.accept(newJob(id));
        if (from !== 'queued') store.start(id, 2);
        if (from !== 'queued' && from !== 'running') go[from](id);
        const before = store.find(id);
        expect(before?.status).toBe(from);
        const legal = TRANSITIONS[from].includes(to);
        expect(go[to](id), id).toBe(legal);
        if (legal) expect(store.find(id)?.status).toBe(to);
        else expect(store.find(id)).toEqual(before);
      }
    }
    store.close();
  });

  it('keeps what came first of a segment, and a new one resets the tries', async () => {
    const store = openJobStore(await newFolder());
    store.accept(newJob('a'));
    store.start('a', 1);
    store.requeue('a', 'counted');
    expect(store.find('a')?.attempts).toBe(1);
    store.addSegments('a', [segment(0)]);
    store.addSegments('a', [{ ...segment(0), text: 'again' }, segment(1)]);
    expect(store.segments('a', 0, 10)).toEqual([segment(0), segment(1)]);
    expect(store.segments('a', 1, 10)).toEqual([segment(1)]);
    expect(store.find('a')?.attempts).toBe(0);
    store.close();
  });

  it('forgets an address when the file is here, a key with its job, and finished jobs after their time', async () => {
    const folder = await newFolder();
    const store = openJobStore(folder);
    store.accept(
      newJob('a', { source: { kind: 'url', url: 'https://a.example/?key' }, idempotencyKey: 'k' }),
    );
    store.fetched('a');
    expect(store.find('a')?.source).toEqual({ kind: 'file' });
    expect(() => store.accept(newJob('b', { idempotencyKey: 'k' }))).toThrow(
      expect.objectContaining({ code: 'conflict' }),
    );
    expect(store.accept(newJob('b', { idempotencyKey: 'k', fingerprint: 'a' }))).toMatchObject({
      job: { id: 'a' },
      replayed: true,
    });
    store.finish('a', { status: 'cancelled' }, 500);
    expect([store.prune(500, 10), store.prune(501, 10)]).toEqual([0, 1]);
    expect(store.accept(newJob('b', { idempotencyKey: 'k' })).replayed).toBe(false);
    expect(store.forget('b')).toBe(false);
    expect(store.counts()).toEqual({ queued: 1, running: 0, done: 0, failed: 0, cancelled: 0 });
    store.close();
  });

  it('keeps a webhook that is to be told of the end, over a restart, and forgets its address when it was', async () => {
    const folder = await newFolder();
    const before = openJobStore(folder);
    for (const id of ['a', 'b']) {
      before.accept(newJob(id, { webhook: { url: `https://${id}.example/`, secret: 'whsec_x' } }));
    }
    expect(before.deliveries(9)).toEqual([]);
    before.finish('b', { status: 'cancelled' }, 20);
    before.finish('a', { status: 'failed', error: { code: 'not_media' } }, 10);
    before.retryDelivery('a', 1, 30);
    before.close();
    const store = openJobStore(folder);
    const message = { secret: 'whsec_x', messageId: expect.stringMatching(/^msg_\w{32}$/) };
    expect(store.deliveries(9)).toEqual([
      { jobId: 'b', status: 'cancelled', url: 'https://b.example/', attempts: 0, nextAt: 20, ...message },
      { jobId: 'a', status: 'failed', url: 'https://a.example/', attempts: 1, nextAt: 30, ...message },
    ]);
    store.endDelivery('b', 'delivered');
    expect(store.find('b')?.webhook).toBe('delivered');
    expect(store.deliveries(9)).toHaveLength(1);
    store.forget('a');
    expect(store.deliveries(9)).toEqual([]);
    store.close();
    const db = new Database(join(folder, 'jobs.db'));
    expect(JSON.stringify(db.prepare('SELECT * FROM jobs').all())).not.toMatch(/example|whsec/);
    db.close();
  });

  it('is of one process, and of one version', async () => {
    const folder = await newFolder();
    const store = openJobStore(folder);
    expect(() => openJobStore(folder)).toThrow(JobsFolderError);
    store.close();
    openJobStore(folder).close();
    const db = new Database(join(folder, 'jobs.db'));
    db.exec('PRAGMA user_version = 99');
    db.close();
    expect(() => openJobStore(folder)).toThrow(/later version/);
  });
});

describe('whatever crashes between two steps', () => {
  interface Known {
    readonly id: string;
    status: JobStatus;
    segments: number;
  }
  type Step = readonly [
    'accept' | 'start' | 'segment' | 'requeue' | 'done' | 'fail' | 'cancel' | 'forget',
    number,
  ];

  const steps = fc.array(
    fc.tuple(
      fc.constantFrom(
        'accept',
        'accept',
        'start',
        'start',
        'segment',
        'segment',
        'requeue',
        'done',
        'fail',
        'cancel',
        'forget' as const,
      ),
      fc.nat(3),
    ) as fc.Arbitrary<Step>,
    { minLength: 4, maxLength: 14 },
  );

  /** Does a step to the store and to what is known of it; gives the jobs that must be there. */
  function take(store: JobStore, jobs: readonly Known[], [name, which]: Step, count: number): Known[] {
    const job = jobs[which];
    if (name === 'accept') {
      const id = `job ${count}`;
      store.accept(newJob(id));
      return [...jobs, { id, status: 'queued', segments: 0 }];
    }
    if (job === undefined) return [...jobs];
    const { id } = job;
    const may = (to: JobStatus) => TRANSITIONS[job.status].includes(to);
    const to = (status: JobStatus, segments = job.segments): Known[] =>
      jobs.map((each) => (each === job && may(status) ? { id, status, segments } : each));
    switch (name) {
      case 'start':
        store.start(id, 2);
        return to('running');
      case 'requeue':
        store.requeue(id, 'counted');
        return to('queued');
      case 'segment':
        if (job.status !== 'running') return [...jobs];
        store.addSegments(id, [segment(job.segments)]);
        return jobs.map((each) => (each === job ? { ...job, segments: job.segments + 1 } : each));
      case 'done': {
        const all = Array.from({ length: job.segments + 1 }, (_, index) => segment(index));
        store.finish(id, { status: 'done', result: result(all) }, 3);
        return to('done', job.segments + 1);
      }
      case 'fail':
        store.finish(id, { status: 'failed', error: { code: 'not_media' } }, 3);
        return to('failed');
      case 'cancel':
        store.finish(id, { status: 'cancelled' }, 3);
        return to('cancelled');
      case 'forget':
        store.forget(id);
        return jobs.filter((each) => each !== job || !isFinal(job.status));
    }
  }

  const shownOf = (store: JobStore, ids: readonly string[]) =>
    JSON.stringify(
      ids.flatMap((id) => {
        const job = store.find(id);
        return job === undefined ? [] : [[id, job.status, store.segments(id, 0, 99).map((each) => each.id)]];
      }),
    );
  const shown = (jobs: readonly Known[]) =>
    JSON.stringify(jobs.map(({ id, status, segments }) => [id, status, [...Array(segments).keys()]]));

  /** The files as a crash leaves them; the last `torn` bytes of the log never reached the disk. */
  async function crashed(folder: string, torn = 0): Promise<JobStore> {
    const copy = await newFolder();
    for (const name of await readdir(folder)) {
      if (/^jobs\.db(-wal)?$/.test(name)) await copyFile(join(folder, name), join(copy, name));
    }
    const wal = join(copy, 'jobs.db-wal');
    if (torn > 0) await truncate(wal, Math.max(0, (await stat(wal)).size - torn));
    return openJobStore(copy);
  }

  it('no job is lost or doubled, in its order, with its segments', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 40_000 }), async (list, torn) => {
        const folder = await newFolder();
        const store = openJobStore(folder);
        let jobs: Known[] = [];
        const snapshots = [shown(jobs)];
        const ids = list.map((_, index) => `job ${index}`);
        for (const [index, each] of list.entries()) {
          jobs = take(store, jobs, each, index);
          snapshots.push(shown(jobs));
          const again = await crashed(folder);
          expect(shownOf(again, ids)).toBe(shown(jobs));
          again.recover();
          const left = jobs.filter(({ status }) => !isFinal(status)).map(({ id }) => id);
          expect(again.unfinished().map(({ id, status }) => [id, status])).toEqual(
            left.map((id) => [id, 'queued']),
          );
          again.close();
        }
        // A write that was torn in the middle: all of a step, or nothing of it.
        const again = await crashed(folder, torn);
        expect(snapshots).toContain(shownOf(again, ids));
        again.close();
        store.close();
      }),
      { numRuns: 12 },
    );
  });

  it('files of no unfinished job are swept at the start, those of accepted ones are read', async () => {
    const folder = await newFolder();
    const store = openJobStore(folder);
    await mkdir(join(folder, 'audio'));
    for (const id of ['job_kept', 'job_done', 'job_never']) {
      await writeFile(join(folder, 'audio', id), 'fake\nhold\nsay kept');
      if (id !== 'job_never') store.accept(newJob(id));
    }
    await writeFile(join(folder, 'audio/job_half.part'), 'x');
    store.start('job_done', 1);
    store.finish('job_done', { status: 'done', result: result([segment(0)]) }, Date.now());
    store.close();
    const service = createFakeService();
    const options = { folder, ttlMs: 1e9, maxBytes: 1e6, fetchMs: 1e4, allowPrivateUrls: true };
    const jobs = await openJobs({ ...options, webhookSecret: undefined }, { service });
    expect(await readdir(join(folder, 'audio'))).toEqual(['job_kept']);
    const ended = new Promise<void>((resolve) => {
      jobs.watch('job_kept', () => {
        if (jobs.find('job_kept')?.status === 'done') resolve();
      });
    });
    service.release();
    await ended;
    expect(jobs.result('job_kept')?.segments.map(({ text }) => text)).toEqual(['kept']);
    await jobs.close();
    expect(await readdir(join(folder, 'audio'))).toEqual([]);
  });
});
