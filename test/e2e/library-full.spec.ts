/** The library where the device has no room: the real page, database and files, with a transcriber that the test drives. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, expect, test } from '@playwright/test';
import { CHROMIUM_ARGS, findChromium } from '../support/chromium.ts';
import { segments } from '../support/page/states.ts';
import { expectAccessible, expectFits } from './support/accessible.ts';
import { useServedPage } from './support/served-page.ts';

const QUOTA = 1_000_000;
const NAME = 'three hours.mp3';
const served = useServedPage();

test('a device without room: it is said, the job goes on, its text is kept, and room that is made is used', async () => {
  // A profile on the disk: what private windows write is in memory, and no quota holds for it.
  const profile = await mkdtemp(join(tmpdir(), 'sotto-full-'));
  const executablePath = findChromium();
  const context = await chromium.launchPersistentContext(profile, {
    args: [...CHROMIUM_ARGS],
    serviceWorkers: 'block',
    viewport: { width: 320, height: 640 },
    ...(executablePath ? { executablePath } : {}),
  });
  try {
    const page = context.pages()[0] ?? (await context.newPage());
    await page.goto(served.url);
    await expect(page.getByRole('heading', { name: 'Library' })).toBeVisible();
    const session = await page.context().newCDPSession(page);
    const { origin } = new URL(served.url);
    await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: QUOTA });
    const give = (name: string, bytes: number) =>
      page
        .locator('input[type=file]')
        .first()
        .setInputFiles([{ name, mimeType: 'audio/mpeg', buffer: Buffer.alloc(bytes, 'x') }]);
    await give(NAME, 4 * QUOTA);
    await expect(page.getByText('This device has no room left for recordings.')).toBeVisible();
    await page.evaluate((read) => {
      window.fake.jobs[0]?.change({ state: { name: 'reading' }, segments: read });
      window.fake.jobs[0]?.change({ state: { name: 'done' } });
    }, segments(4));
    await expect(page.getByRole('article', { name: NAME })).toHaveAttribute('data-state', 'done');
    const item = page.locator('library-item').filter({ hasText: NAME }).locator('.item');
    await expect(item).toHaveAttribute('data-state', 'done');
    await expect(item).toHaveAttribute('data-sound', 'none');
    await expectAccessible(page);
    await expectFits(page);

    await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 10 * QUOTA });
    await page.reload();
    await expect(item).toHaveAttribute('data-sound', 'none');
    await item.getByRole('button', { name: NAME, exact: true }).click();
    await expect(item.getByRole('log').getByRole('listitem')).toHaveCount(4);
    await give('short.mp3', QUOTA / 10);
    await page.evaluate(() => window.fake.jobs[0]?.change({ state: { name: 'done' } }));
    await expect(
      page.locator('library-item').filter({ hasText: 'short.mp3' }).locator('.item'),
    ).toHaveAttribute('data-sound', 'whole');
  } finally {
    await context.close();
    await rm(profile, { recursive: true, force: true });
  }
});
