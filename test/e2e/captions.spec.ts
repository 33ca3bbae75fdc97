/** Live captions: what is shown, with a transcriber that the test drives; and once everything for real. */
import { readFile } from 'node:fs/promises';
import { type Browser, chromium, expect, type Locator, type Page, test } from '@playwright/test';
import type { JobSnapshot } from '../../web/client/transcriber.ts';
import { CHROMIUM_ARGS, findChromium } from '../support/chromium.ts';
import { fixturePath } from '../support/fixtures.ts';
import { segments } from '../support/page/states.ts';
import { expectAccessible, expectFits } from './support/accessible.ts';
import { useServedPage } from './support/served-page.ts';

const executablePath = findChromium();
const DEVICE = '--use-fake-device-for-media-stream';
test.use({
  permissions: ['microphone'],
  launchOptions: { args: [...CHROMIUM_ARGS, DEVICE], ...(executablePath ? { executablePath } : {}) },
});

const served = useServedPage();

type Share = 'sound' | 'picture' | 'refused' | 'missing';

/** The browser's question about what to share, answered. */
async function openCaptions(page: Page, share: Share = 'sound'): Promise<string[]> {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.addInitScript((answer) => {
    const { mediaDevices } = navigator;
    if (answer === 'missing') {
      Reflect.deleteProperty(MediaDevices.prototype, 'getDisplayMedia');
      return;
    }
    mediaDevices.getDisplayMedia = async () => {
      if (answer === 'refused') throw new DOMException('closed', 'NotAllowedError');
      if (answer === 'picture') return document.createElement('canvas').captureStream();
      const { stream } = new AudioContext().createMediaStreamDestination();
      Object.assign(window, {
        unshare: () => {
          for (const track of stream.getTracks()) {
            track.stop();
            track.dispatchEvent(new Event('ended'));
          }
        },
      });
      return stream;
    };
  }, share);
  await page.goto(`${served.url}#captions`);
  await page.getByRole('button', { name: 'Start captions' }).waitFor();
  return complaints;
}

async function drive(page: Page, job: number, patch: Partial<JobSnapshot>): Promise<void> {
  await page.waitForFunction((index) => window.fake.jobs[index] !== undefined, job);
  await page.evaluate(
    ([index, change]) => {
      const begunAt = performance.timeOrigin + performance.now() - 60_000;
      const { snapshot } = window.fake.jobs[index]!;
      window.fake.jobs[index]!.change({ begunAt: snapshot.begunAt ?? begunAt, ...change });
    },
    [job, patch] as const,
  );
}

const OPEN = { committed: 'and the next', tentative: 'thing I wanted to' };
const scroller = (page: Page): Locator => page.getByRole('group', { name: 'Captions', exact: true });
const log = (page: Page): Locator => page.getByRole('log', { name: 'What was said' });

/** Two speakers, in mid-speech, with a note. */
async function startBoth(page: Page): Promise<void> {
  await page.getByRole('checkbox', { name: 'Sound of a tab or of the system' }).check();
  await page.getByRole('button', { name: 'Start captions' }).click();
  await page.getByRole('button', { name: 'Pause' }).waitFor();
  await drive(page, 0, { state: { name: 'listening' }, segments: segments(2, 9), level: 0.1 });
  await drive(page, 1, { state: { name: 'listening' }, segments: segments(3, 12), partial: OPEN });
  await page.getByRole('textbox', { name: 'Note at this moment' }).fill('Ask for the drawings');
  await page.keyboard.press('Enter');
  await expect(log(page).getByText('Ask for the drawings')).toBeVisible();
}

async function nothingToFind(page: Page): Promise<void> {
  await expectAccessible(page);
  await expectFits(page);
}

for (const [colorScheme, besides] of [
  ['light', ['White on black', 'Yellow on black']],
  ['dark', ['Black on white']],
] as const) {
  test(`in ${colorScheme}, 320 px wide: nothing for axe to find in any state`, async ({ page }) => {
    await page.setViewportSize({ width: 320, height: 640 });
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const complaints = await openCaptions(page);
    await nothingToFind(page);
    await startBoth(page);
    for (const colours of ['As the page', ...besides]) {
      await page.getByRole('combobox', { name: 'Colours' }).selectOption(colours);
      await nothingToFind(page);
    }
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.evaluate(() => (window as unknown as { unshare(): void }).unshare());
    await expect(page.getByText('Sharing was stopped.')).toBeVisible();
    await scroller(page).evaluate((element) => element.scrollTo({ top: 0 }));
    await page.getByRole('button', { name: 'Back to the newest' }).waitFor();
    await nothingToFind(page);
    await page.getByRole('button', { name: 'Stop' }).click();
    for (const job of [0, 1]) await drive(page, job, { state: { name: 'done' } });
    await page.getByRole('region', { name: 'Save what was said' }).waitFor();
    await nothingToFind(page);
    expect(complaints).toEqual([]);
  });
}

test('final text alone is told to screen readers, or nothing; the newest stays in view until somebody reads back', async ({
  page,
}) => {
  await openCaptions(page);
  await startBoth(page);
  await expect(log(page)).toHaveAttribute('aria-live', 'polite');
  await expect(log(page)).not.toContainText('thing I wanted');
  const ink = (text: string) =>
    scroller(page)
      .getByText(text, { exact: true })
      .first()
      .evaluate((element) => getComputedStyle(element).color);
  const final = await ink('Please open the door for me.');
  expect(await ink(OPEN.committed)).toBe(final);
  expect(await ink(OPEN.tentative)).not.toBe(final);
  await page.getByRole('checkbox', { name: 'Screen readers speak new captions' }).uncheck();
  await expect(log(page)).toHaveAttribute('aria-live', 'off');

  await drive(page, 0, { segments: segments(60) });
  const fromEnd = () =>
    scroller(page).evaluate((e) => Math.round(e.scrollHeight - e.clientHeight - e.scrollTop));
  await expect.poll(fromEnd).toBeLessThanOrEqual(1);
  await page.getByRole('slider', { name: 'Text size' }).press('End');
  await expect.poll(() => scroller(page).evaluate((e) => getComputedStyle(e).fontSize)).toBe('80px');
  await expect.poll(fromEnd).toBeLessThanOrEqual(1);

  await scroller(page).focus();
  await page.keyboard.press('Home');
  const back = page.getByRole('button', { name: 'Back to the newest' });
  await back.waitFor();
  await expect.poll(() => scroller(page).evaluate((e) => e.scrollTop)).toBe(0);
  await drive(page, 0, { segments: segments(70) });
  await expect(log(page).getByRole('listitem')).toHaveCount(74);
  expect(await scroller(page).evaluate((e) => e.scrollTop), 'it is not pulled down').toBe(0);
  await back.press('Enter');
  await expect(back).toHaveCount(0);
  await expect(scroller(page)).toBeFocused();
  await expect.poll(fromEnd).toBeLessThanOrEqual(1);
});

/** What has the focus, through shadow trees. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    const label = element?.closest('label') ?? element;
    return (label?.getAttribute('aria-label') ?? label?.id ?? '') + (label?.textContent?.trim() ?? '');
  });

async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let presses = 0; presses < 40; presses += 1) {
    await page.keyboard.press('Tab');
    if (name.test(await focused(page))) return;
  }
  throw new Error(`${name} is not reached by Tab`);
}

test('by keyboard alone: start, a note, pause, stop; what is not kept is offered before it is gone', async ({
  page,
}) => {
  await page.addInitScript(() => localStorage.setItem('sotto.keep', 'no'));
  await openCaptions(page);
  await tabTo(page, /Start captions/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Stop' })).toBeFocused();
  await drive(page, 0, { state: { name: 'listening' }, segments: segments(1) });
  await tabTo(page, /^note/);
  await page.keyboard.type('a thought');
  await page.keyboard.press('Enter');
  await expect(log(page).getByRole('listitem').last()).toHaveText(/1:00\s+Note\s+a thought/);
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Shift+Tab');
  expect(await focused(page)).toBe('Pause');
  await page.keyboard.press('Space');
  await expect(page.getByText('Paused. Nothing is heard')).toBeVisible();
  const enabled = () =>
    page.evaluate(
      () =>
        (window.fake.jobs[0]!.snapshot.source as { stream: MediaStream }).stream.getAudioTracks()[0]!.enabled,
    );
  expect(await enabled()).toBe(false);
  await expect(log(page)).toContainText('Paused since 1:0');
  await page.keyboard.press('Space');
  expect(await enabled()).toBe(true);
  await expect(log(page)).toContainText(/Paused 1:0\d – 1:0\d/);
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  await drive(page, 0, { state: { name: 'done' } });
  await expect(page.getByText('Not kept on this device')).toBeVisible();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download as Markdown' }).press('Enter');
  const text = await readFile(await (await download).path(), 'utf8');
  expect(text).toMatch(/^# Captions .*\n\nPlease open the door for me\.\n\n> \*\*1:0\d\*\* a thought\n$/);
});

test('what cannot be heard, and what is lost on the way, is said; the rest goes on', async ({ page }) => {
  await openCaptions(page, 'picture');
  await page.getByRole('checkbox', { name: 'Sound of a tab or of the system' }).check();
  await page.getByRole('button', { name: 'Start captions' }).click();
  await expect(page.getByText('The browser shared no sound with it.')).toBeVisible();
  await expect(
    page.getByRole('button', { name: 'Stop' }),
    'the microphone is heard all the same',
  ).toBeVisible();
  await drive(page, 0, { state: { name: 'listening' }, unreadSeconds: 42, segments: segments(1) });
  await expect(page.getByText('Reading is 0:42 behind what is said.')).toBeVisible();
  const speak = { kind: 'digital-silence' } as const;
  await drive(page, 0, { unreadSeconds: 0, notices: [speak] });
  await expect(page.getByText('Only silence comes from this microphone.')).toBeVisible();
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByText('Only silence comes from this microphone.')).toBeHidden();
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.evaluate(() => {
    const { stream } = window.fake.jobs[0]!.snapshot.source as { stream: MediaStream };
    for (const track of stream.getTracks()) {
      track.stop();
      track.dispatchEvent(new Event('ended'));
    }
  });
  await expect(page.getByText('The microphone was taken away.')).toBeVisible();
  await page.getByRole('button', { name: 'Listen to the microphone too' }).click();
  await drive(page, 1, { state: { name: 'failed', error: { code: 'engine_unavailable' } } });
  await drive(page, 0, { state: { name: 'done' } });
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(log(page), 'nothing that was said is lost').toContainText('Please open the door for me.');
  await expect(page.getByRole('button', { name: 'Start captions' })).toBeVisible();
});

test('a browser that shares no sound or has no second window says so', async ({ page }) => {
  await page.addInitScript(() => Reflect.deleteProperty(window, 'documentPictureInPicture'));
  await openCaptions(page, 'missing');
  await expect(page.getByRole('checkbox', { name: 'Sound of a tab or of the system' })).toBeDisabled();
  await expect(page.getByText('This browser does not share the sound')).toBeVisible();
  await expect(page.getByText('This browser has no second window for captions.')).toBeVisible();
});

test('the second window has the captions and their looks, and gives them back when it is closed', async ({
  page,
}) => {
  await openCaptions(page);
  await page.getByRole('combobox', { name: 'Colours' }).selectOption('Yellow on black');
  await startBoth(page);
  const inWindow = () =>
    page.evaluate(() => {
      const { window: opened } = (
        window as unknown as { documentPictureInPicture: { window: Window | null } }
      ).documentPictureInPicture;
      const list = opened?.document.querySelector('caption-list')?.shadowRoot?.querySelector('.scroller');
      if (!opened || !list) return undefined;
      const { fontSize, color, backgroundColor } = opened.getComputedStyle(list);
      const fits = opened.document.documentElement.scrollHeight <= opened.innerHeight;
      const atEnd = list.scrollHeight - list.clientHeight - list.scrollTop <= 1;
      return { text: list.textContent, fontSize, color, backgroundColor, fits, atEnd };
    });
  const open = page.getByRole('button', { name: 'Second window' });
  await open.click();
  await expect(page.getByText('The captions are in a window of their own')).toBeVisible();
  await drive(page, 0, { segments: segments(40) });
  await expect.poll(async () => (await inWindow())?.text).toContain('There are forty seven chairs');
  expect(await inWindow()).toMatchObject({
    fontSize: '32px',
    color: 'rgb(255, 238, 88)',
    backgroundColor: 'rgb(0, 0, 0)',
    fits: true,
    atEnd: true,
  });
  await expect(scroller(page)).toHaveCount(0);
  await page.getByRole('button', { name: 'Bring captions back' }).click();
  await expect(scroller(page)).toBeVisible();
  await expect(open).toBeFocused();
  expect(await scroller(page).evaluate((e) => getComputedStyle(e).color)).toBe('rgb(255, 238, 88)');
  await drive(page, 0, { segments: segments(41) });
  await expect(log(page).getByRole('listitem')).toHaveCount(45);
});

interface Saved {
  readonly segments: readonly { readonly start: number; readonly speaker: string; readonly text: string }[];
  readonly notes: readonly { readonly at: number; readonly text: string }[];
}

/** Chromium's own capture of a tab; Playwright would have every tab of a headless browser silent. */
async function sharingBrowser(): Promise<Browser> {
  return chromium.launch({
    args: [
      ...CHROMIUM_ARGS,
      DEVICE,
      `--use-file-for-fake-audio-capture=${fixturePath('us-female-question.wav')}`,
      '--auto-select-tab-capture-source-by-title=Sounding tab',
      '--autoplay-policy=no-user-gesture-required',
    ],
    ignoreDefaultArgs: ['--mute-audio'],
    ...(executablePath ? { executablePath } : {}),
  });
}

test('a microphone and a tab for real: captions of both, a pause, a note; all there after a reload', async ({
  baseURL,
}) => {
  const browser = await sharingBrowser();
  try {
    const context = await browser.newContext({
      ...(baseURL ? { baseURL } : {}),
      permissions: ['microphone'],
    });
    const tab = await context.newPage();
    await tab.route('**/sounding', (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: '<title>Sounding tab</title><audio src="/sounding.wav" autoplay loop></audio>',
      }),
    );
    await tab.route('**/sounding.wav', (route) => route.fulfill({ path: fixturePath('us-male.wav') }));
    await tab.goto('/sounding');
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto('/#captions');
    await page.getByRole('checkbox', { name: 'Sound of a tab or of the system' }).check();
    await page.getByRole('button', { name: 'Start captions' }).click();
    const heads = () => log(page).locator('.head span').allTextContents();
    await expect.poll(heads, { timeout: 60_000 }).toEqual(expect.arrayContaining(['You', 'The others']));
    await expect(log(page)).toContainText('bucket', { timeout: 60_000 });

    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('textbox', { name: 'Note at this moment' }).fill('the bucket');
    await page.keyboard.press('Enter');
    const clock = async () => {
      const [minutes = 0, seconds = 0] = (await page.locator('.time').innerText()).split(':').map(Number);
      return minutes * 60 + seconds;
    };
    // What was said before the pause may still come, before the mark.
    const since = log(page).locator('[data-kind=pause] ~ li .text');
    const paused = await clock();
    await expect.poll(clock, { message: 'the time goes on' }).toBeGreaterThan(paused + 4);
    await expect(page.locator('[data-open]')).toHaveCount(0);
    expect(await since.count(), 'nothing is heard').toBe(0);
    await page.getByRole('button', { name: 'Go on' }).click();
    await expect(since).not.toHaveCount(0);

    await tab.close();
    await expect(page.getByText('Sharing was stopped.')).toBeVisible();
    await page.getByRole('button', { name: 'Stop' }).click();
    const save = page.getByRole('region', { name: 'Save what was said' });
    await expect(save).toContainText('Kept in the library', { timeout: 60_000 });
    const download = page.waitForEvent('download');
    await save.getByRole('button', { name: 'Download as JSON' }).click();
    const saved = JSON.parse(await readFile(await (await download).path(), 'utf8')) as Saved;
    const said = (speaker: string) =>
      saved.segments
        .filter((one) => one.speaker === speaker)
        .map(({ text }) => text)
        .join(' ');
    expect(said('The others')).toContain('bucket');
    expect(said('You')).not.toBe('');
    expect(saved.notes).toMatchObject([{ text: 'the bucket' }]);
    const starts = saved.segments.map(({ start }) => start);
    expect(starts).toEqual(starts.toSorted((a, b) => a - b));

    await page.goto('about:blank');
    await page.goto('/');
    const items = page.locator('library-item');
    await expect(items).toHaveCount(2);
    const mine = items.filter({ hasText: '· You' });
    await expect(mine.locator('.item')).toHaveAttribute('data-sound', 'whole');
    await mine.getByRole('heading').getByRole('button').click();
    await expect(mine.getByRole('list', { name: 'Notes' })).toContainText('the bucket');
    await expect(mine).toContainText(/Recorded together with Captions .* · The others/);
    expect(complaints).toEqual([]);
  } finally {
    await browser.close();
  }
});
