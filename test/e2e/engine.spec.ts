import { expect, type Page, test, type Worker } from '@playwright/test';
import { fixturePath } from '../support/fixtures.ts';
import { App } from './support/app.ts';

const NAME = 'long-3min.flac';

/** The running engine worker, told from the ear's by what it fetched. */
async function engineWorker(page: Page): Promise<Worker> {
  for (const worker of page.workers()) {
    if ((await worker.evaluate(() => self.name)) === 'sotto-engine') return worker;
  }
  throw new Error('no engine worker runs');
}

async function segmentsShown(app: App): Promise<number> {
  return app.card(NAME).getByRole('listitem').count();
}

test('killing the engine in mid-file, twice: the text is complete, nothing missing, nothing twice', async ({
  page,
}) => {
  const app = await App.open(page);
  const undisturbed = await app.read(fixturePath(NAME), NAME);
  await app
    .card(NAME)
    .getByRole('button', { name: /Remove/ })
    .click();

  await app.give(fixturePath(NAME));
  for (const after of [5, 25]) {
    await expect.poll(() => segmentsShown(app), { timeout: 120_000 }).toBeGreaterThan(after);
    const victim = await engineWorker(page);
    await victim.evaluate(() => self.close());
  }
  await app.reached(NAME, 'done');
  const disturbed = await app.transcript(NAME);
  expect(disturbed.text).toBe(undisturbed.text);
  expect(disturbed.segments).toEqual(undisturbed.segments);
  expect(app.complaints).toEqual([]);
});

test('an engine that throws in the middle of a run is replaced, and the text is complete', async ({
  page,
}) => {
  const app = await App.open(page);
  await app.give(fixturePath('us-male.wav'), fixturePath('us-female.flac'));
  await app.reached('us-male.wav', 'done');
  // An uncaught error in the worker: what a runtime that aborts looks like.
  const victim = await engineWorker(page);
  await victim.evaluate(() => {
    setTimeout(() => {
      throw new Error('abort()');
    });
  });
  await app.reached('us-female.flac', 'done');
  const { text } = await app.transcript('us-female.flac');
  expect(text).toBe('Tomorrow will be warm and sunny. Nina rode from Japan to England today.');
});

test('without a WebGPU adapter it runs on the CPU, says so, and says that nothing leaves the device', async ({
  page,
}) => {
  const app = await App.open(page);
  await expect(app.place()).toContainText('Nothing leaves this device.');
  const { text, model } = await app.read(fixturePath('us-male.wav'), 'us-male.wav');
  expect(text).toBe('Could you throw the bucket, please?');
  expect(model).toBe('sotto-demo-en');
  await expect(app.place()).toContainText('On this device · CPU (WASM) · ');
  await expect(app.place()).toContainText(
    'No WebGPU here, so it runs on the CPU (WASM): slower, the same text.',
  );
});
