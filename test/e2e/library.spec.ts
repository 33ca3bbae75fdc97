import { type BrowserContext, chromium, expect, type Locator, type Page, test } from '@playwright/test';
import { CHROMIUM_ARGS, findChromium } from '../support/chromium.ts';
import { fixturePath } from '../support/fixtures.ts';
import { expectAccessible } from './support/accessible.ts';
import { App } from './support/app.ts';

const item = (page: Page, name: string | RegExp): Locator =>
  page.locator('library-item').filter({ has: page.getByText(name, { exact: true }) });

const lines = (within: Locator): Promise<string[]> =>
  within.getByRole('log').locator('li .text').allTextContents();

async function openedItem(page: Page, name: string | RegExp): Promise<Locator> {
  const found = item(page, name);
  await found.getByRole('heading').getByRole('button').click();
  return found;
}

/** Bytes of each file of sound on the device. */
const soundBytes = (page: Page): Promise<number[]> =>
  page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle('sotto-library', { create: true });
    const sizes: number[] = [];
    const handles = (folder as unknown as { values(): AsyncIterable<FileSystemFileHandle> }).values();
    for await (const handle of handles) {
      const file = await handle.getFile().catch(() => undefined); // deleted meanwhile
      if (file !== undefined) sizes.push(file.size);
    }
    return sizes;
  });

const seconds = (bytes: number) => (bytes - 44) / 32_000;

async function reopened(context: BrowserContext, page: Page): Promise<{ page: Page; app: App }> {
  await page.close();
  const next = await context.newPage();
  return { page: next, app: await App.open(next) };
}

test('a tab that is closed in mid-recording: sound and text are there, and the rest is read', async ({
  baseURL,
}) => {
  const executablePath = findChromium();
  const browser = await chromium.launch({
    args: [
      ...CHROMIUM_ARGS,
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      `--use-file-for-fake-audio-capture=${fixturePath('us-female-question.wav')}`,
    ],
    ...(executablePath ? { executablePath } : {}),
  });
  try {
    const context = await browser.newContext({
      ...(baseURL ? { baseURL } : {}),
      permissions: ['microphone'],
      serviceWorkers: 'block',
    });
    const first = await context.newPage();
    await App.open(first);
    await expect(first.getByRole('heading', { name: 'Library' })).toBeVisible();
    await first.getByRole('button', { name: 'Record', exact: true }).click();
    const heard = first.locator('job-card').first().getByRole('log').getByRole('listitem');
    await expect(heard).not.toHaveCount(0, { timeout: 60_000 });
    await expect(first.locator('library-item .item')).toHaveAttribute('data-state', 'capturing');
    const text = (await heard.first().locator('.text').textContent()) ?? '';
    const [written = 0] = await soundBytes(first);
    expect(seconds(written)).toBeGreaterThan(1);

    const { page, app } = await reopened(context, first);
    const kept = page.locator('library-item .item');
    await expect(kept).toHaveAttribute('data-state', 'done', { timeout: 60_000 });
    await expect(kept).toHaveAttribute('data-sound', 'whole');
    const [bytes = 0] = await soundBytes(page);
    expect(bytes).toBeGreaterThanOrEqual(written);
    const recording = await openedItem(page, /^Recording/);
    expect((await lines(recording))[0]).toBe(text);
    const audio = recording.locator('audio');
    await expect
      .poll(() => audio.evaluate((element) => (element as HTMLAudioElement).duration))
      .toBeCloseTo(seconds(bytes), 1);
    expect(app.complaints).toEqual([]);
  } finally {
    await browser.close();
  }
});

test('a tab that is closed in mid-file goes on to the same text; what is kept is found, renamed, deleted, taken out and in', async ({
  context,
  page: first,
}) => {
  const name = 'long-3min.flac';
  const before = await App.open(first);
  await expect(first.getByRole('heading', { name: 'Library' })).toBeVisible();
  await before.give(fixturePath(name));
  const read = before.card(name).getByRole('log').getByRole('listitem');
  await expect(read).not.toHaveCount(0, { timeout: 60_000 });
  await expect(item(first, name).locator('.item')).toHaveAttribute('data-sound', 'whole');

  const { page, app } = await reopened(context, first);
  // It is read on by itself, with the text that was there.
  await app.reached(name, 'done');
  const resumed = await app.transcript(name);
  await expect(item(page, name).locator('.item')).toHaveAttribute('data-state', 'done');
  await page.getByRole('button', { name: `Remove ${name} from the list` }).click();
  await page.getByRole('switch', { name: 'Keep recordings on this device' }).uncheck();
  const undisturbed = await app.read(fixturePath(name), name);
  expect(resumed.segments.map(({ text, start, end }) => ({ text, start, end }))).toEqual(
    undisturbed.segments.map(({ text, start, end }) => ({ text, start, end })),
  );
  await expect(page.locator('library-item')).toHaveCount(1);
  await page.getByRole('button', { name: `Remove ${name} from the list` }).click();

  const kept = await openedItem(page, name);
  await expect.poll(() => lines(kept)).toEqual(resumed.segments.map(({ text }) => text));
  await expectAccessible(page);

  const word = resumed.segments.at(-1)?.text.split(' ')[0] ?? '';
  const search = page.getByRole('searchbox', { name: 'Search in all transcripts' });
  await search.fill(word.toUpperCase());
  await expect(kept.locator('.found li').first()).toContainText(word, { ignoreCase: true });
  await search.fill('no such words');
  await expect(page.getByText('Nothing found.')).toBeVisible();
  await search.fill('');

  await page.getByRole('button', { name: `Rename ${name}` }).click();
  await page.getByRole('textbox', { name: 'New name' }).fill('Three minutes');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Three minutes', exact: true })).toBeFocused();

  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export everything' }).click();
  const archive = await (await download).path();
  const sizes = async () => (await soundBytes(page)).toSorted((a, b) => a - b);
  const [sound] = await sizes();

  await page.getByRole('button', { name: 'Delete Three minutes from this device' }).click();
  await expect(page.locator('library-item')).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.locator('library-item')).toHaveCount(1);
  await page.getByRole('button', { name: 'Delete Three minutes from this device' }).click();
  await expect(page.locator('library-item')).toHaveCount(0);
  // Deleted, and the page closed: it is gone for good, sound and export too.
  const last = await reopened(context, page);
  await expect(last.page.getByText('Nothing is kept yet.')).toBeVisible();
  await expect.poll(() => soundBytes(last.page)).toEqual([]);

  const chooser = last.page.waitForEvent('filechooser');
  await last.page.getByRole('button', { name: 'Import' }).click();
  await (await chooser).setFiles(archive);
  await expect(last.page.getByText('1 added.')).toBeVisible();
  const back = await openedItem(last.page, 'Three minutes');
  await expect.poll(() => lines(back)).toEqual(resumed.segments.map(({ text }) => text));
  expect(await soundBytes(last.page)).toEqual([sound]);
  expect([...before.complaints, ...app.complaints, ...last.app.complaints]).toEqual([]);
});
