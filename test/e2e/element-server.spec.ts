/** The element on another site's page, and the real server of the Sotto it came from: nothing is sent without leave. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import type {} from '../../web/element/define.ts';
import { fixture, fixturePath } from '../support/fixtures.ts';
import { type Hub, startHub } from '../support/hub-server.ts';
import { COMPILED } from '../support/programs.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';
import { wordErrors } from '../support/wer.ts';
import { expectAccessible, expectFits } from './support/accessible.ts';
import { type OtherSite, openOtherSite } from './support/other-site.ts';

const CLIP = 'us-male.wav';
const LADDER = 'webgpu server wasm';
let folder: string;
let hub: Hub;
let allowed: OtherSite;
let refused: OtherSite;
let server: ServerProcess;
let address: string;
let host: string;

let sockets: string[];
let requests: string[];
let warnings: string[];
let complaints: string[];

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sotto-element-'));
  [allowed, refused, hub] = await Promise.all([
    openOtherSite(''),
    openOtherSite(''),
    startHub({ models: {} }),
  ]);
  const env = {
    ASR_ENABLED: 'on',
    ASR_DEVICE: 'cpu',
    ASR_THREADS: '1',
    ASR_JOBS_DIR: folder,
    ASR_CORS_ORIGINS: allowed.url,
    SOTTO_HUB: hub.base,
  };
  server = startServer(['--port', '0'], env, COMPILED);
  address = await server.address;
  host = new URL(address).host;
  for (const site of [allowed, refused]) {
    site.use(address, [address.replace(/^http/, 'ws'), hub.base]);
    site.serve('/clip.wav', await readFile(fixturePath(CLIP)), 'audio/wav');
  }
  await expect
    .poll(async () => (await fetch(`${address}/health/ready`)).status, { timeout: 60_000 })
    .toBe(200);
});
test.afterAll(async () => {
  server.child.kill('SIGKILL');
  await Promise.all([server.ended, allowed.close(), refused.close(), hub.close()]);
  await rm(folder, { recursive: true, force: true });
});

async function open(
  context: BrowserContext,
  body: string,
  site = allowed,
  attributes?: string,
): Promise<Page> {
  const page = await context.newPage();
  [sockets, requests, warnings, complaints] = [[], [], [], []];
  page.on('websocket', (socket) => sockets.push(socket.url()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
    if (message.type() === 'warning') warnings.push(message.text());
  });
  context.on('request', (request) => requests.push(request.url()));
  await page.goto(site.page('/', body, attributes));
  await page.waitForFunction(() => customElements.get('sotto-transcriber') !== undefined);
  return page;
}

const TWO = `<sotto-transcriber ladder="${LADDER}"></sotto-transcriber>`.repeat(2);

/** Starts all elements of the page on the clip; `read` gives their texts, or what they failed with. */
async function startAll(page: Page): Promise<() => Promise<readonly string[]>> {
  await page.evaluate(() => {
    const all = [...document.querySelectorAll('sotto-transcriber')].map((one) =>
      one.transcribe('/clip.wav').catch((error: unknown) => String(error)),
    );
    Object.assign(globalThis, { read: Promise.all(all) });
  });
  return () => page.evaluate(() => (globalThis as unknown as { read: Promise<string[]> }).read);
}
const isRight = (text = ''): void =>
  expect(wordErrors(fixture(CLIP).text ?? '', text).errors, text).toBeLessThanOrEqual(1);

const elements = (page: Page) => page.locator('sotto-transcriber');
const question = (page: Page) => page.getByText(`May what you say be sent to ${host}?`);
/** Of the model that would read here; the detector of speech is always fetched. */
const weights = () => requests.filter((url) => /\/models\/.*\.onnx/.test(url));

test('one of two elements asks; refused by keyboard, it is read here and nothing was sent', async ({
  context,
}, info) => {
  const page = await open(context, `<h1>Notes</h1>${TWO}`);
  await expect(elements(page).first()).toContainText('nothing you say leaves it unless you agree');
  const read = await startAll(page);
  await expect(question(page)).toHaveCount(1);
  await expect(page.getByRole('alert').filter({ hasText: host })).toHaveCount(1);
  await expect(page.getByRole('status').first()).toHaveText(
    'Waiting for your answer. Nothing has been sent.',
  );
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [320, 1280]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 620 });
      await page.screenshot({ path: info.outputPath(`asks-${colorScheme}-${width}.png`) });
      await expectFits(page);
    }
    await expectAccessible(page);
  }
  await page.getByRole('button', { name: 'Cancel' }).first().focus();
  const agree = page.getByRole('button', { name: `Send to ${host}` });
  const isFocused = () => agree.evaluate((one) => one.matches(':focus'));
  for (let presses = 0; presses < 3 && !(await isFocused()); presses += 1) await page.keyboard.press('Tab');
  await expect(agree).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(question(page)).toHaveCount(0);
  expect(await page.evaluate(() => document.activeElement?.localName)).toBe('sotto-transcriber');
  for (const text of await read()) isRight(text);
  for (const one of await elements(page).all()) await expect(one).toContainText('· CPU ·');
  isRight((await (await startAll(page))())[0]); // not asked again
  expect(sockets).toEqual([]);
  expect(complaints).toEqual([]);
});

test('agreed once, the server reads for both, and the element says so', async ({ context }) => {
  const page = await open(context, TWO, allowed, 'lang="zh-CN"');
  const read = await startAll(page);
  await page.getByRole('button', { name: `发送到 ${host}` }).click();
  for (const text of await read()) isRight(text);
  for (const one of await elements(page).all()) await expect(one).toContainText(`您说的话会发送到 ${host}`);
  const [text] = await (await startAll(page))();
  isRight(text);
  expect(new Set(sockets)).toEqual(new Set([`${address.replace(/^http/, 'ws')}/v1/windows`]));
  expect(weights()).toEqual([]);
  expect(complaints).toEqual([]);
});

test('the asking element is removed: the other asks; the page may ask and answer itself', async ({
  context,
}) => {
  const page = await open(context, TWO);
  await startAll(page);
  await expect(question(page)).toHaveCount(1);
  await page.evaluate(() => {
    const all = [...document.querySelectorAll('sotto-transcriber')];
    all.find((one) => one.shadowRoot?.querySelector('[part=consent]'))?.remove();
  });
  await expect(elements(page).getByRole('alert')).toContainText(host);
  await page.evaluate(() => document.querySelector('sotto-transcriber')?.abort());
  await expect(question(page)).toHaveCount(0);
  await page.evaluate(() => {
    const asked: string[] = [];
    Object.assign(globalThis, { asked });
    document.addEventListener('consent', (event) => {
      event.preventDefault();
      asked.push(event.host);
      setTimeout(() => event.answer(true));
    });
  });
  await expect(elements(page)).toHaveJSProperty('state', 'idle');
  isRight((await (await startAll(page))())[0]);
  expect(await page.evaluate(() => (globalThis as unknown as { asked: string[] }).asked)).toEqual([host]);
  await expect(elements(page)).toContainText(`What you say is sent to ${host}`);
  expect(weights()).toEqual([]);
  expect(complaints).toEqual([]);
});

test('a site that may not use the server is told what to set, and its visitors are not asked', async ({
  context,
}) => {
  const page = await open(
    context,
    `<sotto-transcriber ladder="${LADDER}"></sotto-transcriber>
    <sotto-transcriber ladder="server"></sotto-transcriber>`,
    refused,
  );
  const codes = page.evaluate(
    () =>
      new Promise((resolve) => {
        document
          .querySelectorAll('sotto-transcriber')[1]
          ?.addEventListener('error', ({ code }) => resolve(code));
      }),
  );
  const read = await startAll(page);
  expect(await codes).toBe('origin_refused');
  const alert = elements(page).last().getByRole('alert');
  await expect(alert).toContainText('Pages of another site may not use this server.');
  await expect(alert).toContainText('ASR_CORS_ORIGINS');
  isRight((await read())[0]);
  expect(warnings.join()).toContain(`ASR_CORS_ORIGINS of ${address}/ must name ${refused.url}`);
  expect(sockets).toEqual([]);
  expect(complaints).toEqual([]);
});

test('models come from the hub that the site’s operator set; a site that does not say is no failure', async ({
  context,
}) => {
  const page = await open(
    context,
    '<sotto-transcriber model="onnx-community/whisper-tiny"></sotto-transcriber>',
  );
  await (await startAll(page))(); // this hub has nothing
  expect(hub.requests.join()).toContain('/onnx-community/whisper-tiny/');
  expect(requests.filter((url) => url.includes('huggingface.co'))).toEqual([]);
  await page.reload();
  await page.waitForFunction(() => customElements.get('sotto-transcriber') !== undefined);
  await page.route('**/app-config.json', (route) => route.abort());
  await page.evaluate(() => document.querySelector('sotto-transcriber')?.removeAttribute('model'));
  isRight((await (await startAll(page))())[0]);
  expect(warnings.join()).toContain('does not say where its models are');
});
