/** What is said of a browser that lacks something, found out by asking it. */
import { expect, type Page, test } from '@playwright/test';
import { expectAccessible, expectFits } from './support/accessible.ts';
import { useServedPage } from './support/served-page.ts';

const served = useServedPage();

/** As in a private window of some browsers: the interface is there, its use is refused. */
const withoutFiles = () => {
  StorageManager.prototype.getDirectory = () => Promise.reject(new DOMException('refused', 'SecurityError'));
};
const row = (page: Page, name: string) =>
  page.locator('browser-note').getByRole('listitem').filter({ hasText: name });

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in ${colorScheme}, 320 px wide`, () => {
    test.use({
      colorScheme,
      viewport: { width: 320, height: 640 },
      contextOptions: { reducedMotion: 'reduce' },
    });

    test('what matters and is missing is said on the desk, until it is hidden; the rest in a view of its own', async ({
      page,
    }) => {
      const clean = async () => {
        await expectAccessible(page);
        await expectFits(page);
      };
      await page.addInitScript(withoutFiles);
      await page.goto(served.url);
      const warning = page.locator('browser-warning');
      await expect(warning).toContainText('Sound is not kept');
      // No graphics card here either, which the line about the place says when it matters.
      await expect(warning).not.toContainText('WebGPU');
      await clean();

      await warning.getByRole('link', { name: 'What this browser can do' }).click();
      await expect(row(page, 'Files of its own')).toContainText('No');
      await expect(row(page, 'Computing on the graphics card')).toContainText('The CPU reads');
      await expect(row(page, 'Offline use')).toContainText('Yes');
      await clean();

      await warning.getByRole('button', { name: 'Do not show this again' }).click();
      await expect(warning.getByRole('link')).toHaveCount(0);
      await page.reload();
      await expect(row(page, 'Files of its own')).toContainText('No');
      await expect(warning).toHaveCount(0);
    });
  });
}
