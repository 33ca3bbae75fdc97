import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { fixture, fixturePath } from '../support/fixtures.ts';
import { COMPILED } from '../support/programs.ts';
import { serverChildren } from '../support/server-children.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';
import { wordErrorRate } from '../support/wer.ts';
import { App } from './support/app.ts';

/** What `npm start` runs once it has built, in a group of its own, as a terminal's. */
let server: ServerProcess;
let address: string;
let jobs: string;

test.beforeAll(async () => {
  jobs = await mkdtemp(join(tmpdir(), 'sotto-e2e-jobs-'));
  const env = { ASR_ENABLED: 'on', ASR_DEVICE: 'cpu', ASR_THREADS: '1', ASR_JOBS_DIR: jobs };
  server = startServer(['--port', '0'], env, COMPILED, { detached: true });
  address = await server.address;
});

test.afterAll(async () => {
  server.child.kill('SIGKILL');
  await rm(jobs, { recursive: true });
});

async function textOfServer(name: string): Promise<string> {
  const form = new FormData();
  form.append('file', new Blob([new Uint8Array(await readFile(fixturePath(name)))]), name);
  form.append('model', 'sotto-demo-en');
  const answer = await fetch(`${address}/v1/audio/transcriptions`, { method: 'POST', body: form });
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { readonly text: string }).text;
}

test('the page in the browser and the server read the same text', async ({ page }) => {
  const app = await App.open(page, address);
  for (const name of ['us-male.wav', 'us-male-two-sentences.flac', 'paragraph-25s.flac']) {
    const here = await app.read(fixturePath(name), name);
    expect(await textOfServer(name), name).toBe(here.text);
    const pair = { reference: fixture(name).text ?? '', hypothesis: here.text };
    expect(wordErrorRate([pair]), name).toBeLessThan(0.2);
  }
  expect(app.complaints).toEqual([]);
});

test('npm start: one line, an engine with its spare and a decoder as processes, and none of them after Ctrl-C', async () => {
  const { scripts } = JSON.parse(await readFile('package.json', 'utf8'));
  expect(scripts.start).toMatch(/ exec node dist\/node\/server\/main\.js$/);
  await textOfServer('us-male.wav');
  const pid = server.child.pid as number;
  const entries = () => serverChildren(pid).map(({ entry }) => entry);
  await expect.poll(() => entries().filter((entry) => entry === 'engine')).toHaveLength(2);
  expect(entries()).toContain('decoder');
  const children = serverChildren(pid).map((child) => child.pid);
  // A terminal tells all of the group.
  process.kill(-pid, 'SIGINT');
  const ended = await server.ended;
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(ended.stdout).toMatch(/^Sotto is ready at http:\/\/127\.0\.0\.1:\d+\n$/);
  await expect.poll(() => children.filter(isAlive)).toEqual([]);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
