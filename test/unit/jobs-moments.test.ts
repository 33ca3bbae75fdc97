/** Jobs at every moment at which a process may end, and on a disk that takes nothing for a while. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openAudioFiles } from '../../server/jobs/audio-files.ts';
import { openJobs } from '../../server/jobs/jobs.ts';
import { createJobRunner } from '../../server/jobs/runner.ts';
import { allSegments } from '../../server/jobs/so-far.ts';
import { openJobStore } from '../../server/jobs/store.ts';
import type { Reservation, TranscribeRequest } from '../../server/service/port.ts';
import { createFakeService, script } from '../support/fake-service.ts';
import { until } from '../support/http-world.ts';
import { newJob, snapshot } from '../support/stored-jobs.ts';

const root = mkdtempSync(join(tmpdir(), 'sotto-crash-'));
afterAll(() => rmSync(root, { recursive: true }));

const OPTIONS = {
  ttlMs: 3_600_000,
  maxBytes: 1_000,
  fetchMs: 1_000,
  allowPrivateUrls: false,
  webhookSecret: undefined,
};
const GAP = { start: 1, end: 2, error: { code: 'poison' } };
/** What is read, and what comes of it. What comes after a crash alone would say another language, and no gap. */
const JOBS = [
  {
    steps: ['hear de a1', 'leave-out poison', 'hear de a2', 'quiet 1', 'hear en a3'],
    end: { texts: ['a1', 'a2', 'a3'], leftOut: [GAP], language: 'de' },
  },
  { steps: ['say b1', 'quiet 1', 'say b2'], end: { texts: ['b1', 'b2'], leftOut: [], language: 'en' } },
  { steps: ['say c1'], end: { texts: ['c1'], leftOut: [], language: 'en' } },
];
const endsOf = (folder: string): object[] => {
  const store = openJobStore(folder);
  const ids = [...idsIn(folder)];
  try {
    return ids.map((id) => {
      expect(store.find(id)?.status).toBe('done');
      const { leftOut, language } = store.outcome(id) ?? {};
      return { texts: allSegments(store, id).map(({ text }) => text), leftOut, language };
    });
  } finally {
    store.close();
  }
};

/** ids by order of acceptance, as the test noted them */
const noted = new Map<string, string[]>();
const idsIn = (folder: string): readonly string[] => noted.get(folder) ?? [];

test('a copy of every moment, as a kill would leave it, is read to the same end', async () => {
  const folder = join(root, 'whole');
  mkdirSync(folder);
  const moments: { readonly folder: string; readonly ids: string[] }[] = [];
  const ids: string[] = [];
  const service = createFakeService({ limits: { maxWaiting: 10 } });
  const moment = () => {
    const copy = join(root, `moment ${moments.length}`);
    snapshot(folder, copy);
    moments.push({ folder: copy, ids: [...ids] });
  };
  /** Before and after everything that the service tells. */
  const around =
    <Values extends unknown[]>(tell: ((...values: Values) => void) | undefined) =>
    (...values: Values) => {
      moment();
      tell?.(...values);
      moment();
    };
  const watched = (place: Reservation): Reservation => ({
    release: place.release,
    get place() {
      return place.place;
    },
    transcribe: (request: TranscribeRequest) =>
      place.transcribe({
        ...request,
        onStart: around(request.onStart),
        onNote: around(request.onNote),
        onSegments: around(request.onSegments),
      }),
  });
  const reserve = () => watched(service.reserve());
  const jobs = await openJobs({ ...OPTIONS, folder }, { service: { reserve } });
  for (const [index, { steps }] of JOBS.entries()) {
    const path = join(root, `upload ${index}`);
    writeFileSync(path, script('wait 5', ...steps));
    const { model, options, answer } = newJob('');
    const spec = { model, options, answer, webhook: undefined, idempotencyKey: `${index}` };
    const { view } = await jobs.submit(spec, { kind: 'file', path, sha256: `${index}` }, reserve);
    ids.push(view.id);
    moment();
  }
  await until(() => jobs.counts().done === JOBS.length);
  moment();
  await jobs.close();
  await service.close();
  expect(moments.length).toBeGreaterThan(15);

  for (const { folder: at, ids: accepted } of moments) {
    const next = createFakeService();
    const again = await openJobs({ ...OPTIONS, folder: at }, { service: next });
    await until(() => {
      const { queued, running } = again.counts();
      return queued + running === 0;
    });
    await until(() => readdirSync(join(at, 'audio')).length === 0);
    await again.close();
    await next.close();
    noted.set(at, accepted);
    expect(endsOf(at)).toEqual(JOBS.slice(0, accepted.length).map(({ end }) => end));
    rmSync(at, { recursive: true });
  }
});

test('a disk that is full for a while fails no job', async () => {
  const folder = join(root, 'full');
  mkdirSync(folder);
  const store = openJobStore(folder);
  const files = await openAudioFiles(join(folder, 'audio'));
  const service = createFakeService();
  const lines: string[] = [];
  const left = { segments: 3, finish: 2 };
  const full = (what: keyof typeof left) => {
    left[what] -= 1;
    if (left[what] >= 0) throw Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
  };
  const runner = createJobRunner({
    store: {
      ...store,
      addSegments(id, segments) {
        if (segments[0]?.id === 1) full('segments');
        store.addSegments(id, segments);
      },
      finish(id, end, now) {
        full('finish');
        return store.finish(id, end, now);
      },
    },
    service,
    files,
    fetchSource: () => Promise.reject(new Error('nothing to fetch')),
    clock: { now: () => performance.now(), after: soon },
    wall: Date.now,
    log: { info: () => undefined, error: (_line, message) => lines.push(message) },
    onFinished: () => undefined,
  });
  store.accept(newJob('full'));
  writeFileSync(files.pathOf('full'), script('say One.', 'say Two.', 'say Three.', 'wait 1', 'say Four.'));
  runner.start();
  await until(() => store.find('full')?.status === 'done');
  expect(allSegments(store, 'full').map(({ text }) => text)).toEqual(['One.', 'Two.', 'Three.', 'Four.']);
  expect(lines.length).toBe(5);
  await runner.close();
  await service.close();
  store.close();
});

/** Pauses between tries are of seconds; nothing here depends on how long they are. */
function soon(ms: number, action: () => void): () => void {
  const timer = setTimeout(action, Math.min(ms, 20));
  return () => clearTimeout(timer);
}
