/** The page about embedding, and the examples: on Sotto's own site, in a browser whose microphone hears a fixture. */
import { readFile } from 'node:fs/promises';
import { type Browser, expect, type Page, test } from '@playwright/test';
import type {} from '../../web/element/define.ts';
import { makeFilm } from '../support/films.ts';
import { fixture, fixturePath } from '../support/fixtures.ts';
import { wordErrors } from '../support/wer.ts';
import { expectAccessible, expectFits } from './support/accessible.ts';
import { hearingBrowser } from './support/hearing-browser.ts';
import { openOtherSite } from './support/other-site.ts';

const CLIP = 'us-male.wav';
const TEXT = fixture(CLIP).text ?? '';
const isRight = (text: string): void => expect(wordErrors(TEXT, text).errors).toBeLessThanOrEqual(1);

let browser: Browser;
let complaints: string[];

test.beforeAll(async () => {
  browser = await hearingBrowser('us-female-question.wav');
});
test.afterAll(() => browser.close());
test.afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
  expect(complaints).toEqual([]);
});

async function open(baseURL: string | undefined, path: string): Promise<Page> {
  const context = await browser.newContext({
    ...(baseURL ? { baseURL } : {}),
    permissions: ['microphone', 'clipboard-read', 'clipboard-write'],
  });
  const page = await context.newPage();
  complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${message.text()} ${message.location().url}`);
  });
  await page.goto(path);
  await page.waitForFunction(() => customElements.get('sotto-transcriber') !== undefined);
  return page;
}

const dictate = (page: Page) => page.locator('sotto-transcriber').getByRole('button');

test('options are chosen and tried, and what is copied works on another page', async ({ baseURL }, info) => {
  const page = await open(baseURL, '/embed');
  await expect(page.getByRole('heading', { name: 'Sotto on your page' })).toBeVisible();
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [320, 1280]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      await page.screenshot({ path: info.outputPath(`${colorScheme}-${width}.png`), fullPage: true });
      await expectFits(page);
    }
    await expectAccessible(page);
  }
  await page.getByLabel('Into a field of the page').check();
  await expect(page.getByLabel('Notes')).toBeVisible();
  await expect(page.locator('sotto-transcriber')).toHaveAttribute('for', 'notes');
  await page.getByLabel('What it does').selectOption('file');
  await expect(page.getByLabel('Notes')).toHaveCount(0);
  await page.locator('sotto-transcriber input[type=file]').setInputFiles(fixturePath(CLIP));
  await expect(page.locator('sotto-transcriber')).toHaveJSProperty('state', 'idle', { timeout: 60_000 });
  isRight((await page.locator('sotto-transcriber [part=text]').textContent()) ?? '');
  // What the element fetched stands in the site's list of what was sent.
  const settings = await page.context().newPage();
  await settings.goto(`${baseURL}/#settings`);
  await expect(settings.locator('sent-list tr[data-kind=model] .host')).toHaveText(
    new URL(baseURL ?? '').host,
  );
  await settings.close();
  await page.getByLabel('What it does').selectOption('dictation');
  await page.getByRole('button', { name: 'Copy' }).click();
  await expect(page.getByText('Copied.')).toBeVisible();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toContain(`${baseURL}/embed/sotto.js`);

  const other = await openOtherSite(baseURL ?? '');
  try {
    other.serve('/clip.wav', await readFile(fixturePath(CLIP)), 'audio/wav');
    await page.goto(other.serve('/', `<!doctype html><title>x</title>${copied}`, 'text/html'));
    await page.waitForFunction(() => customElements.get('sotto-transcriber') !== undefined);
    await page.locator('#notes').fill('Heard:');
    await page.evaluate(() => document.querySelector('sotto-transcriber')?.transcribe('/clip.wav'));
    isRight((await page.locator('#notes').inputValue()).replace('Heard: ', ''));
  } finally {
    await other.close();
  }
});

test('the example of a letter: what is said comes after what stands there', async ({ baseURL }) => {
  const page = await open(baseURL, '/examples/textarea.html');
  await expectAccessible(page);
  await dictate(page).click();
  await expect(page.getByLabel('Letter')).toHaveValue(/^Dear friend, \p{L}.*/u, { timeout: 60_000 });
  await dictate(page).click();
  await expect(page.locator('sotto-transcriber')).toHaveJSProperty('state', 'idle');
});

test('the example of a search: the first thing said is searched for', async ({ baseURL }) => {
  const page = await open(baseURL, '/examples/search.html');
  await expectAccessible(page);
  await expect(page.getByRole('button', { name: 'Say it' })).toBeVisible();
  await dictate(page).click();
  await expect(page.getByLabel('Search these sentences')).not.toHaveValue('', { timeout: 60_000 });
  await expect(page.locator('sotto-transcriber')).toHaveJSProperty('state', 'idle');
  // The microphone may come in anywhere in what it hears over and over, so any of its words may be the first.
  const words = (text: string): readonly string[] => text.toLowerCase().match(/\p{L}+/gu) ?? [];
  const said = words(await page.getByLabel('Search these sentences').inputValue());
  const lines = await page.locator('li').allTextContents();
  const fitting = lines.filter((line) => words(line).some((word) => said.includes(word)));
  await expect(page.locator('li:visible')).toHaveText(fitting);
});

test('the example of a video: captions come when it plays', async ({ baseURL }) => {
  const page = await open(baseURL, '/examples/video.html');
  await expectAccessible(page);
  const buffer = await makeFilm('film.webm', CLIP);
  await page.locator('#choose').setInputFiles({ name: 'film.webm', mimeType: 'video/webm', buffer });
  await page.evaluate(() => document.querySelector('video')?.play());
  await expect(page.locator('sotto-transcriber')).toHaveJSProperty('segments.length', 1, { timeout: 60_000 });
  expect(await page.evaluate(() => document.querySelector('video')?.textTracks[0]?.cues?.length)).toBe(1);
});

test('the example of a form: it is not sent empty, and shows what would be sent', async ({ baseURL }) => {
  const page = await open(baseURL, '/examples/form.html');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page.locator('output')).toHaveText('');
  await dictate(page).click();
  await expect(page.locator('sotto-transcriber [part=text]')).not.toBeEmpty({ timeout: 60_000 });
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page.locator('output')).toHaveText(/^report = \p{L}/u);
});
