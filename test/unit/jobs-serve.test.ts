/** The whole server with a real engine, killed in the middle of a job. */
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventSourceMessage } from 'eventsource-parser';
import { afterAll, expect, test } from 'vitest';
import type { Job, JobAccepted } from '../../shared/protocol/http-jobs.ts';
import { fixturePath } from '../support/fixtures.ts';
import { readEvents } from '../support/jobs-world.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';

const folder = await mkdtemp(join(tmpdir(), 'sotto-jobs-serve-'));
const servers: ServerProcess[] = [];
afterAll(async () => {
  for (const { child } of servers) child.kill('SIGKILL');
  await Promise.all(servers.map(({ ended }) => ended));
  await rm(folder, { recursive: true });
});

async function start(): Promise<{ url: string; server: ServerProcess }> {
  const server = startServer(['--port', '0'], {
    ASR_ENABLED: 'on',
    ASR_DEVICE: 'cpu',
    ASR_THREADS: '1',
    ASR_SPARES: '0',
    ASR_SPOOL_DIR: folder,
    ASR_JOBS_DIR: join(folder, 'jobs'),
    SOTTO_WEB: folder,
  });
  servers.push(server);
  return { url: await server.address, server };
}

const segmentsOf = (events: readonly EventSourceMessage[]) =>
  events.filter(({ event }) => event === 'segment');
const textOf = ({ data }: EventSourceMessage) => (JSON.parse(data) as { text: string }).text.trim();

test('SIGKILL while a job is read: the next server goes on with it, and no text is lost or said twice', async () => {
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>Sotto</title>');
  const first = await start();
  const form = new FormData();
  form.set('file', new Blob([readFileSync(fixturePath('long-3min.flac'))]), 'long.flac');
  form.set('model', 'sotto-demo-en');
  const posted = await fetch(`${first.url}/v1/jobs`, { method: 'POST', body: form });
  expect(posted.status).toBe(202);
  const { id } = (await posted.json()) as JobAccepted;
  const following = await fetch(`${first.url}/v1/jobs/${id}/events`);
  const before = await readEvents(following, (events) => segmentsOf(events).length === 3);
  first.server.child.kill('SIGKILL');
  await first.server.ended;

  const second = await start();
  const job = `${second.url}/v1/jobs/${id}`;
  const told = segmentsOf(before);
  const headers = { 'last-event-id': told.at(-1)?.id ?? '' };
  const after = await readEvents(await fetch(`${job}/events`, { headers }));
  expect(after.at(-1)).toMatchObject({ id: 'end', event: 'done' });
  const seen = [...told, ...segmentsOf(after)];
  expect(seen.map((event) => event.id)).toEqual(seen.map((_, index) => String(index + 1)));
  expect(segmentsOf(after).length).toBeGreaterThan(3);

  const result = await fetch(`${job}/result?format=verbose_json`);
  const { segments } = (await result.json()) as { segments: { text: string; start: number; end: number }[] };
  expect(segments.map(({ text }) => text.trim())).toEqual(seen.map(textOf));
  // The same as from one that nobody disturbed.
  const direct = await fetch(`${second.url}/v1/audio/transcriptions`, { method: 'POST', body: form });
  const { text } = (await direct.json()) as { text: string };
  expect(segments.map((segment) => segment.text.trim()).join(' ')).toBe(text.trim());

  expect(((await (await fetch(job)).json()) as Job).started_at).not.toBeNull();
  expect(await readdir(join(folder, 'jobs/audio'))).toEqual([]);
  const ready = await fetch(`${second.url}/health/ready`);
  expect([ready.status, await ready.json()]).toEqual([200, expect.objectContaining({ status: 'ready' })]);
  expect(await (await fetch(`${second.url}/health`)).json()).toMatchObject({
    status: 'ok',
    engine: { device: 'cpu', model: 'sotto-demo-en' },
    devices: expect.arrayContaining([expect.objectContaining({ device: 'cpu', outcome: 'chosen' })]),
  });
  second.server.child.kill('SIGTERM');
  expect((await second.server.ended).code).toBe(0);
});
