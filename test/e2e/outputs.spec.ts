/** What leaves the page: files of every kind, the clipboard, the share sheet, paper and one archive of many. */
import { readFile } from 'node:fs/promises';
import { type Download, expect, type Locator, type Page, type Response, test } from '@playwright/test';
import { unzipSync } from 'fflate';
import { giveFiles, segments } from '../support/page/states.ts';
import { expectAccessible, expectFits } from './support/accessible.ts';
import { useServedPage } from './support/served-page.ts';

const served = useServedPage();

const decoder = new TextDecoder();
const NAMES = ['Town hall.mp3', 'town hall.wav', 'a:b.mp3', 'later.mp3'];

/** Three jobs that are done and one that is being read. */
async function openDone(page: Page): Promise<Locator> {
  // Else the library brings back, the second time, what was being read the first time.
  await page.addInitScript(() => localStorage.setItem('sotto.keep', 'no'));
  await page.goto(served.url);
  await page.getByRole('button', { name: 'Record', exact: true }).waitFor();
  await giveFiles(page, ...NAMES);
  await page.evaluate((read) => {
    const [reading, ...done] = window.fake.jobs.toReversed();
    for (const job of done) job.change({ state: { name: 'done' }, segments: read, language: 'en' });
    reading?.change({ state: { name: 'reading' } });
  }, segments(6));
  return page.getByRole('article', { name: 'Town hall.mp3' });
}

async function downloaded(page: Page, click: () => Promise<void>): Promise<[name: string, bytes: Buffer]> {
  const waiting: Promise<Download> = page.waitForEvent('download');
  await click();
  const download = await waiting;
  return [download.suggestedFilename(), await readFile(await download.path())];
}

const save = (page: Page, card: Locator, label: string) =>
  downloaded(page, () => card.getByRole('button', { name: `Download as ${label}`, exact: true }).click());

test('every format is downloaded as the options say; what Word and archives need comes when it is asked for', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const scripts: string[] = [];
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  const keep = async (response: Response) => {
    if (response.request().resourceType() === 'script') scripts.push(await response.text());
  };
  page.on('response', keep);
  const card = await openDone(page);
  const loaded = (mark: string) => scripts.some((script) => script.includes(mark));
  await expect.poll(() => loaded('Download as')).toBe(true);
  expect([loaded('word/document.xml'), loaded('index.csv')]).toEqual([false, false]);

  const [txtName, txt] = await save(page, card, 'TXT');
  expect(txtName).toBe('Town hall.txt');
  expect(txt.toString()).toMatch(/^Please open the door for me\.\nThe train to Boston/);
  expect((await save(page, card, 'VTT'))[1].toString()).toContain(
    '\nWe should meet on Friday,\nthe third of April, at noon.\n',
  );

  await card.getByText('Options for files').click();
  await card.getByLabel('Characters a line').fill('20');
  await card.getByLabel('Lines a subtitle').fill('1');
  await card.getByLabel('Times in text').selectOption('On each line');
  const [, srt] = await save(page, card, 'SRT');
  const lines = srt.toString().split('\n');
  expect(lines.filter((line) => /[a-z]/.test(line)).every((line) => line.length <= 20)).toBe(true);
  expect(lines.filter((line) => /[a-z]/.test(line)).join(' ')).toBe(
    segments(6)
      .map(({ text }) => text)
      .join(' '),
  );
  const [mdName, md] = await save(page, card, 'Markdown');
  expect(mdName).toBe('Town hall.md');
  expect(md.toString()).toMatch(/^# Town hall\.mp3\n\n\*\*0:00\*\* Please open the door for me\.\n/);
  const [, csv] = await save(page, card, 'CSV');
  expect(csv.toString()).toMatch(/^start,end,text\r\n0\.300,3\.800,Please open the door for me\.\r\n/);
  expect(JSON.parse((await save(page, card, 'JSON'))[1].toString()).segments).toHaveLength(6);

  const [docxName, docx] = await save(page, card, 'DOCX');
  expect(docxName).toBe('Town hall.docx');
  const xml = decoder.decode(unzipSync(docx)['word/document.xml']);
  expect(xml).toMatch(
    /Town hall\.mp3.*0:00 .*Please open the door for me\..*nobody is sitting on any of them\./s,
  );
  await expect.poll(() => loaded('word/document.xml')).toBe(true);
  page.off('response', keep);

  await card.getByRole('button', { name: 'Copy with times' }).click();
  await expect(card.getByText('Copied')).toBeVisible();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied.split('\n').slice(0, 2)).toEqual([
    '[0:00] Please open the door for me.',
    '[0:04] The train to Boston leaves at half past nine.',
  ]);

  const batch = page.getByRole('group', { name: 'All finished transcripts' });
  await batch.getByLabel('All as').selectOption('SRT');
  const [zipName, zip] = await downloaded(page, () =>
    batch.getByRole('button', { name: 'Download 3 in one ZIP' }).click(),
  );
  expect(zipName).toBe('transcripts-srt.zip');
  const entries = unzipSync(zip);
  expect(Object.keys(entries)).toEqual(['Town hall.srt', 'town hall (2).srt', 'a-b.srt', 'index.csv']);
  expect(decoder.decode(entries['town hall (2).srt'])).toBe(srt.toString());
  expect(decoder.decode(entries['index.csv'])).toContain('\r\na-b.srt,a:b.mp3,');
  await expect(batch.getByRole('button', { name: 'Download 3 in one ZIP' })).toBeVisible();

  const again = await openDone(page);
  await again.getByText('Options for files').click();
  await expect(again.getByLabel('Characters a line')).toHaveValue('20');
  await expect(page.getByLabel('All as')).toHaveValue('srt');
  // Removed, a job is in no archive; with one left there is none.
  for (const name of NAMES.slice(0, 2))
    await page.getByRole('button', { name: `Remove ${name} from` }).click();
  await expect(page.getByLabel('All as')).toHaveCount(0);
  expect(complaints).toEqual([]);
});

for (const [colorScheme, language] of [
  ['light', 'English'],
  ['dark', '简体中文'],
] as const) {
  test(`the panel by keyboard at 360 px, ${colorScheme}, ${language}: nothing for axe to find`, async ({
    page,
  }) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width: 360, height: 740 });
    const card = await openDone(page);
    await page.getByRole('combobox', { name: 'Language' }).selectOption(language);
    const panel = card.locator('output-panel');
    await panel.locator('summary').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await expect(panel.getByRole('spinbutton').first()).toBeFocused();
    await page.keyboard.press('ArrowUp');
    await expect(panel.getByRole('spinbutton').first()).toHaveValue('43');
    await panel.getByRole('spinbutton').nth(3).fill('900');
    await page.keyboard.press('Tab');
    await expect(panel.getByRole('spinbutton').nth(3)).toHaveValue('30');
    await expectAccessible(page);
    await expectFits(page);
  });
}

test('the share sheet is there where the browser has one that takes files, and gets the text', async ({
  page,
}) => {
  let card = await openDone(page);
  const native = await page.evaluate(() => 'canShare' in navigator);
  await expect(card.getByRole('button', { name: 'Share' })).toHaveCount(native ? 1 : 0);
  await page.addInitScript(() => {
    const shared: unknown[] = [];
    Object.assign(window, { shared });
    Object.assign(navigator, {
      canShare: ({ files }: ShareData) => files?.[0]?.type.startsWith('text/plain') ?? false,
      share: async ({ files = [], title }: ShareData) => {
        if (shared.length === 1) throw new DOMException('no', 'NotAllowedError');
        shared.push({ title, name: files[0]?.name, text: await files[0]?.text() });
      },
    });
  });
  card = await openDone(page);
  const button = card.getByRole('button', { name: 'Share' });
  await button.click();
  const shared = () => page.evaluate(() => (window as unknown as { shared: unknown[] }).shared);
  await expect.poll(shared).toEqual([
    {
      title: 'Town hall.mp3',
      name: 'Town hall.txt',
      text: expect.stringContaining('Please open the door for me.\n'),
    },
  ]);
  await button.click();
  await expect(card.getByText('It could not be shared. Download it instead.')).toBeVisible();
});

test('on paper there is the open transcript with its title and times, and nothing else', async ({ page }) => {
  await page.addInitScript(() => {
    window.print = () => {
      window.dispatchEvent(new Event('beforeprint'));
    };
  });
  const card = await openDone(page);
  await page.emulateMedia({ media: 'print' });
  await card.getByRole('button', { name: 'Print' }).click();
  const sheet = page.locator('.print-sheet');
  await expect(sheet.getByRole('heading', { name: 'Town hall.mp3' })).toBeVisible();
  await expect(sheet).toContainText(/0:00 Please open the door for me\. The train to Boston/);
  await expect(page.locator('sotto-app')).toBeHidden();
  await expectAccessible(page);
  await page.emulateMedia({ media: 'screen' });
  await expect(sheet).toBeHidden();
  await expect(card).toBeVisible();
  await page.evaluate(() => window.dispatchEvent(new Event('afterprint')));
  await expect(sheet).toHaveCount(0);
});
