import { chromium, expect, type Page, test } from '@playwright/test';
import { CHROMIUM_ARGS, findChromium } from '../support/chromium.ts';
import { fixturePath } from '../support/fixtures.ts';
import { App } from './support/app.ts';

const CLIPS = ['us-male.wav', 'slt-female.wav'];

async function onCpu(baseURL: string | undefined): Promise<Map<string, string>> {
  const executablePath = findChromium();
  const browser = await chromium.launch({
    args: [...CHROMIUM_ARGS],
    ...(executablePath ? { executablePath } : {}),
  });
  try {
    const app = await App.open(await browser.newPage({ ...(baseURL ? { baseURL } : {}) }));
    const texts = new Map<string, string>();
    for (const clip of CLIPS) texts.set(clip, (await app.read(fixturePath(clip), clip)).text);
    await expect(app.place()).toContainText('CPU (WASM)');
    return texts;
  } finally {
    await browser.close();
  }
}

async function engineOf(page: Page) {
  for (const worker of page.workers()) {
    if ((await worker.evaluate(() => self.name)) === 'sotto-engine') return worker;
  }
  throw new Error('no engine worker runs');
}

test('on WebGPU the text is that of WASM; a GPU that is lost in mid-file costs nothing but time', async ({
  page,
  baseURL,
}) => {
  test.setTimeout(600_000);
  const expected = await onCpu(baseURL);
  const app = await App.open(page);
  const first = await app.read(fixturePath(CLIPS[0] ?? ''), CLIPS[0] ?? '');
  expect(first.text).toBe(expected.get(CLIPS[0] ?? ''));
  await expect(app.place()).toContainText('On this device · WebGPU · ');
  expect(app.complaints).toEqual([]);

  // The next clip loses the device under its hands: what a driver reset does.
  const clip = CLIPS[1] ?? '';
  const worker = await engineOf(page);
  await worker.evaluate(() => {
    const create = GPUDevice.prototype.createCommandEncoder;
    GPUDevice.prototype.createCommandEncoder = function (this: GPUDevice, ...args) {
      this.destroy();
      return create.apply(this, args);
    };
  });
  await app.give(fixturePath(clip));
  await app.reached(clip, 'done', 400_000);
  expect((await app.transcript(clip)).text).toBe(expected.get(clip));
  expect(app.complaints).toEqual([]);
});
