/** The player of a recording and its waveform, with real sounds, in a page of its own under the real content policy. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { watchMainThread } from '../bench/main-thread.ts';
import { fixture, fixturePath } from '../support/fixtures.ts';
import { serveRealPage } from '../support/real-page.ts';
import type { ServerProcess } from '../support/server-process.ts';
import { expectAccessible } from './support/accessible.ts';

let site: ServerProcess;
test.beforeAll(async () => {
  site = await serveRealPage('player-page');
});
test.afterAll(async () => {
  site.child.kill('SIGTERM');
  await site.ended;
});

const complaints: string[] = [];
test.beforeEach(async ({ page }) => {
  complaints.length = 0;
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.route('**/sound/*', async (route) => {
    await route.fulfill({ body: await readFile(fixturePath(basename(route.request().url()))) });
  });
  await page.goto(await site.address);
  await page.waitForFunction(() => 'showSound' in window);
});
test.afterEach(() => expect(complaints).toEqual([]));

const SPEAKERS = ['light-dark(#1d7a8c, #6cc7d9)', '#b0562b', 'var(--accent)'];

const spansOf = (name: string) =>
  (fixture(name).sentences ?? []).map(({ start, end }, index) => ({
    start,
    end,
    colour: SPEAKERS[index % SPEAKERS.length] ?? '',
  }));

const show = (page: Page, name: string, spans = spansOf(name)) =>
  page.evaluate(([file, of]) => window.show(file, of), [`/sound/${name}`, spans] as const);

/** 4.857 seconds of speech */
const REPEATED = 'slt-female.wav';

const time = (page: Page) => page.evaluate(() => window.player.time);
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const slider = (page: Page) => page.getByRole('slider', { name: 'Position' });

const measured = (page: Page, state = 'whole') =>
  expect(page.locator('.picture')).toHaveAttribute('data-state', state);

const noWorker = (page: Page) => expect.poll(() => page.workers().length).toBe(0);

/** The share of a part of the picture, below its ruler, that is opaque. */
const inked = (page: Page, from: number, to: number) =>
  page.locator('canvas').evaluate(
    (element, [left, right]) => {
      const canvas = element as HTMLCanvasElement;
      const { width, height } = canvas;
      const wide = Math.round((right - left) * width);
      const { data = [] } =
        canvas.getContext('2d')?.getImageData(Math.round(left * width), 24, wide, height - 24) ?? {};
      let opaque = 0;
      for (let i = 3; i < data.length; i += 4) if (data[i] === 255) opaque += 1;
      return (4 * opaque) / data.length;
    },
    [from, to] as const,
  );

const picture = (page: Page) =>
  page.locator('canvas').evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());

async function press(page: Page, share: number): Promise<void> {
  const box = await page.locator('canvas').boundingBox();
  if (box === null) throw new Error('there is no picture');
  await page.mouse.click(box.x + share * box.width, box.y + box.height / 2);
}

test('plays, moves by keyboard and pointer, at the speed chosen last, and is zoomed', async ({ page }) => {
  const name = 'paragraph-25s.flac';
  const { duration } = fixture(name);
  await show(page, name, []);
  await measured(page);
  await expect(slider(page)).toHaveAttribute('aria-valuetext', '0:00 of 0:21');
  await expect.poll(() => inked(page, 0.1, 0.9)).toBeGreaterThan(0.05);
  await noWorker(page);

  await button(page, 'Play').click();
  await expect.poll(() => time(page)).toBeGreaterThan(0.3);
  expect(await page.evaluate(() => window.told.length)).toBeGreaterThan(10);
  await button(page, 'Pause').click();
  await expect(button(page, 'Play')).toBeVisible();

  await slider(page).focus();
  await page.keyboard.press('End');
  await expect(slider(page)).toHaveAttribute('aria-valuetext', '0:21 of 0:21');
  await page.keyboard.press('Home');
  for (const key of ['ArrowRight', 'ArrowUp', 'ArrowRight', 'ArrowLeft']) await page.keyboard.press(key);
  expect(await time(page)).toBeCloseTo(2);
  await expect(slider(page)).toHaveAttribute('aria-valuetext', '0:02 of 0:21');
  await button(page, 'Forward 5 seconds').click();
  await button(page, 'Forward 5 seconds').click();
  await button(page, 'Back 5 seconds').click();
  expect(await time(page)).toBeCloseTo(7);

  await press(page, 0.5);
  expect(await time(page)).toBeCloseTo(duration / 2, 1);
  const before = await picture(page);
  await expect(button(page, 'Zoom out')).toHaveAttribute('aria-disabled', 'true');
  await button(page, 'Zoom in').click();
  await button(page, 'Zoom in').click();
  await expect(button(page, 'Zoom in')).toHaveAttribute('aria-disabled', 'true');
  await expect.poll(() => picture(page)).not.toBe(before);
  // As close as it gets: 150 pixels a second, and the moment that is played where it was, in the middle.
  await press(page, 0.75);
  expect(await time(page)).toBeCloseTo(duration / 2 + (0.25 * 1280) / 150, 1);
  await page.keyboard.down('Control');
  for (let i = 0; i < 4; i++) await page.mouse.wheel(0, 400);
  await page.keyboard.up('Control');
  await expect(button(page, 'Zoom out')).toHaveAttribute('aria-disabled', 'true');
  await button(page, 'Zoom in').click();
  await button(page, 'Show all').click();
  await expect(button(page, 'Zoom out')).toHaveAttribute('aria-disabled', 'true');

  await page.getByRole('combobox', { name: 'Speed' }).selectOption('2×');
  expect(await page.evaluate(() => window.player.rate)).toBe(2);
  await page.evaluate(() => window.hide());
  await show(page, name);
  await expect(page.getByRole('combobox', { name: 'Speed' })).toHaveValue('2');
  expect(await page.evaluate(() => window.player.rate)).toBe(2);
});

test('jumps over silence, and closing lets go of the file and the worker', async ({ page }) => {
  await show(page, 'us-male-numbers.flac');
  await measured(page);
  await page.getByRole('switch', { name: 'Skip silence' }).check();
  await page.evaluate(() => window.player.seek(2.9));
  await page.evaluate(() => {
    window.told = [];
  });
  await button(page, 'Play').click();
  await expect.poll(() => time(page)).toBeGreaterThan(4.6);
  const told = await page.evaluate(() => window.told);
  expect(told.filter((moment) => moment > 3.75 && moment < 4.2)).toEqual([]);
  expect(told.filter((moment) => moment > 3 && moment < 3.5).length).toBeGreaterThan(3);
  await page.evaluate(() => window.hide());
  expect(await page.evaluate(() => window.held.size)).toBe(0);
  // In the middle of it: ten hours.
  await page.evaluate((name) => window.repeated(`/sound/${name}`, 7420), REPEATED);
  await page.evaluate(() => window.showSound(window.long, []));
  await expect(page.getByText(/Drawing the waveform, \d/)).toBeVisible();
  await expect.poll(() => page.workers().length).toBe(1);
  await page.evaluate(() => window.hide());
  await noWorker(page);
  expect(await page.evaluate(() => window.held.size)).toBe(0);
});

test('an hour of sound never keeps the page from answering for 50 ms', async ({ page }) => {
  const spans = Array.from({ length: 900 }, (_, index) => ({
    start: 4 * index,
    end: 4 * index + 3,
    colour: SPEAKERS[index % 3] ?? '',
  }));
  await page.evaluate((name) => window.repeated(`/sound/${name}`, 742), REPEATED);
  const watched = await watchMainThread(page);
  await page.evaluate((of) => window.showSound(window.long, of), spans);
  await button(page, 'Play').click();
  for (let i = 0; i < 6; i++) await button(page, 'Zoom in').click();
  for (const share of [0.9, 0.2, 0.6]) await press(page, share);
  await button(page, 'Show all').click();
  await measured(page);
  const { longestByCpu } = await watched();
  await expect.poll(() => inked(page, 0.9, 1)).toBeGreaterThan(0.05);
  expect(longestByCpu[0]?.cpu, JSON.stringify(longestByCpu)).toBeLessThan(50);
  await page.evaluate(() => window.hide());
});

test('a sound that nothing plays: said, and the page goes on; one without a length gets it', async ({
  page,
}) => {
  await page.evaluate(() => window.showSound(new Blob(['no sound']), []));
  await expect(page.getByRole('alert')).toContainText('This browser cannot play this sound');
  await expect(button(page, 'Play')).toBeDisabled();
  // A file that is cut off in its middle plays, and is drawn, as far as it goes.
  await page.evaluate(async (name) => {
    const whole = await (await fetch(`/sound/${name}`)).blob();
    window.hide();
    window.showSound(whole.slice(0, whole.size / 2), []);
  }, REPEATED);
  await measured(page, 'partial');
  await expect(page.getByText('The waveform could not be drawn to its end.')).toBeVisible();
  await expect(button(page, 'Play')).toBeEnabled();
  await expect.poll(() => inked(page, 0.1, 0.8)).toBeGreaterThan(0.05);
  await page.evaluate(async () => {
    const context = new AudioContext();
    const target = context.createMediaStreamDestination();
    const tone = context.createOscillator();
    tone.connect(target);
    tone.start();
    const recorder = new MediaRecorder(target.stream);
    const parts: Blob[] = [];
    recorder.addEventListener('dataavailable', ({ data }) => parts.push(data));
    recorder.start(100);
    await new Promise((later) => setTimeout(later, 1200));
    const stopped = new Promise((done) => recorder.addEventListener('stop', done));
    recorder.stop();
    await stopped;
    window.hide();
    window.showSound(new Blob(parts, { type: recorder.mimeType }), []);
  });
  await expect.poll(() => page.evaluate(() => window.player.duration)).toBeGreaterThan(0.5);
  await expect.poll(() => time(page)).toBe(0);
  await measured(page);
  await page.evaluate(() => window.player.seek(0.4));
  await expect.poll(() => time(page)).toBeCloseTo(0.4);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in ${colorScheme}, 320 px wide`, () => {
    test.use({ colorScheme, viewport: { width: 320, height: 640 }, hasTouch: true });

    test('nothing for axe to find, nothing to scroll sideways; a tap seeks, and colours follow the scheme', async ({
      page,
    }) => {
      await show(page, 'us-female.flac');
      await measured(page);
      await expectAccessible(page);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
      const { width = 0, y = 0 } = (await page.locator('canvas').boundingBox()) ?? {};
      await page.touchscreen.tap(width / 2, y + 40);
      await expect.poll(() => time(page)).toBeCloseTo(fixture('us-female.flac').duration / 2, 1);
      const before = await picture(page);
      await page.emulateMedia({ colorScheme: colorScheme === 'light' ? 'dark' : 'light' });
      await expect.poll(() => picture(page)).not.toBe(before);
    });
  });
}
