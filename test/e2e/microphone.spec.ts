import { type Browser, chromium, expect, type Page, test } from '@playwright/test';
import { CHROMIUM_ARGS, findChromium } from '../support/chromium.ts';
import { fixture, fixturePath } from '../support/fixtures.ts';
import { wordErrors } from '../support/wer.ts';
import { App } from './support/app.ts';

let browser: Browser | undefined;

/** A browser whose microphone hears `sound` (a WAV, once), or whatever `args` make of it. */
async function pageWith(
  baseURL: string | undefined,
  args: readonly string[],
  permissions = ['microphone'],
): Promise<Page> {
  const executablePath = findChromium();
  browser = await chromium.launch({
    args: [...CHROMIUM_ARGS, ...args],
    ...(executablePath ? { executablePath } : {}),
  });
  const context = await browser.newContext({
    ...(baseURL ? { baseURL } : {}),
    permissions,
    serviceWorkers: 'block',
  });
  return context.newPage();
}
const hears = (sound: string) => [
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
  `--use-file-for-fake-audio-capture=${fixturePath(sound)}%noloop`,
];

test.afterEach(async () => {
  await browser?.close();
  browser = undefined;
});

const recordings = (page: Page) => page.locator('job-card').first();
/** Final text. A loaded machine drops some of what the fake device plays, so a word may differ from the fixture's. */
const sentences = (page: Page) => recordings(page).getByRole('log').getByRole('listitem');

interface Shown {
  readonly final: string;
  readonly committed: string;
  readonly tentative: string;
}

test('what is spoken becomes tentative, then committed, then final text; only tentative text is taken back', async ({
  baseURL,
}) => {
  const name = 'us-female-question.wav';
  const page = await pageWith(baseURL, hears(name));
  const app = await App.open(page);
  // The model is loaded before anyone speaks: the clip is short, and comes once.
  await app.read(fixturePath('us-male.wav'), 'us-male.wav');
  await page.getByRole('button', { name: 'Record', exact: true }).click();
  const card = recordings(page);
  // Everything that is ever shown of this recording, in order.
  await page.evaluate(async () => {
    const shown: Shown[] = [];
    Object.assign(globalThis, { shown });
    const inside = (root: ParentNode | null | undefined, name: string) =>
      root?.querySelector(name)?.shadowRoot;
    const find = () => inside(inside(inside(document, 'sotto-app'), 'job-card'), 'transcript-view');
    while (!find()) await new Promise((resolve) => requestAnimationFrame(resolve));
    const view = find()!;
    const textOf = (name: string) =>
      view.querySelector(`[data-testid=${name}]`)?.textContent?.trim().replace(/\s+/g, ' ') ?? '';
    const note = () => {
      const items = [...view.querySelectorAll('li .text')].map((item) => item.textContent?.trim() ?? '');
      shown.push({ final: items.join(' '), committed: textOf('committed'), tentative: textOf('tentative') });
    };
    new MutationObserver(note).observe(view, { childList: true, characterData: true, subtree: true });
  });
  await expect.poll(() => sentences(page).count(), { timeout: 60_000 }).toBeGreaterThan(1);
  await page.getByRole('button', { name: 'Stop' }).first().click();
  await expect(card.getByRole('article')).toHaveAttribute('data-state', 'done', { timeout: 30_000 });
  const jobName = (await card.getByRole('heading').getByRole('button').textContent())?.trim() ?? '';
  const { text } = await app.transcript(jobName);
  expect(wordErrors(fixture(name).text ?? '', text).errors).toBeLessThanOrEqual(4);
  expect(app.complaints).toEqual([]);
  const shown = await page.evaluate(() => (globalThis as unknown as { shown: Shown[] }).shown);
  expect(shown.some(({ tentative }) => tentative !== '')).toBe(true);
  expect(shown.some(({ committed }) => committed !== '')).toBe(true);
  // Final and committed text only ever grow at their end.
  const settled = shown.map(({ final, committed }) => `${final} ${committed}`.trim());
  for (const [index, now] of settled.entries()) {
    expect(now.startsWith(settled[index - 1] ?? ''), `"${settled[index - 1]}" became "${now}"`).toBe(true);
  }
});

test('a microphone that only gives digital silence is noticed and said', async ({ baseURL }) => {
  const page = await pageWith(baseURL, hears('silence.wav'));
  await App.open(page);
  await page.getByRole('button', { name: 'Record', exact: true }).click();
  await expect(page.getByText('Only silence comes from this microphone.')).toBeVisible({ timeout: 60_000 });
});

test('a refused microphone is said, with the way on; files still work', async ({ baseURL }) => {
  const page = await pageWith(
    baseURL,
    ['--use-fake-device-for-media-stream', '--deny-permission-prompts'],
    [],
  );
  const app = await App.open(page);
  await page.getByRole('button', { name: 'Record', exact: true }).click();
  await expect(page.getByText('The browser was not allowed to use the microphone.')).toBeVisible({
    timeout: 30_000,
  });
  await app.give(fixturePath('us-male.wav'));
  await app.reached('us-male.wav', 'done');
});

test('no microphone at all is said', async ({ baseURL }) => {
  const page = await pageWith(baseURL, ['--use-fake-ui-for-media-stream']);
  await App.open(page);
  await page.getByRole('button', { name: 'Record', exact: true }).click();
  await expect(page.getByText('No microphone was found.')).toBeVisible({ timeout: 30_000 });
});

test('a microphone that is taken away in mid-speech: what was said is kept and read to its end', async ({
  baseURL,
}) => {
  const page = await pageWith(baseURL, hears('us-female-question.wav'));
  // Unplugging ends the track; nothing else can end it from outside, so the test does what the device would.
  await page.addInitScript(() => {
    const original = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (constraints) => {
      const stream = await original(constraints);
      Object.assign(globalThis, {
        unplug: () => {
          for (const track of stream.getTracks()) {
            track.stop();
            track.dispatchEvent(new Event('ended'));
          }
        },
      });
      return stream;
    };
  });
  const app = await App.open(page);
  await page.getByRole('button', { name: 'Record', exact: true }).click();
  const card = recordings(page);
  await expect(sentences(page)).not.toHaveCount(0, { timeout: 60_000 });
  const before = (await sentences(page).first().textContent()) ?? '';
  expect(before).not.toBe('');
  await page.evaluate(() => (globalThis as unknown as { unplug: () => void }).unplug());
  await expect(card.getByRole('article')).toHaveAttribute('data-state', 'failed', { timeout: 30_000 });
  await expect(card.getByText('The microphone was taken away.')).toBeVisible();
  await expect(sentences(page).first()).toHaveText(before);
  expect(app.complaints).toEqual([]);
});

test('live goes before a file: words are read while a long file is', async ({ baseURL }) => {
  const page = await pageWith(baseURL, hears('us-male.wav'));
  const app = await App.open(page);
  await app.give(fixturePath('long-3min.flac'));
  await app.reached('long-3min.flac', 'reading');
  await page.getByRole('button', { name: 'Record', exact: true }).click();
  await expect(sentences(page)).not.toHaveCount(0, { timeout: 60_000 });
  await expect(app.state('long-3min.flac')).toHaveAttribute('data-state', 'reading');
});
