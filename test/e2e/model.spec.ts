import { expect, type Page, test } from '@playwright/test';
import { findModel } from '../../shared/asr/catalogue.ts';
import { ERRORS } from '../../shared/errors.ts';
import { fixturePath } from '../support/fixtures.ts';
import { type Hub, startHub } from '../support/hub-server.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';
import { App } from './support/app.ts';

/** The demo's files under the name of a model that people want: what matters here is the way they come. */
const ID = 'onnx-community/whisper-tiny.en';
const ENTRY = findModel(ID);
const ENCODER = 'onnx/encoder_model_quantized.onnx';
const DECODER = 'onnx/decoder_model_merged_quantized.onnx';

let hub: Hub;
let server: ServerProcess;
let address: string;

test.beforeEach(async () => {
  hub = await startHub({ models: { [ID]: 'public/models/sotto-demo-en' }, commit: ENTRY?.revision ?? '' });
  server = startServer(['--port', '0'], { SOTTO_HUB: hub.base });
  address = await server.address;
});

test.afterEach(async () => {
  server.child.kill('SIGTERM');
  await Promise.all([server.ended, hub.close()]);
});

async function choose(page: Page): Promise<void> {
  await page.getByLabel('Model to read with').selectOption(ID);
  await page.getByRole('button', { name: `Use ${ENTRY?.label}` }).click();
}

const fetched = (path: string) =>
  hub.requests.filter(
    (request) => request.startsWith('GET ') && request.includes('/cdn/') && request.endsWith(path),
  ).length;

test('a model of the hub: nothing is asked of it before it is chosen, it is fetched once, and a reload needs no network', async ({
  page,
}) => {
  const app = await App.open(page, address);
  await app.read(fixturePath('us-male.wav'), 'us-male.wav');
  expect(hub.requests).toEqual([]);

  await choose(page);
  const { text, model } = await app.read(fixturePath('quiet.flac'), 'quiet.flac');
  expect(text).not.toBe('');
  expect(model).toBe(ID);
  expect([fetched(ENCODER), fetched(DECODER)]).toEqual([1, 1]);

  await hub.close();
  const again = await App.open(page, address);
  await expect(again.place()).toContainText(ID); // the choice is remembered
  const offline = await again.read(fixturePath('us-male.wav'), 'us-male.wav');
  expect(offline.model).toBe(ID);
  expect(offline.text).toBe('Could you throw the bucket, please?');
});

test('a download shows bytes and percent, can be cancelled, and goes on with what it has', async ({
  page,
}) => {
  hub.fault(DECODER, 'stall');
  const app = await App.open(page, address);
  await choose(page);
  await expect(app.place()).toContainText(/[1-9][\d.]*\sMB of [\d.]+\sMB/, { timeout: 30_000 });
  const bar = app.place().getByRole('progressbar');
  await expect
    .poll(async () => Number(await bar.getAttribute('value')), { timeout: 30_000 })
    .toBeGreaterThan(30);
  await app.place().getByRole('button', { name: 'Cancel download' }).click();
  await expect(bar).toHaveCount(0);

  hub.fault(DECODER, undefined);
  const before = fetched(ENCODER);
  await choose(page);
  const { model } = await app.read(fixturePath('us-male.wav'), 'us-male.wav');
  expect(model).toBe(ID);
  expect(fetched(ENCODER)).toBe(before);
});

/** One after another on one page, each but the first the next try; no two in a row say the same. */
for (const faults of [
  [
    ['missing', 'model_not_found'],
    ['error', 'model_source_failed'],
    ['truncate', 'model_incomplete'],
  ],
  [['corrupt', 'model_incomplete']],
] as const) {
  const names = faults.map(([fault]) => fault).join(', then ');
  test(`a download that fails (${names}) says what happened and what to do, and can be tried again`, async ({
    page,
  }) => {
    const app = await App.open(page, address);
    for (const [fault, code] of faults) {
      hub.fault(DECODER, fault);
      await choose(page);
      await expect(page.getByText(ERRORS[code].message).first()).toBeVisible({ timeout: 30_000 });
      await expect(page.getByText(ERRORS[code].next).first()).toBeVisible();
    }
    hub.fault(DECODER, undefined);
    await choose(page);
    const { model } = await app.read(fixturePath('us-male.wav'), 'us-male.wav');
    expect(model).toBe(ID);
  });
}

test('a hub out of reach is said, and the demo model still reads', async ({ page }) => {
  await hub.close();
  const app = await App.open(page, address);
  await choose(page);
  await expect(page.getByText(ERRORS.model_offline.message).first()).toBeVisible({ timeout: 30_000 });
  const { model } = await app.read(fixturePath('us-male.wav'), 'us-male.wav');
  expect(model).toBe('sotto-demo-en');
});

test('out of quota: it runs from memory and says that nothing was kept', async ({ page }) => {
  const app = await App.open(page, address);
  const session = await page.context().newCDPSession(page);
  await session.send('Storage.overrideQuotaForOrigin', { origin: address, quotaSize: 1_000_000 });
  await choose(page);
  const { model } = await app.read(fixturePath('us-male.wav'), 'us-male.wav');
  expect(model).toBe(ID);
  await expect(app.place()).toContainText('no room to keep the model on this device');
});
