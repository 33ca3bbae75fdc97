/** A kept recording that is opened, heard and edited, on the real page; the text is given by the test, no model runs. */
import { readFile } from 'node:fs/promises';
import { expect, type Locator, type Page, test } from '@playwright/test';
import type { Segment } from '../../shared/transcript/transcript.ts';
import { watchMainThread } from '../bench/main-thread.ts';
import { fixturePath } from '../support/fixtures.ts';
import { segments } from '../support/page/states.ts';
import { expectAccessible, expectFits } from './support/accessible.ts';
import { useServedPage } from './support/served-page.ts';

const served = useServedPage();

const complaints: string[] = [];
const listen = (page: Page): void => {
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
};
test.beforeEach(({ page }) => {
  complaints.length = 0;
  listen(page);
});
test.afterEach(() => expect(complaints).toEqual([]));

/** 21 seconds. */
const SOUND = 'paragraph-25s.flac';
const NAME = new RegExp(`^Open ${SOUND}`);

/** Four lines: the second tells its words, of which one is doubted; the fourth is doubted as a whole. */
const TEXT: readonly Segment[] = segments(4).map((segment, index) => {
  if (index === 3) return { ...segment, avgLogprob: -1 };
  if (index !== 1) return segment;
  const spoken = segment.text.split(' ');
  const words = spoken.map((word, at) => ({
    text: at === 0 ? word : ` ${word}`,
    start: segment.start + at * 0.3,
    end: segment.start + at * 0.3 + 0.25,
    probability: word === 'Boston' ? 0.2 : 0.9,
  }));
  return { ...segment, words };
});

async function keep(page: Page, text: readonly Segment[] = TEXT): Promise<Locator> {
  await page.goto(served.url);
  await page.getByRole('heading', { name: 'Library' }).waitFor();
  await page.locator('source-panel input[type=file]').setInputFiles(fixturePath(SOUND));
  await page.evaluate((read) => {
    const [job] = window.fake.jobs;
    job?.change({ state: { name: 'reading' }, segments: read, language: 'en' });
    job?.change({ state: { name: 'done' } });
  }, text);
  await expect(page.locator('library-item .item')).toHaveAttribute('data-state', 'done');
  await expect(page.locator('library-item .item')).toHaveAttribute('data-sound', 'whole');
  return page.locator('job-card').getByRole('link', { name: NAME });
}

async function opened(page: Page): Promise<void> {
  await (await keep(page)).click();
  await saved(page);
  await expect(button(page, 'Play').first()).toBeEnabled();
}

const list = (page: Page) => page.locator('line-list');
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const tool = (page: Page, name: string) =>
  page.getByRole('toolbar', { name: 'Line', exact: true }).getByRole('button', { name, exact: true });
const lines = (page: Page): Promise<string[]> => list(page).locator('.text').allTextContents();
const speakers = (page: Page): Promise<string[]> => list(page).locator('.speaker').allTextContents();
const word = (page: Page) => list(page).locator('.word');
const saved = (page: Page) => expect(page.locator('.kept')).toHaveText('Saved');

const position = async (page: Page) =>
  Number(await page.getByRole('slider', { name: 'Position' }).inputValue());

/** The words of the second line at about that time. */
const spokenAt = (time: number): string[] =>
  TEXT[1]!
    .words!.filter(({ start, end }) => start - 0.2 <= time && time <= end + 0.2)
    .map(({ text }) => text.trim());

/** What is lit as being spoken. */
const lit = (page: Page): Promise<string> =>
  page.evaluate(() => [...(CSS.highlights.get('sotto-spoken') ?? [])].map(String).join());

async function press(page: Page, ...keys: string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}

/** Tab by Tab, as who has no mouse. */
async function tabTo(page: Page, wanted: Locator): Promise<void> {
  for (let tabs = 0; tabs < 60; tabs += 1) {
    if (await wanted.evaluate((element) => (element.getRootNode() as ShadowRoot).activeElement === element))
      return;
    await page.keyboard.press('Tab');
  }
  throw new Error('it cannot be reached by Tab');
}

test('by keyboard alone: hear, write, split, merge, name who speaks, take back; all of it is there after a reload', async ({
  page,
}) => {
  await opened(page);
  await tabTo(page, word(page));
  await expect(word(page)).toHaveText('Please');
  await press(page, 'ArrowDown', 'ArrowRight', 'ArrowRight', 'Enter');
  await expect(word(page)).toHaveText('to');
  await expect(button(page, 'Pause').first()).toBeVisible();
  await press(page, 'Space');
  await expect(button(page, 'Play').first()).toBeVisible();
  const time = await position(page);
  expect(time).toBeGreaterThanOrEqual(TEXT[1]!.words![2]!.start - 0.01);
  await expect(list(page).locator('[data-spoken]')).toContainText(
    TEXT.findLast(({ start }) => start <= time)!.text,
  );
  if (time < TEXT[1]!.end) expect(spokenAt(time)).toContain(await lit(page));

  // The doubted word, then the doubted line; a person says that it is right.
  await press(page, 'Control+Home', 'n');
  await expect(word(page)).toHaveText('Boston');
  await press(page, 'n', 'c');
  await expect(list(page).locator('.unsure')).toHaveText('Boston');
  await press(page, 'Shift+n');
  await expect(word(page)).toHaveText('Boston');

  await press(page, 'e');
  const field = page.getByRole('textbox', { name: 'Text of the line' });
  await expect(field).toBeFocused();
  await page.keyboard.type('New ?');
  await press(page, 'Backspace', 'Backspace', 'Space');
  await press(page, 'Enter');
  await expect(list(page).locator('.line')).toHaveCount(5);
  await expect(field).toHaveValue('Boston leaves at half past nine.');
  await press(page, 'Escape');
  expect((await lines(page)).slice(1, 3)).toEqual(['The train to New', 'Boston leaves at half past nine.']);
  await expect(word(page)).toHaveText('Boston');
  await press(page, 'ArrowRight', 'Enter', 'Space');
  const later = await position(page);
  expect(later, 'words that stayed have their times').toBeGreaterThanOrEqual(
    TEXT[1]!.words![4]!.start - 0.01,
  );

  await press(page, 'ArrowUp', 'm');
  await expect(list(page).locator('.line')).toHaveCount(4);
  expect((await lines(page))[1]).toBe('The train to New Boston leaves at half past nine.');

  await press(page, 'p');
  const newSpeaker = page.getByRole('textbox', { name: 'New speaker' });
  for (const name of ['Anna', 'Ben']) {
    await expect(newSpeaker).toBeFocused();
    await page.keyboard.type(name);
    await press(page, 'Enter');
  }
  await press(page, 'Escape');
  await expect(word(page)).toBeFocused();
  await press(page, 'Control+Home', '1', 'ArrowDown', 'Shift+ArrowDown', '2');
  await expect.poll(() => speakers(page)).toEqual(['Anna', 'Ben']);
  await press(page, 'j');
  await expect(list(page).locator('.line')).toHaveCount(3);
  await press(page, 'Control+z');
  await expect(list(page).locator('.line')).toHaveCount(4);
  await press(page, 'Control+Shift+z', 'Control+z', 'Escape');
  await saved(page);

  const before = [await lines(page), await speakers(page)];
  await page.reload();
  await expect(list(page).locator('.line')).toHaveCount(4);
  expect([await lines(page), await speakers(page)]).toEqual(before);

  await tabTo(page, word(page));
  await press(page, '?');
  await expect(page.getByRole('dialog', { name: 'Keyboard' })).toContainText('Merge with the next line');
  await press(page, 'Escape');
  await expect(word(page)).toBeFocused();
});

test('by pointer: what is edited is what is found, listed and downloaded; and the way back to what was heard', async ({
  page,
}) => {
  await opened(page);
  await list(page)
    .getByText('Friday')
    .dblclick({ position: { x: 4, y: 8 } });
  const field = page.getByRole('textbox', { name: 'Text of the line' });
  await expect(field).toBeFocused();
  await field.fill('We met on Monday.');
  await page.getByRole('heading', { name: SOUND }).click();
  expect((await lines(page))[2]).toBe('We met on Monday.');

  await button(page, 'Find and replace').click();
  const find = page.getByRole('searchbox', { name: 'Find' });
  await find.fill('THE');
  await expect(page.getByText('3 of 3')).toBeVisible();
  await page.getByRole('checkbox', { name: 'Match case' }).check();
  await expect(page.getByText('0 of 0')).toBeVisible();
  await find.fill('the');
  await expect(page.getByText('2 of 2')).toBeVisible();
  expect(await page.evaluate(() => [...(CSS.highlights.get('sotto-found-now') ?? [])].map(String))).toEqual([
    'the',
  ]);
  await page.getByRole('textbox', { name: 'Replace with' }).fill('that');
  await button(page, 'Replace all').click();
  expect((await lines(page)).filter((line) => /\bthat\b/.test(line))).toHaveLength(2);
  await button(page, 'Undo').click();
  expect(
    (await lines(page)).filter((line) => /\bthat\b/.test(line)),
    'one step',
  ).toHaveLength(0);
  await button(page, 'Redo').click();
  await button(page, 'Close').click();

  await button(page, 'Pick lines').click();
  await page.getByRole('checkbox', { name: 'Pick the line at 0:00' }).check();
  await page.getByRole('checkbox', { name: 'Pick the line at 0:08' }).click({ modifiers: ['Shift'] });
  await expect(page.getByText('3 lines picked').last()).toBeVisible();
  await page.getByRole('combobox', { name: 'Speaker', exact: true }).selectOption('New speaker');
  await page.getByRole('textbox', { name: 'Name of speaker 1' }).fill('Hanna');
  await press(page, 'Enter');
  await page.getByRole('combobox', { name: 'Colour of Hanna' }).selectOption('Red');
  await expect(list(page).locator('.speaker')).toHaveText('Hanna');
  await saved(page);

  await page.getByRole('link', { name: '← Transcripts' }).click();
  const text = async (within: Locator) => {
    const download = page.waitForEvent('download');
    await within.getByRole('button', { name: 'Download as TXT', exact: true }).click();
    return readFile(await (await download).path(), 'utf8');
  };
  const wanted =
    'Hanna: Please open that door for me.\nThe train to Boston leaves at half past nine.\nWe met on Monday.\n';
  const item = page.locator('library-item');
  await item.getByRole('button', { name: SOUND, exact: true }).click();
  expect((await text(item)).startsWith(wanted)).toBe(true);
  expect((await text(page.locator('job-card'))).startsWith(wanted)).toBe(true);
  const search = page.getByRole('searchbox', { name: 'Search in all transcripts' });
  await search.fill('monday');
  await expect(item.locator('.found')).toHaveText(/0:08\s+We met on Monday\./);
  await search.fill('friday');
  await expect(page.getByText('Nothing found.')).toBeVisible();
  await search.fill('');

  await item.getByRole('link', { name: NAME }).click();
  await button(page, 'Back to what was heard').click();
  await expect.poll(() => lines(page)).toEqual(TEXT.map((segment) => segment.text));
  await button(page, 'Undo').click();
  await expect(list(page).locator('.speaker')).toHaveText('Hanna');
  await button(page, 'Redo').click();
  await saved(page);
  await page.reload();
  await expect.poll(() => lines(page)).toEqual(TEXT.map((segment) => segment.text));
});

test('of two tabs one edits; the other says so, reads, and may take over', async ({ page, context }) => {
  await opened(page);
  const other = await context.newPage();
  listen(other);
  await other.goto(page.url());
  await expect(other.getByText('Another tab edits this recording.')).toBeVisible();
  await expect(tool(other, 'Edit')).toHaveCount(0);
  await tabTo(page, word(page));
  await press(page, 'm');
  await saved(page);
  await button(other, 'Edit here instead').click();
  await expect(list(other).locator('.line')).toHaveCount(3);
  await tool(other, 'Merge with next').click();
  await expect(list(other).locator('.line')).toHaveCount(2);
  await expect(page.getByText('Another tab edits this recording.')).toBeVisible();
  await expect(tool(page, 'Edit')).toHaveCount(0);
  await saved(other);
  await other.close();
  await expect(list(page).locator('.line'), 'its turn has come, with the newest text').toHaveCount(2);
  await expect(tool(page, 'Edit')).toBeVisible();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`in ${colorScheme}, 320 px wide: nothing for axe to find, nothing to scroll sideways`, async ({
    page,
  }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.setViewportSize({ width: 320, height: 640 });
    await opened(page);
    await button(page, 'Speakers').click();
    for (const name of ['Anna', 'Ben']) {
      await page.getByRole('textbox', { name: 'New speaker' }).fill(name);
      await button(page, 'Add').click();
    }
    await tabTo(page, word(page));
    await press(page, 'n', '2', 'x');
    await expect.poll(() => speakers(page)).toEqual(['Ben']);
    await expectAccessible(page);
    await expectFits(page);
    await button(page, 'Find and replace').click();
    await page.getByRole('searchbox', { name: 'Find' }).fill('the');
    await page.getByText('Download, copy, print').click();
    await tool(page, 'Pick none').click();
    await tool(page, 'Edit').click();
    await expect(page.getByRole('textbox', { name: 'Text of the line' })).toBeFocused();
    await expectAccessible(page);
    await expectFits(page);
    if (colorScheme === 'dark') return;
    await button(page, 'Keyboard').click();
    await expect(page.getByRole('dialog', { name: 'Keyboard' })).toBeVisible();
    await expectAccessible(page);
  });
}

test('ten hours, 7 000 lines and 91 000 words, scroll without a task over 50 ms, and all of it is on the page', async ({
  page,
}) => {
  const link = await keep(page, []);
  const href = await page.locator('library-item').getByRole('link', { name: NAME }).getAttribute('href');
  await expect(link).toHaveCount(0);
  // Into the library as it would have come, but for the fake job's own card.
  await page.evaluate(async (id) => {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const asked = indexedDB.open('sotto-library');
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
    const store = database.transaction('segments', 'readwrite').objectStore('segments');
    const vocabulary = 'the train to Boston leaves at half past nine from platform seven today'.split(' ');
    for (let line = 0; line < 7000; line += 1) {
      const start = line * 5.14;
      const words = vocabulary.map((text, at) => ({
        text: at === 0 ? text : ` ${text}`,
        start: start + at * 0.35,
        end: start + at * 0.35 + 0.3,
        probability: (line + at) % 17 === 0 ? 0.3 : 0.9,
      }));
      const segment = {
        id: line,
        start,
        end: start + 4.9,
        text: vocabulary.join(' '),
        words,
        tokens: [],
        avgLogprob: -0.2,
        noSpeechProb: 0,
        compressionRatio: 1,
      };
      store.put({ recording: id, id: line, segment });
    }
    await new Promise((resolve) => {
      store.transaction.oncomplete = resolve;
    });
    database.close();
  }, href?.split('/')[1] ?? '');
  const opening = await watchMainThread(page);
  await page.evaluate((to) => {
    location.hash = to ?? '';
  }, href);
  await list(page).locator('.line').first().waitFor();
  await saved(page);

  const first = await opening();
  expect(first.longestByCpu[0]?.cpu, JSON.stringify(first.longestByCpu)).toBeLessThan(150);
  const watched = await watchMainThread(page);
  await page.mouse.move(640, 600);
  for (let turn = 0; turn < 25; turn += 1) await page.mouse.wheel(0, 900);
  // By the scroll bar: to places that nothing was made of yet.
  for (const share of [0.35, 0.8, 0.55, 1, 0.1]) {
    await page.evaluate((part) => scrollTo({ top: part * document.documentElement.scrollHeight }), share);
    await expect
      .poll(() =>
        list(page).evaluate((element) => {
          const shown = [...(element.shadowRoot?.querySelectorAll('.line') ?? [])];
          return shown.some((line) => {
            const { top, bottom } = line.getBoundingClientRect();
            return top < innerHeight / 2 && bottom > 0;
          });
        }),
      )
      .toBe(true);
    for (let turn = 0; turn < 5; turn += 1) await page.mouse.wheel(0, 700);
  }
  const { longestByCpu } = await watched();
  expect(longestByCpu[0]?.cpu, JSON.stringify(longestByCpu)).toBeGreaterThan(0);
  expect(longestByCpu[0]?.cpu, JSON.stringify(longestByCpu)).toBeLessThan(50);

  const editing = await watchMainThread(page);
  await list(page).locator('.line .text').nth(3).dblclick();
  await page.keyboard.type('Now ');
  await press(page, 'Enter');
  await expect(page.getByRole('textbox', { name: 'Text of the line' })).toHaveCount(1);
  await press(page, 'Escape');
  await saved(page);
  const edited = await editing();
  expect(edited.longestByCpu[0]?.cpu, JSON.stringify(edited.longestByCpu)).toBeLessThan(150);
  const figures = [first, { longestByCpu }, edited].map((each) => each.longestByCpu[0]?.cpu.toFixed(1));
  console.log(`ten hours, longest task in ms: opening, scrolling, an edit: ${figures.join(', ')}`);

  // The browser's own search and screen readers have all of it, once the page had a moment.
  await expect(list(page).locator('.line')).toHaveCount(7001);
  await list(page).locator('.time').first().click();
  await press(page, 'Control+End');
  await expect(list(page).locator('[data-line="6999"] .word')).toBeFocused();
  await expect(list(page).locator('[data-line="6999"]')).toBeInViewport();
});
