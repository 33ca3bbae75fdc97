/** The app without a network, and one version of it after another. */
import { type Browser, expect, type Page, test } from '@playwright/test';
import { findModel } from '../../shared/asr/catalogue.ts';
import { fixturePath } from '../support/fixtures.ts';
import { startHub } from '../support/hub-server.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';
import { App } from './support/app.ts';
import { hearingBrowser } from './support/hearing-browser.ts';
import { publish } from './support/versions.ts';

/** The demo's files under the name of a model that people want. */
const MODEL = 'onnx-community/whisper-tiny.en';
const TEXT = 'Could you throw the bucket, please?';

async function stop({ child, ended }: ServerProcess): Promise<void> {
  child.kill('SIGTERM');
  await ended;
}

/** The service worker is at work, and what the engine was started with is kept. */
async function isKept(page: Page, engine: readonly string[] = []): Promise<void> {
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  const kept = () =>
    page.evaluate(async () => {
      const keys = await (await caches.open('sotto-used-1')).keys();
      return keys.map(({ url }) => new URL(url).pathname.replace(/^.*\//, '')).sort();
    });
  await expect.poll(kept).toEqual(['app-config.json', ...engine].sort());
}

/** The whole of it: what is not read to its end keeps a service worker at work. */
const bytesOf = (page: Page, path: string): Promise<number> =>
  page.evaluate(async (from) => {
    const response = await fetch(from);
    return response.ok ? (await response.arrayBuffer()).byteLength : 0;
  }, path);

const WASM = ['ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm', 'silero_vad_v6_sequence.onnx'];

test.use({ serviceWorkers: 'allow' });

test('after the first visit app, engine and model need no network: isolated, in Chinese, the same text', async ({
  page,
  context,
}) => {
  const hub = await startHub({
    models: { [MODEL]: 'public/models/sotto-demo-en' },
    commit: findModel(MODEL)?.revision ?? '',
  });
  const server = startServer(['--port', '0'], { SOTTO_HUB: hub.base });
  const address = await server.address;
  const app = await App.open(page, address);
  await page.getByLabel('Model to read with').selectOption(MODEL);
  await page.getByRole('button', { name: `Use ${findModel(MODEL)?.label}` }).click();
  const before = await app.read(fixturePath('us-male.wav'), 'us-male.wav');
  expect(before.text).toBe(TEXT);
  // One build of the engine, the one that this browser uses.
  await isKept(page, WASM);

  await stop(server);
  await hub.close();
  await context.setOffline(true);
  const elsewhere: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(`${address}/`)) elsewhere.push(request.url());
  });
  await page.reload();
  await page.getByRole('button', { name: 'Record', exact: true }).waitFor();
  expect(await page.evaluate(() => [crossOriginIsolated, typeof SharedArrayBuffer])).toEqual([
    true,
    'function',
  ]);
  const after = await app.read(fixturePath('us-male.wav'), 'us-male.wav');
  expect({ text: after.text, model: after.model }).toEqual({ text: TEXT, model: MODEL });
  await expect(app.place()).toContainText('Nothing leaves this device.');
  // What nobody had opened before: another language, DOCX, the view of what the browser can do.
  expect((await app.saved('us-male.wav', 'DOCX')).startsWith('PK')).toBe(true);
  await page.getByRole('combobox', { name: 'Language of this page' }).selectOption('简体中文');
  await page.getByRole('link', { name: '这个浏览器能做什么' }).click();
  await expect(page.getByRole('heading', { name: '麦克风' })).toBeVisible();
  expect(elsewhere.filter((url) => !url.startsWith('blob:'))).toEqual([]);
  expect(app.complaints).toEqual([]);
  // The programs' addresses and the page about embedding are the network's, and that is gone.
  const others = ['/v1/models', '/health', '/embed/sotto.js', '/models/sotto-demo-en/config.json'];
  const answers = await page.evaluate(
    (paths) =>
      Promise.all(
        paths.map((path) =>
          fetch(path).then(
            () => 'answered',
            () => 'nobody there',
          ),
        ),
      ),
    others,
  );
  expect(answers).toEqual(others.map(() => 'nobody there'));
  await expect(page.goto(`${address}/embed`)).rejects.toThrow();
});

test('the browser takes the manifest, and a file that another app shares is given to the desk', async ({
  page,
  baseURL,
}) => {
  await App.open(page, baseURL);
  const session = await page.context().newCDPSession(page);
  const { url, errors, data } = await session.send('Page.getAppManifest');
  expect(errors).toEqual([]);
  expect(JSON.parse(data ?? '')).toMatchObject({ id: '/', display: 'standalone' });
  expect((await page.request.get(url)).headers()['content-type']).toContain('application/manifest+json');
  await isKept(page);
  await page.goto('about:blank');
  await page.setContent(
    `<form method="post" enctype="multipart/form-data" action="${baseURL}/share">
      <input type="file" name="files" multiple><button>Share</button></form>`,
  );
  await page
    .locator('input')
    .setInputFiles([
      { name: 'Notiz für später.wav', mimeType: 'audio/wav', buffer: Buffer.from('no sound') },
    ]);
  await page.getByRole('button', { name: 'Share' }).click();
  await page.waitForURL(`${baseURL}/`);
  await expect(page.getByRole('article', { name: 'Notiz für später.wav' })).toBeVisible();
  // Once.
  await page.reload();
  await page.getByRole('button', { name: 'Record', exact: true }).waitFor();
  expect(await page.evaluate(() => caches.has('sotto-shared-1'))).toBe(false);
});

test.describe('a new version', () => {
  let hearing: Browser;
  test.beforeAll(async () => {
    hearing = await hearingBrowser('us-female-question.wav');
  });
  test.afterAll(() => hearing.close());

  test('is offered, waits for the recording here and the job in another tab, and takes over then', async () => {
    const published = await publish();
    const server = startServer(['--port', '0'], { SOTTO_WEB: published.folder });
    const address = await server.address;
    const context = await hearing.newContext({ permissions: ['microphone'] });
    const [page, other] = [await context.newPage(), await context.newPage()];
    const app = await App.open(page, address);
    await isKept(page);
    await App.open(other, address);
    const version = (of: Page) => of.evaluate(() => document.querySelector('meta[name=version]') !== null);
    const notice = (of: Page) => of.locator('update-notice').getByRole('status');
    const locks = () =>
      page.evaluate(async () => {
        const { held = [], pending = [] } = await navigator.locks.query();
        const busy = (list: LockInfo[]) => list.filter(({ name }) => name === 'sotto-busy');
        return [busy(held).map(({ mode }) => mode), busy(pending).map(({ mode }) => mode)];
      });

    await page.getByRole('button', { name: 'Record', exact: true }).click();
    await expect(page.locator('job-card').getByRole('article')).toHaveAttribute('data-state', 'listening');
    const dropped = await published.next('second', /^docx-/);
    await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.update());
    await expect(notice(page)).toContainText('A new version is ready.');
    await page.locator('update-notice').getByRole('button', { name: 'Use it' }).click();
    await expect(notice(page)).toContainText('when nothing runs any more');
    await expect.poll(locks).toEqual([['shared'], ['exclusive']]);

    // Meanwhile: parts of this version come from the device, the server has them no more.
    expect((await fetch(`${address}${dropped}`)).status).toBe(404);
    expect(await bytesOf(page, dropped)).toBeGreaterThan(1000);
    await other.evaluate(() => {
      void navigator.locks.request('sotto-busy', { mode: 'shared' }, () => {
        return new Promise<void>((resolve) => Object.assign(globalThis, { over: resolve }));
      });
    });
    await expect.poll(locks).toEqual([['shared'], ['exclusive', 'shared']]);
    await page.getByRole('button', { name: 'Stop' }).first().click();
    await expect(page.locator('job-card').getByRole('article')).toHaveAttribute('data-state', 'done');
    await expect.poll(locks).toEqual([['shared'], ['exclusive']]);
    expect([await version(page), await version(other)]).toEqual([false, false]);

    await Promise.all([
      page.waitForEvent('load'),
      other.evaluate(() => (globalThis as unknown as { over(): void }).over()),
    ]);
    await page.getByRole('button', { name: 'Record', exact: true }).waitFor();
    expect(await version(page)).toBe(true);
    // The recording is where it was kept; the other tab goes on as it was, and is told.
    await expect(page.locator('library-item')).toHaveCount(1);
    expect(await version(other)).toBe(false);
    await expect(notice(other)).toContainText('A new version is ready.');
    expect(await bytesOf(other, dropped)).toBeGreaterThan(1000);
    await other.locator('update-notice').getByRole('button', { name: 'Use it' }).click();
    await other.waitForFunction(() => document.querySelector('meta[name=version]') !== null);
    expect(app.complaints).toEqual([]);
    await context.close();
    await stop(server);
    await published.remove();
  });
});
