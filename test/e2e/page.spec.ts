/** What the page shows and does in each state, with a transcriber that the test drives; no model runs. */
import { readFile } from 'node:fs/promises';
import { expect, type Page, test } from '@playwright/test';
import { giveFiles, STATES, segments } from '../support/page/states.ts';
import { expectAccessible, expectFits } from './support/accessible.ts';
import { useServedPage } from './support/served-page.ts';

const served = useServedPage();

async function openPage(page: Page): Promise<void> {
  await page.goto(served.url);
  await page.getByRole('button', { name: 'Record', exact: true }).waitFor();
}

const card = (page: Page, name: string) => page.getByRole('article', { name });

/** In the dark only what brings colours of its own. */
const SHOWN = {
  light: Object.keys(STATES),
  dark: ['loading', 'error', 'listening', 'failedRecording'],
};

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in ${colorScheme}, 320 px wide`, () => {
    test.use({
      colorScheme,
      viewport: { width: 320, height: 640 },
      contextOptions: { reducedMotion: 'reduce' },
    });
    for (const name of SHOWN[colorScheme]) {
      test(`${name}: nothing for axe to find, nothing to scroll sideways, nothing the policy forbids`, async ({
        page,
      }) => {
        const complaints: string[] = [];
        page.on('pageerror', (error) => complaints.push(error.message));
        page.on('console', (message) => {
          if (message.type() === 'error') complaints.push(message.text());
        });
        const elsewhere: string[] = [];
        page.on('request', (request) => {
          if (!request.url().startsWith(served.url)) elsewhere.push(request.url());
        });
        await openPage(page);
        await STATES[name]!(page);
        await expect(page.locator('job-card article')).toHaveCount(
          await page.evaluate(() => window.fake.jobs.length),
        );
        await expectAccessible(page);
        await expectFits(page);
        expect(complaints).toEqual([]);
        expect(elsewhere).toEqual([]);
      });
    }
  });
}

test('final text is in a polite live region, partial text is not read out', async ({ page }) => {
  await openPage(page);
  await STATES.listening!(page);
  const log = page.getByRole('log', { name: /Transcript of Recording/ });
  await expect(log).toHaveAttribute('aria-live', 'polite');
  await expect(log.getByRole('listitem')).toHaveCount(3);
  await expect(log).toContainText('Please open the door for me.');
  await expect(log).not.toContainText('the next');
  const inks: string[] = [];
  for (const text of ['and the next', 'thing I wanted to']) {
    const open = page.getByText(text, { exact: true });
    await expect(open).toBeVisible();
    expect(await open.evaluate((element) => element.closest('[aria-hidden=true]') !== null)).toBe(true);
    inks.push(await open.evaluate((element) => getComputedStyle(element).color));
  }
  // what will not change is in the ink of final text, what may is lighter
  const final = await log
    .getByText('Please open the door for me.')
    .evaluate((e) => getComputedStyle(e).color);
  expect(inks[0]).toBe(final);
  expect(inks[1]).not.toBe(final);
});

test('thousands of segments come onto the page a part a frame, unannounced, and later ones at once', async ({
  page,
}) => {
  await openPage(page);
  await giveFiles(page, 'long.mp3');
  await page.evaluate(() => window.fake.jobs[0]?.change({ state: { name: 'reading' } }));
  const log = page.getByRole('log');
  await expect(log).toHaveAttribute('aria-live', 'polite');
  await log.evaluate((element) => {
    const seen: { rows: number; live: string | null }[] = [];
    Object.assign(window, { seen });
    new MutationObserver((records) => {
      const added = records.flatMap((record) => [...record.addedNodes]);
      const rows = added.reduce((sum, node) => {
        if (!(node instanceof Element)) return sum;
        return sum + (node.matches('li') ? 1 : node.querySelectorAll('li').length);
      }, 0);
      if (rows > 0) seen.push({ rows, live: element.getAttribute('aria-live') });
    }).observe(element, { childList: true, subtree: true });
  });
  const all = segments(3001);
  await page.evaluate((read) => window.fake.jobs[0]?.change({ segments: read }), all.slice(0, 3000));
  await expect(log.getByRole('listitem')).toHaveCount(3000);
  await expect(log).toHaveAttribute('aria-live', 'polite');
  await page.evaluate((read) => window.fake.jobs[0]?.change({ segments: read }), all);
  await expect(log.getByRole('listitem')).toHaveCount(3001);
  const seen = await page.evaluate(
    () => (window as unknown as { seen: { rows: number; live: string }[] }).seen,
  );
  expect(Math.max(...seen.map(({ rows }) => rows))).toBeLessThanOrEqual(30);
  expect(seen.slice(0, -2).every(({ live }) => live === 'off')).toBe(true);
  expect(seen.at(-1)).toEqual({ rows: 1, live: 'polite' });
});

test('many changes within a frame are one rendering', async ({ page }) => {
  await openPage(page);
  await giveFiles(page, 'fast.mp3');
  await page.evaluate(() => window.fake.jobs[0]?.change({ state: { name: 'reading' } }));
  await expect(card(page, 'fast.mp3')).toContainText('Reading');
  const rendered = await page.evaluate(async () => {
    const job = window.fake.jobs[0]!;
    const frame = () => new Promise(requestAnimationFrame);
    const inner = document.querySelector('sotto-app')?.shadowRoot?.querySelector('job-card')?.shadowRoot;
    let renderings = 0;
    await frame();
    new MutationObserver(() => {
      renderings += 1;
    }).observe(inner!, { subtree: true, childList: true, characterData: true });
    for (let position = 0; position < 100; position += 1) {
      job.change({ state: { name: 'waiting', position, etaMs: undefined } });
      await Promise.resolve();
    }
    await frame();
    await frame();
    return renderings;
  });
  expect(rendered).toBe(1);
  await expect(card(page, 'fast.mp3')).toContainText('Waiting, 99 before it');
});

test('keyboard: Escape stops a recording, cancels the job that has the focus and no other', async ({
  page,
}) => {
  await openPage(page);
  await page.getByRole('button', { name: 'Record', exact: true }).focus();
  await page.keyboard.press('Enter');
  await page.evaluate(() => window.fake.jobs[0]?.change({ state: { name: 'listening' } }));
  await page.getByRole('button', { name: 'Stop' }).first().focus();
  await page.keyboard.press('Escape');
  expect(await page.evaluate(() => window.fake.jobs[0]?.asked)).toEqual(['stop']);

  await giveFiles(page, 'a.mp3', 'b.mp3');
  await card(page, 'b.mp3').getByRole('heading').getByRole('button').focus();
  await page.keyboard.press('Escape');
  expect(await page.evaluate(() => window.fake.jobs.map((job) => job.asked))).toEqual([
    ['stop'],
    [],
    ['cancel'],
  ]);
  await expect(card(page, 'b.mp3')).toContainText('Cancelled');
});

test('what failed is tried again in its place, and removing moves the focus on', async ({ page }) => {
  await openPage(page);
  await giveFiles(page, 'a.mp3', 'b.mp3');
  await page.evaluate(() =>
    window.fake.jobs[0]?.change({ state: { name: 'failed', error: { code: 'engine_unavailable' } } }),
  );
  const alert = card(page, 'a.mp3').getByRole('alert');
  await expect(alert).toContainText('No way to run the model worked here.');
  await expect(alert).toContainText('Reload the page');
  await card(page, 'a.mp3').getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('article')).toHaveCount(2);
  const retried = card(page, 'a.mp3').getByRole('heading').getByRole('button');
  await expect(retried).toBeFocused();
  await expect(retried).toHaveAttribute('aria-expanded', 'true');

  await page.evaluate(() => window.fake.jobs[2]?.change({ state: { name: 'done' } }));
  await page.getByRole('button', { name: 'Remove a.mp3 from the list' }).click();
  await expect(card(page, 'b.mp3').getByRole('heading').getByRole('button')).toBeFocused();
});

test('files are taken when they are dropped anywhere, and the chooser opens from the keyboard', async ({
  page,
}) => {
  await openPage(page);
  await page.evaluate(() => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(['x'], 'dropped.wav'));
    dataTransfer.items.add(new File(['y'], 'second.wav'));
    for (const type of ['dragover', 'drop']) {
      document.body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
    }
  });
  await expect(page.getByRole('article')).toHaveCount(2);
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: /Drop recordings here/ }).focus();
  await page.keyboard.press('Enter');
  expect((await chooser).isMultiple()).toBe(true);
});

test('saves what is final, under the name of its source', async ({ page }) => {
  await openPage(page);
  await STATES.done!(page);
  for (const [format, begins] of [
    ['TXT', 'Please open'],
    ['SRT', '1\n00:00:00,300 --> '],
    ['VTT', 'WEBVTT\n\n00:00:00.300 --> '],
    ['JSON', '{"language":"en","duration":3725,"model":"sotto-demo-en"'],
  ] as const) {
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: `Download as ${format}` }).click();
    const file = await download;
    expect(file.suggestedFilename()).toBe(`lecture.${format.toLowerCase()}`);
    expect((await readFile(await file.path(), 'utf8')).startsWith(begins)).toBe(true);
  }
});

test('the demo says what it is, where a better model comes from, and goes back when that fails', async ({
  page,
}) => {
  await openPage(page);
  const panel = page.getByRole('region', { name: 'Model' });
  await expect(panel).toContainText('on human speech its text is meaningless');
  const offer = panel.getByRole('button', { name: /^Download / });
  await expect(offer).toHaveAccessibleDescription(/MB from hub\.example/);
  const model = () => page.evaluate(() => window.fake.status.model);
  await offer.click();
  await expect.poll(model).not.toBe('sotto-demo-en');
  await page.evaluate(() => {
    const progress = { phase: 'download', loaded: 10e6, total: 80e6, file: 'x' } as const;
    window.fake.changeStatus({ engine: { name: 'loading', rung: 'wasm', progress } });
  });
  const place = page.getByRole('region', { name: 'Where it computes' });
  await expect(place).toContainText('10 MB of 80 MB');
  await expect(place.getByRole('progressbar')).toHaveAttribute('value', '12');
  await place.getByRole('button', { name: 'Cancel download' }).click();
  await expect.poll(model).toBe('sotto-demo-en');
  await expect(panel.getByRole('alert')).toHaveCount(0);
  expect(await page.evaluate(() => localStorage.getItem('sotto.model'))).toBeNull();
});

test('the language is found out unless it is said; one taken wrongly is read again as another', async ({
  page,
}) => {
  await openPage(page);
  await expect(page.getByRole('combobox', { name: 'Spoken language' })).toHaveCount(0); // English only
  await STATES.detected!(page);
  const options = (job: number) => page.evaluate((index) => window.fake.jobs[index]?.options, job);
  const spoken = page.getByRole('combobox', { name: 'Spoken language' });
  await expect(spoken).toHaveValue('auto');
  expect(await options(0)).toEqual({ language: 'auto', task: 'transcribe', times: 'word' });
  const read = card(page, 'vortrag.mp3');
  await expect(read).toContainText('Heard as German (93% sure).');
  await page.getByRole('textbox', { name: 'Words and names that may come up' }).fill('Sotto, WebGPU');
  await page.getByRole('checkbox', { name: 'Write it in English' }).check();
  await read.getByRole('combobox', { name: 'Not right?' }).selectOption('Dutch');
  await expect
    .poll(() => options(1))
    .toEqual({ language: 'nl', task: 'translate', terms: ['Sotto', 'WebGPU'], times: 'word' });
  await spoken.selectOption('German');
  await giveFiles(page, 'zweiter.mp3');
  await expect.poll(() => options(2)).toMatchObject({ language: 'de', task: 'translate' });
  await openPage(page);
  await page.evaluate(() => window.fake.changeStatus({ model: 'onnx-community/whisper-base' }));
  await expect(spoken).toHaveValue('de');
});

test('speaks Chinese to who wants it, and remembers a choice', async ({ browser }) => {
  const context = await browser.newContext({ locale: 'zh-CN' });
  const page = await context.newPage();
  await page.goto(served.url);
  await expect(page.getByRole('button', { name: '录音', exact: true })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-Hans');
  await giveFiles(page, 'a.mp3');
  await page.evaluate(() =>
    window.fake.jobs[0]?.change({ state: { name: 'failed', error: { code: 'not_media' } } }),
  );
  await expect(card(page, 'a.mp3').getByRole('alert')).toContainText('这不是可以读取的音频或视频文件。');
  await page.getByRole('combobox', { name: '页面语言' }).selectOption('English');
  await expect(card(page, 'a.mp3').getByRole('alert')).toContainText('This is not an audio or video file');
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await page.reload();
  await expect(page.getByRole('button', { name: 'Record', exact: true })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await context.close();
});

test('says where it computes, and when sound would leave the device', async ({ page }) => {
  await openPage(page);
  await STATES.queued!(page);
  const place = page.getByRole('region', { name: 'Where it computes' });
  await expect(place).toContainText('On this device · CPU (WASM) · sotto-demo-en');
  await expect(place).toContainText('Nothing leaves this device.');
  await expect(place).toContainText('No WebGPU here, so it runs on the CPU (WASM): slower, the same text.');
  await expect(page.getByText('2 waiting')).toBeVisible();
  await page.evaluate(() => {
    const info = { model: 'x', device: 'cuda', dtype: 'q8', windowSeconds: 10, lanes: 1 } as const;
    window.fake.changeStatus({ engine: { name: 'ready', rung: 'server', info } });
  });
  await expect(place).toContainText('The sound is sent to that server.');
  await expect(place).not.toContainText('Nothing leaves this device.');
});
