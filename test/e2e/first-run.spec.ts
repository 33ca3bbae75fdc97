/** From nothing to one's own words: how many steps that takes, with a transcriber that the test drives. */
import { expect, type Page, test } from '@playwright/test';
import { giveFiles, segments } from '../support/page/states.ts';
import { expectAccessible, expectFits } from './support/accessible.ts';
import { useServedPage } from './support/served-page.ts';

const served = useServedPage();

const heading = (page: Page, name: string) => page.getByRole('heading', { name });
const TITLE = 'Your own words, in a minute';
const step = (page: Page) => page.locator('first-run [aria-current=step] .what');

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in ${colorScheme}, 320 px wide`, () => {
    test.use({
      colorScheme,
      viewport: { width: 320, height: 640 },
      contextOptions: { reducedMotion: 'reduce' },
    });

    test('one press leads to words; the better model is suggested then, and nothing of it comes again', async ({
      page,
    }) => {
      const clean = async () => {
        await expectAccessible(page);
        await expectFits(page);
      };
      await page.goto(served.url);
      await expect(heading(page, TITLE)).toBeVisible();
      await expect(step(page)).toHaveText('Press Record and speak');
      // What comes down before the first words, and what is not to be expected of it.
      const told = page.locator('first-run');
      await expect(told).toContainText(/\d\d\sMB with the engine/);
      await expect(told).toContainText('gets most of what people say wrong');
      await clean();

      await page.getByRole('button', { name: 'Record', exact: true }).click(); // the only step that is theirs
      await expect(step(page)).toHaveText('Your words appear here');
      await page.evaluate(() => window.fake.jobs[0]?.change({ state: { name: 'listening' } }));
      await expect(step(page)).toHaveText('Your words appear here');
      await clean();
      await page.evaluate((read) => window.fake.jobs[0]?.change({ segments: read }), segments(1));
      await expect(page.getByRole('log').getByRole('listitem')).toHaveCount(1);
      await expect(heading(page, TITLE)).toHaveCount(0);
      await expect(heading(page, 'That was the demo model')).toBeVisible();
      await expect(told).toContainText(/\d\sMB from hub\.example, once/);
      await clean();

      await page.getByRole('button', { name: /^Read with .* from now on$/ }).click();
      await expect.poll(() => page.evaluate(() => window.fake.status.model)).not.toBe('sotto-demo-en');
      await expect(told).toBeHidden();
      await page.reload();
      await page.getByRole('button', { name: 'Record', exact: true }).waitFor();
      await giveFiles(page, 'later.mp3');
      await expect(page.getByRole('article', { name: 'later.mp3' })).toBeVisible();
      await expect(told).toBeHidden();
    });
  });
}

test('it is closed for good, and never there for who has chosen something before', async ({ page }) => {
  await page.goto(served.url);
  await page.locator('first-run').getByRole('button', { name: 'Close' }).click();
  await expect(page.locator('first-run')).toBeHidden();
  await expect(page.getByText('Your transcript appears here')).toBeVisible();
  const fetched: string[] = [];
  page.on('request', (request) => fetched.push(request.url()));
  await page.evaluate(() => {
    localStorage.clear();
    localStorage.setItem('sotto.model', 'onnx-community/whisper-base');
  });
  await page.reload({ waitUntil: 'networkidle' });
  await expect(page.getByText('Your transcript appears here')).toBeVisible();
  expect(fetched.filter((url) => url.includes('late-start'))).toHaveLength(1);
  expect(fetched.filter((url) => url.includes('first-run-card'))).toEqual([]);
});

test('a newcomer may start with the better model instead', async ({ page }) => {
  await page.goto(served.url);
  await page.getByRole('button', { name: /^Start with .* instead \(\d+\sMB\)$/ }).click();
  await expect.poll(() => page.evaluate(() => window.fake.status.model)).not.toBe('sotto-demo-en');
  await expect(page.locator('first-run [aria-current=step]')).toContainText('Press Record and speak');
});

test('an app is offered quietly, once, and what the system opens with it is read', async ({ page }) => {
  await page.addInitScript(() => {
    const handle = { getFile: async () => new File(['no sound'], 'from the system.mp3') };
    Object.defineProperty(window, 'launchQueue', {
      value: { setConsumer: (take: (params: unknown) => void) => take({ files: [handle] }) },
    });
  });
  await page.goto(served.url);
  await expect(page.getByRole('article', { name: 'from the system.mp3' })).toBeVisible();
  const install = page.getByRole('contentinfo').getByRole('button', { name: 'Install as an app' });
  await expect(install).toHaveCount(0);
  const isHeldBack = await page.evaluate(() => {
    const prompt = () => Object.assign(window, { prompted: true });
    const event = new Event('beforeinstallprompt', { cancelable: true });
    window.dispatchEvent(Object.assign(event, { prompt }));
    return event.defaultPrevented;
  });
  expect(isHeldBack).toBe(true);
  await install.click();
  expect(await page.evaluate(() => 'prompted' in window)).toBe(true);
  await expect(install).toHaveCount(0);
});
