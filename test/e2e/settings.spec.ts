/** The settings: states with a transcriber that the test drives, and what is really kept and sent. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, type Locator, type Page, test } from '@playwright/test';
import { findModel, modelFiles } from '../../shared/asr/catalogue.ts';
import { fixturePath } from '../support/fixtures.ts';
import { giveFiles } from '../support/page/states.ts';
import { expectAccessible, expectFits } from './support/accessible.ts';
import { App } from './support/app.ts';
import { useServedPage } from './support/served-page.ts';
import { offerServer, startSpeechServer } from './support/speech-server.ts';

const DEMO = findModel('sotto-demo-en')!;
const DEMO_FOLDER = 'public/models/sotto-demo-en';

const section = (page: Page, name: string): Locator =>
  page.locator('settings-view').getByRole('region', { name, exact: true });
const row = (page: Page, id: string): Locator => page.locator(`model-row[data-model="${id}"]`);

async function openSettings(page: Page, url = '/'): Promise<void> {
  await page.goto(`${url}#settings`);
  await expect(row(page, DEMO.id).getByRole('heading')).toBeVisible();
}

test.describe('with a transcriber that the test drives', () => {
  const served = useServedPage();

  for (const [colorScheme, language] of [
    ['light', 'zh-Hans'],
    ['dark', 'en'],
  ] as const) {
    test.describe(`${colorScheme}, ${language}, 320 px wide`, () => {
      test.use({
        colorScheme,
        viewport: { width: 320, height: 640 },
        contextOptions: { reducedMotion: 'reduce' },
        locale: language,
      });
      test('nothing for axe to find, nothing to scroll sideways, nothing the policy forbids', async ({
        page,
      }) => {
        const complaints: string[] = [];
        page.on('pageerror', (error) => complaints.push(error.message));
        page.on('console', (message) => {
          if (message.type() === 'error') complaints.push(message.text());
        });
        await openSettings(page, served.url);
        await page.evaluate(async (id) => {
          const cache = await caches.open('sotto-models-1');
          await cache.put(
            `https://models.sotto.invalid/${id}/%401/config.json`,
            new Response('{}', { headers: { 'content-length': '3' } }),
          );
          const error = { code: 'no_adapter' } as const;
          window.fake.changeStatus({ changes: [{ from: 'webgpu', to: 'wasm', error }] });
        }, DEMO.id);
        await page.reload();
        await expect(row(page, DEMO.id).locator('[data-presence]')).toHaveAttribute('data-presence', 'part');
        // Damaged: its length is not what it was.
        const check = language === 'en' ? /^Check the files of Sotto/ : /^检查 Sotto/;
        await row(page, DEMO.id).getByRole('button', { name: check }).click();
        await expect(row(page, DEMO.id).getByRole('alert')).toContainText('config.json');
        const remove = language === 'en' ? 'Delete' : '删除';
        await row(page, DEMO.id).getByRole('button', { name: remove }).click();
        await expect(page.locator('model-row .ask')).toBeVisible();
        await expectAccessible(page);
        await expectFits(page);
        expect(complaints).toEqual([]);
      });
    });
  }

  test('by keyboard: to a section, a theme, a deletion that is thought better of', async ({ page }) => {
    await openSettings(page, served.url);
    await page.getByRole('button', { name: 'Appearance' }).focus();
    await page.keyboard.press('Enter');
    await expect(section(page, 'Appearance').getByRole('heading', { name: 'Appearance' })).toBeFocused();
    await page.keyboard.press('Tab');
    await expect(page.getByRole('radio', { name: 'As the system has it' })).toBeFocused();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await expect(page.getByRole('radio', { name: 'Dark' })).toBeChecked();
    const scheme = () => page.evaluate(() => getComputedStyle(document.documentElement).colorScheme);
    expect(await scheme()).toBe('dark');

    // It is there before the page's own script, so before anything is painted.
    await page.route(/assets\/.*\.js$/, (route) => route.abort());
    await page.reload();
    expect(await scheme()).toBe('dark');
    await page.unroute(/assets\/.*\.js$/);
    await page.goto('about:blank');
    await openSettings(page, served.url);
    await page.getByRole('radio', { name: 'As the system has it' }).check();
    expect(await scheme()).toBe('light dark');

    await page.evaluate(async () => {
      const cache = await caches.open('sotto-models-1');
      const headers = { 'content-length': '2' };
      await cache.put(
        'https://models.sotto.invalid/sotto-demo-en/%401/config.json',
        new Response('{}', { headers }),
      );
    });
    // While a job reads with it, it may not go.
    await page.evaluate(() =>
      window.fake.changeStatus({ working: ['sotto-demo-en'], engine: { name: 'restarting', rung: 'wasm' } }),
    );
    const remove = row(page, DEMO.id).getByRole('button', { name: /^Delete Sotto/ });
    await expect(remove).toBeDisabled();
    await expect(remove).toHaveAccessibleDescription(/cannot be deleted now/);
    await page.evaluate(() => window.fake.changeStatus({ working: [], engine: { name: 'asleep' } }));
    await expect(remove).toBeEnabled();
    await remove.focus();
    await page.keyboard.press('Enter');
    await expect(row(page, DEMO.id).getByRole('button', { name: 'Keep it' })).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(remove).toBeFocused();
    await expect(row(page, DEMO.id).locator('[data-presence]')).toHaveAttribute('data-presence', 'part');
  });

  test('what is chosen here holds at the desk: vocabulary from a file, doubtful text, keeping, the ladder', async ({
    page,
  }) => {
    await openSettings(page, served.url);
    const reading = section(page, 'How it is read');
    await reading.locator('input[type=file]').setInputFiles({
      name: 'names.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from('Silero\r\nOPFS\r\n'),
    });
    await expect(reading.getByRole('textbox', { name: 'Words and names' })).toHaveValue('Silero\nOPFS');
    await expect(reading.getByText('In use: 2.')).toBeVisible();
    await reading.locator('input[type=file]').setInputFiles({
      name: 'names.bin',
      mimeType: 'text/plain',
      buffer: Buffer.from([0xff, 0xfe, 0x80]),
    });
    await expect(reading.getByText('This file could not be read as text.')).toBeVisible();
    await reading.getByRole('checkbox', { name: 'Leave out what is probably not speech' }).uncheck();
    await section(page, 'Keeping and files')
      .getByRole('switch', { name: 'Keep recordings on this device' })
      .uncheck();
    await page.getByRole('link', { name: 'Desk' }).click();
    await expect(
      page.locator('library-panel').getByRole('switch', { name: 'Keep recordings on this device' }),
    ).not.toBeChecked();
    await giveFiles(page, 'talk.mp3');
    expect(await page.evaluate(() => window.fake.jobs[0]?.options)).toMatchObject({
      terms: ['Silero', 'OPFS'],
      doubtful: 'kept',
    });
    await page.evaluate(() => {
      const error = { code: 'no_adapter' } as const;
      const engine = { name: 'loading', rung: 'wasm', progress: undefined } as const;
      window.fake.changeStatus({ engine, changes: [{ from: 'webgpu', to: 'wasm', error }] });
    });
    await page.getByRole('link', { name: 'Settings' }).click();
    const device = section(page, 'Where it runs');
    await expect(device.locator('[data-step=webgpu]')).toHaveAttribute('data-state', 'left');
    await expect(device.locator('[data-step=wasm]')).toContainText('being started');
    await expect(device).toContainText('WebGPU, but no GPU it may use');
  });
});

/** One bit of a kept file of this name is turned, behind everybody's back. */
function damage(page: Page, path: string): Promise<void> {
  return page.evaluate(async (end) => {
    const cache = await caches.open('sotto-models-1');
    const request = (await cache.keys()).find(({ url }) => url.endsWith(end))!;
    const found = (await cache.match(request))!;
    const bytes = new Uint8Array(await found.arrayBuffer());
    bytes[bytes.length >> 1]! ^= 1;
    await cache.put(request, new Response(bytes, { headers: found.headers }));
  }, path);
}

test('a model is downloaded, checked, found damaged, fetched again and deleted; the list says who was asked', async ({
  page,
  baseURL,
}) => {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  await openSettings(page);
  const privacy = section(page, 'Privacy');
  await expect(privacy.getByText('Nothing was ever sent from this browser.')).toBeVisible();
  const demo = row(page, DEMO.id);
  const presence = demo.locator('[data-presence]');
  await expect(presence).toHaveAttribute('data-presence', 'none');
  await demo.getByRole('button', { name: /^Download Sotto/ }).click();
  await expect(presence).toHaveAttribute('data-presence', 'whole');

  const names = modelFiles(DEMO, DEMO.dtypes.wasm).map(({ path }) => path);
  const sizes = await Promise.all(
    names.map(async (path) => (await readFile(join(DEMO_FOLDER, path))).length),
  );
  const megabytes = (sizes.reduce((a, b) => a + b) / 1e6).toFixed(1);
  await expect(demo).toContainText(`On this device · takes ${megabytes}\u00a0MB`);
  const { host } = new URL(baseURL ?? '');
  await expect(privacy.locator('tbody tr')).toHaveCount(1);
  await expect(privacy.locator('tbody tr')).toContainText(host);
  await expect(privacy.locator('tbody tr')).toContainText(`${megabytes}\u00a0MB came back`);

  const check = demo.getByRole('button', { name: /^Check the files/ });
  await check.click();
  await expect(demo).toContainText(`${names.length} files checked: each is as it came.`);
  await damage(page, 'encoder_model_quantized.onnx');
  await check.click();
  await expect(demo.getByRole('alert')).toContainText('Damaged files: 1.');
  await expect(demo.getByRole('alert')).toContainText('onnx/encoder_model_quantized.onnx');
  await demo.getByRole('button', { name: 'Fetch them again' }).click();
  await expect(demo).toContainText('It is here now');
  await check.click();
  await expect(demo).toContainText('each is as it came');

  await demo.getByRole('button', { name: /^Delete Sotto/ }).click();
  await demo.getByRole('button', { name: 'Delete it' }).click();
  await expect(presence).toHaveAttribute('data-presence', 'none');
  await expect(demo.getByRole('button', { name: /^Download Sotto/ })).toBeFocused();
  expect(await page.evaluate(async () => (await (await caches.open('sotto-models-1')).keys()).length)).toBe(
    0,
  );
  await page.reload();
  await expect(privacy.locator('tbody tr')).toHaveCount(1);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await expectAccessible(page);
  }
  await privacy.getByRole('button', { name: 'Clear the list' }).click();
  await expect(privacy.getByText(/^Nothing was sent since/)).toBeVisible();
  expect(complaints).toEqual([]);
});

test.describe('through a server', () => {
  // The double lives at another port; the page's policy allows its own server only.
  test.use({ bypassCSP: true });

  test('the list has the server, how much sound it got, and nothing else', async ({ page }) => {
    const name = 'us-male.wav';
    const server = await startSpeechServer();
    try {
      await offerServer(page, server.address);
      await openSettings(page);
      const { host } = new URL(server.address);
      const privacy = section(page, 'Privacy');
      await expect(privacy.getByText('Nothing was ever sent from this browser.')).toBeVisible();
      await expect(privacy).toContainText(host);
      await section(page, 'Where it runs')
        .getByRole('combobox', { name: 'Where it may run' })
        .selectOption('server-first');
      await page.getByRole('link', { name: 'Desk' }).click();
      const app = await App.open(page, '/');
      await app.give(fixturePath(name));
      await page.getByRole('button', { name: 'Send it' }).click();
      await app.reached(name, 'done');
      await page.getByRole('link', { name: 'Settings' }).click();
      const rows = privacy.locator('tbody tr');
      await expect(rows).toHaveCount(1);
      await expect(rows.locator('.host')).toHaveText(host);
      const seconds = server.windows.reduce((sum, { samples }) => sum + samples.length / 16_000, 0);
      const time = `0:${String(Math.floor(seconds)).padStart(2, '0')}`;
      await expect(rows).toContainText(`Sound: ${time} in ${server.windows.length} pieces`);
    } finally {
      await server.close();
    }
  });
});
