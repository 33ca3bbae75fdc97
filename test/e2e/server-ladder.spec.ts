/** The page and the real server it came from: words go there only after leave, and come back whatever dies. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, expect, type Page, test } from '@playwright/test';
import { CHROMIUM_ARGS, findChromium } from '../support/chromium.ts';
import { fixture, fixturePath } from '../support/fixtures.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';
import { wordErrors } from '../support/wer.ts';
import { App } from './support/app.ts';
import { remembered } from './support/speech-server.ts';

const LONG = 'long-3min.flac';
const CLIP = 'paragraph-25s.flac';
let folder: string;
let browser: Browser | undefined;
const servers: ServerProcess[] = [];

async function startSpeech(port = 0): Promise<{ server: ServerProcess; address: string }> {
  const server = startServer(['--port', String(port)], {
    ASR_ENABLED: 'on',
    ASR_DEVICE: 'cpu',
    ASR_THREADS: '1',
    ASR_JOBS_DIR: await mkdtemp(join(folder, 'jobs-')),
    ASR_SPOOL_DIR: await mkdtemp(join(folder, 'spool-')),
  });
  servers.push(server);
  const address = await server.address;
  await expect
    .poll(async () => (await fetch(`${address}/health/ready`)).status, { timeout: 60_000 })
    .toBe(200);
  return { server, address };
}

test.beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sotto-ladder-'));
});
test.afterEach(async () => {
  await browser?.close();
  browser = undefined;
  for (const { child, ended } of servers.splice(0)) {
    child.kill('SIGKILL');
    await ended;
  }
  await rm(folder, { recursive: true, force: true });
});

async function openAt(address: string, page: Page, choice: Readonly<Record<string, string>>): Promise<App> {
  await remembered(page, choice);
  return App.open(page, address);
}
const agreed = (address: string) => ({ place: 'server-first', consent: new URL(address).host });

/** The process that reads: the children of the server that hold a model. */
function enginesOf(server: ServerProcess): number[] {
  return execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .flatMap((found) =>
      found !== null && Number(found[2]) === server.child.pid && /engine\/child-main/.test(found[3] ?? '')
        ? [Number(found[1])]
        : [],
    );
}

test('no adapter: after leave the microphone’s words come back through the real server', async () => {
  const name = 'us-female-question.wav';
  const { address } = await startSpeech();
  const executablePath = findChromium();
  browser = await chromium.launch({
    args: [
      ...CHROMIUM_ARGS,
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      `--use-file-for-fake-audio-capture=${fixturePath(name)}%noloop`,
    ],
    ...(executablePath ? { executablePath } : {}),
  });
  const context = await browser.newContext({ permissions: ['microphone'], serviceWorkers: 'block' });
  const page = await context.newPage();
  const app = await openAt(address, page, {});
  await page.getByRole('button', { name: 'Record', exact: true }).click();
  await page.getByRole('button', { name: 'Send it' }).click();
  await expect(app.place()).toContainText(`Your sound is sent to ${new URL(address).host}.`);
  const card = page.locator('job-card').first();
  await expect.poll(() => card.getByRole('log').getByRole('listitem').count()).toBeGreaterThan(1);
  await page.getByRole('button', { name: 'Stop' }).first().click();
  await expect(card.getByRole('article')).toHaveAttribute('data-state', 'done');
  const jobName = (await card.getByRole('heading').getByRole('button').textContent())?.trim() ?? '';
  const { text } = await app.transcript(jobName);
  const { errors, total } = wordErrors(fixture(name).text ?? '', text);
  expect(errors).toBeLessThan(total / 2);
  expect(app.complaints).toEqual([]);
});

test('the server’s engine is killed in mid-file: the text is that of the undisturbed run', async ({
  page,
}) => {
  const { server, address } = await startSpeech();
  const app = await openAt(address, page, agreed(address));
  const undisturbed = await app.read(fixturePath(CLIP), CLIP);
  await app
    .card(CLIP)
    .getByRole('button', { name: /Remove/ })
    .click();
  await app.give(fixturePath(CLIP));
  await expect.poll(() => app.card(CLIP).getByRole('listitem').count()).toBeGreaterThan(0);
  const [victim] = enginesOf(server);
  expect(victim).toBeDefined();
  process.kill(victim as number, 'SIGKILL');
  await app.reached(CLIP, 'done');
  const disturbed = await app.transcript(CLIP);
  expect(disturbed.segments).toEqual(undisturbed.segments);
  expect(disturbed.text).toBe(undisturbed.text);
});

test('the server goes away in mid-file: what was finished stays, and trying again completes it', async ({
  page,
}) => {
  test.setTimeout(240_000);
  const { server, address } = await startSpeech();
  const app = await openAt(address, page, agreed(address));
  await app.give(fixturePath(LONG));
  const lines = app.card(LONG).getByRole('listitem');
  await expect.poll(() => lines.count(), { timeout: 60_000 }).toBeGreaterThan(3);
  server.child.kill('SIGKILL');
  // The model for this device lay on that server too: nothing is left to go on with, and it is said.
  await app.reached(LONG, 'failed', 120_000);
  const kept = await lines.allTextContents();
  expect(kept.length).toBeGreaterThan(3);
  await startSpeech(Number(new URL(address).port));
  await app.card(LONG).getByRole('button', { name: 'Try again' }).click();
  await expect(page.locator('job-card').first().getByRole('article')).toHaveAttribute('data-state', 'done', {
    timeout: 120_000,
  });
  const whole = await page.locator('job-card').first().getByRole('listitem').allTextContents();
  expect(whole.length).toBeGreaterThanOrEqual((fixture(LONG).sentences ?? []).length * 0.95);
  expect(whole.slice(0, kept.length)).toEqual(kept);
});
