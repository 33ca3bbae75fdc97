/**
 * `node --import tsx test/bench/job-store.ts [jobs] [FOLDER]`: how long each call of the jobs' store keeps the event
 * loop, on the disk of the folder. One JSON object on stdout, milliseconds.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allSegments } from '../../server/jobs/so-far.ts';
import { openJobStore } from '../../server/jobs/store.ts';
import { newJob, resultOf, segment } from '../support/stored-jobs.ts';

const many = Number(process.argv[2] ?? 1_000);
const folder = await mkdtemp(join(process.argv[3] ?? tmpdir(), 'sotto-job-store-'));
const store = openJobStore(folder);
const times = new Map<string, number[]>();

function timed<Value>(name: string, work: () => Value): Value {
  const before = performance.now();
  const value = work();
  times.set(name, [...(times.get(name) ?? []), performance.now() - before]);
  return value;
}

const SEGMENTS = 30;
for (let index = 0; index < many; index += 1) {
  const id = `job ${index}`;
  timed('accept', () => store.accept(newJob(id, { idempotencyKey: id })));
  timed('start', () => store.start(id, 1));
  for (let at = 0; at < 3; at += 1) {
    timed('addSegments', () => store.addSegments(id, [segment(at, 'a'.repeat(80))]));
  }
  timed('find', () => store.find(id));
  timed('segments', () => store.segments(id, 0, 50));
  const all = Array.from({ length: SEGMENTS }, (_, at) => segment(at, 'a'.repeat(80)));
  timed('finish', () => store.finish(id, { status: 'done', result: resultOf(all) }, index));
  if (index % 50 === 0) timed('counts', () => store.counts());
}
for (let before = 20; before < many; before += 20) timed('prune', () => store.prune(before, 20));
// A recording of some three hours.
store.accept(newJob('long'));
store.start('long', 1);
const long = Array.from({ length: 3_000 }, (_, at) => segment(at, 'a'.repeat(80)));
for (let from = 0; from < long.length; from += 3) store.addSegments('long', long.slice(from, from + 3));
timed('finish long', () => store.finish('long', { status: 'done', result: resultOf(long) }, many));
timed('read long', () => allSegments(store, 'long'));
timed('prune long', () => store.prune(many + 1, 20));
store.close();
await rm(folder, { recursive: true });

const at = (values: readonly number[], share: number) =>
  Math.round((values[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0) * 1_000) / 1_000;
const table = [...times].map(([name, values]) => {
  const sorted = values.toSorted((a, b) => a - b);
  return [name, { calls: values.length, p50: at(sorted, 0.5), p99: at(sorted, 0.99), worst: at(sorted, 1) }];
});
console.log(JSON.stringify({ jobs: many, ...Object.fromEntries(table) }));
