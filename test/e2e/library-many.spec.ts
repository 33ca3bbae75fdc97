/** A library of two thousand recordings, in the real page with its real database; no model runs. */
import { expect, type Page, test } from '@playwright/test';
import type { Recording } from '../../web/library/port.ts';
import { watchMainThread } from '../bench/main-thread.ts';
import { expectAccessible } from './support/accessible.ts';
import { useServedPage } from './support/served-page.ts';

const COUNT = 2000;
const PAGE = 50;

const served = useServedPage();

const recordings: readonly Recording[] = Array.from({ length: COUNT }, (_, index) => ({
  id: `r${index}`,
  name: `Talk ${index}`,
  kind: 'file',
  createdAt: Date.UTC(2026, 0, 1) + index * 60_000,
  seconds: 60 + index,
  bytes: 1e6,
  state: 'done',
  sound: 'whole',
}));

/** Written behind the page's back, into the database that it has made. */
const fill = (page: Page) =>
  page.evaluate(
    (all) =>
      new Promise<void>((done, failed) => {
        const opening = indexedDB.open('sotto-library');
        opening.onerror = () => failed(opening.error);
        opening.onsuccess = () => {
          const db = opening.result;
          const tx = db.transaction(['recordings', 'segments'], 'readwrite');
          for (const recording of all) {
            tx.objectStore('recordings').put(recording);
            const segment = { id: 0, start: 0, end: 2, text: `the words of ${recording.name}.` };
            tx.objectStore('segments').put({ recording: recording.id, id: 0, segment });
          }
          tx.oncomplete = () => {
            db.close();
            done();
          };
          tx.onerror = () => failed(tx.error);
        };
      }),
    recordings,
  );

test('two thousand recordings: a page of them at a time, all of them found, and the page answers meanwhile', async ({
  page,
}) => {
  await page.goto(served.url);
  await expect(page.getByRole('heading', { name: 'Library' })).toBeVisible();
  await fill(page);
  await page.reload();
  const items = page.locator('library-item');
  await expect(items.first()).toContainText(`Talk ${COUNT - 1}`);
  await expect(items).toHaveCount(PAGE);

  const watched = await watchMainThread(page);
  await page.getByRole('button', { name: 'Show 50 more' }).click();
  await expect(items).toHaveCount(2 * PAGE);
  await expect(page.getByText('100 of 2,000 are shown.')).toBeVisible();
  // What came is where the keyboard goes on.
  const first = items.nth(PAGE).getByRole('button', { name: `Talk ${COUNT - 1 - PAGE}`, exact: true });
  await expect(first).toBeFocused();

  await page.getByRole('combobox', { name: 'Sort by' }).selectOption('Length');
  await expect(items).toHaveCount(PAGE);
  const search = page.getByRole('searchbox', { name: 'Search in all transcripts' });
  await search.pressSequentially('talk 17.');
  await expect(items).toHaveCount(1);
  await expect(items).toContainText('the words of Talk 17.');
  await search.fill('');
  await expect(items).toHaveCount(PAGE);

  await items
    .first()
    .getByRole('button', { name: `Delete Talk ${COUNT - 1} from this device` })
    .click();
  await expect(items.first()).toContainText(`Talk ${COUNT - 2}`);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(items.first()).toContainText(`Talk ${COUNT - 1}`);
  const { longestByCpu } = await watched();
  expect(longestByCpu[0]?.cpu, JSON.stringify(longestByCpu)).toBeLessThan(50);
  await expectAccessible(page);
});
