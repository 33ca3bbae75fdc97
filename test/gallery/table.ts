/** What the gallery shows: one line a picture, each with what brings a freshly opened page there. */
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { fixture, fixturePath } from '../support/fixtures.ts';
import { STATES, segments } from '../support/page/states.ts';

export interface Shot {
  /** CSS pixels */
  readonly width: 360 | 768 | 1440;
  readonly scheme: 'light' | 'dark';
}

export interface Picture {
  readonly name: string;
  /** what is to be seen, for people */
  readonly what: string;
  readonly show: (page: Page) => Promise<unknown>;
  readonly shots: readonly Shot[];
}

const DESK: Shot = { width: 1440, scheme: 'light' };
const DESK_DARK: Shot = { width: 1440, scheme: 'dark' };
const TABLET: Shot = { width: 768, scheme: 'light' };
const TABLET_DARK: Shot = { width: 768, scheme: 'dark' };
const PHONE: Shot = { width: 360, scheme: 'light' };
const PHONE_DARK: Shot = { width: 360, scheme: 'dark' };

/** One of the states that test/support/page/states.ts has. */
const state =
  (name: string) =>
  async (page: Page): Promise<void> => {
    const bring = STATES[name];
    if (bring === undefined) throw new Error(`no state is called ${name}`);
    await bring(page);
  };

const KEPT = {
  'Board meeting.flac': 'paragraph-25s.flac',
  'Interview with Ada.m4a': 'aac.m4a',
  'Lecture 4.flac': 'long-3min.flac',
  'Note to self.webm': 'opus.webm',
};

/** Recordings of an earlier visit, one of them open: read to their end, then the page is opened again. */
async function library(page: Page): Promise<void> {
  const files = Object.entries(KEPT).map(([name, sound]) => ({
    name,
    mimeType: 'audio/mpeg',
    buffer: readFileSync(fixturePath(sound)),
  }));
  await page.locator('input[type=file]').setInputFiles(files);
  const lengths = Object.values(KEPT).map((name) => fixture(name).duration);
  await page.evaluate(
    ([read, seconds]) => {
      localStorage.setItem('sotto.library-order', 'name');
      const { jobs } = window.fake; // in the order in which they were given
      for (const [index, totalSeconds = 0] of seconds.entries()) {
        const mine = read.filter(({ end }) => end < totalSeconds);
        const progress = { doneSeconds: totalSeconds, totalSeconds, speed: 18, remainingMs: 0 };
        jobs[index]?.change({ state: { name: 'done' }, segments: mine, progress, language: 'en' });
      }
    },
    [segments(40), lengths] as const,
  );
  await page
    .locator('library-item .item[data-sound=whole]')
    .nth(files.length - 1)
    .waitFor();
  await page.reload();
  await page.getByRole('button', { name: 'Board meeting.flac', exact: true }).click();
  await page.locator('library-item li').first().waitFor();
}

async function empty(page: Page): Promise<void> {
  await page.locator('first-run').getByRole('button', { name: 'Close' }).click();
}

async function outputs(page: Page): Promise<void> {
  await state('done')(page);
  await page.locator('output-panel summary').click();
}

/** A view beside the desk, once it shows what `there` finds. */
const view =
  (fragment: string, there: string) =>
  async (page: Page): Promise<void> => {
    await page.evaluate((hash) => {
      location.hash = hash;
    }, fragment);
    await page.locator(there).first().waitFor();
  };

async function editor(page: Page): Promise<void> {
  await library(page);
  await page.locator('library-item a[href^="#recording/"]').first().click();
  await page.locator('recording-view').getByText('Turn off the light').first().waitFor();
  // So high that the bar of the picked line, which stays in view, covers nothing.
  await page.setViewportSize({ width: page.viewportSize()?.width ?? 0, height: 1300 });
  // Nothing says that the waveform stands.
  await page.waitForTimeout(2_000);
}

async function captions(page: Page): Promise<void> {
  await view('captions', 'captions-view')(page);
  await page.evaluate(() => {
    navigator.mediaDevices.getUserMedia = async () =>
      new AudioContext().createMediaStreamDestination().stream;
  });
  await page.getByRole('button', { name: 'Start captions' }).click();
  await page.waitForFunction(() => window.fake.jobs[0] !== undefined, undefined, { polling: 100 });
  await page.evaluate(
    (read) => {
      window.fake.jobs[0]?.change({
        begunAt: performance.timeOrigin + performance.now() - 60_000,
        state: { name: 'listening' },
        segments: read,
        partial: { committed: 'and the next', tentative: 'thing I wanted to' },
        level: 0.1,
      });
    },
    segments(6, 9),
  );
  await page.getByText('thing I wanted to').first().waitFor();
}

/** Views are reached by the address: one line each. */
export const PICTURES: readonly Picture[] = [
  { name: 'first-run', what: 'A first visit', show: state('empty'), shots: [DESK, TABLET, PHONE] },
  { name: 'empty', what: 'An empty desk', show: empty, shots: [DESK_DARK, PHONE_DARK] },
  { name: 'loading', what: 'A model on its way', show: state('loading'), shots: [DESK, PHONE_DARK] },
  { name: 'reading', what: 'A file that is read', show: state('reading'), shots: [DESK, PHONE] },
  { name: 'queued', what: 'Files in line, read on the CPU', show: state('queued'), shots: [TABLET, PHONE] },
  { name: 'done', what: 'A transcript', show: state('done'), shots: [DESK, DESK_DARK, PHONE, PHONE_DARK] },
  { name: 'detected', what: 'A language found out', show: state('detected'), shots: [DESK, PHONE] },
  { name: 'outputs', what: 'Formats and their options', show: outputs, shots: [DESK, TABLET_DARK, PHONE] },
  {
    name: 'listening',
    what: 'Live: words as they come',
    show: state('listening'),
    shots: [DESK_DARK, PHONE],
  },
  { name: 'error', what: 'What cannot be read', show: state('error'), shots: [DESK, PHONE_DARK] },
  {
    name: 'failed-recording',
    what: 'A recording that broke off',
    show: state('failedRecording'),
    shots: [TABLET, PHONE],
  },
  { name: 'library', what: 'What is kept on the device', show: library, shots: [DESK, TABLET_DARK, PHONE] },
  { name: 'editor', what: 'A recording with its text', show: editor, shots: [DESK, TABLET_DARK, PHONE] },
  { name: 'captions', what: 'Live captions', show: captions, shots: [DESK_DARK, PHONE] },
  {
    name: 'settings',
    what: 'Settings',
    show: view('settings', 'model-row h3'),
    shots: [DESK, TABLET_DARK, PHONE],
  },
];

export const FOLDER = 'docs/gallery';

export const fileOf = ({ name }: Picture, { width, scheme }: Shot): string =>
  `${name}-${width}-${scheme}.webp`;

/** The page docs/gallery.md. */
export function galleryPage(pictures: readonly Picture[]): string {
  const parts = pictures.map((picture) => {
    const images = picture.shots.map((shot) => {
      const alt = `${picture.what}, ${shot.width} pixels wide, ${shot.scheme}`;
      return `<img src="gallery/${fileOf(picture, shot)}" width="${shownWidth(shot)}" alt="${alt}">`;
    });
    return `## ${picture.what}\n\n${images.join('\n')}\n`;
  });
  return `# Gallery

The page as it is now, made by \`npm run gallery\` (test/gallery): the real page with text that was made up, no model.

${parts.join('\n')}`;
}

/** As wide as they fit beside each other on a page of documentation. */
const shownWidth = ({ width }: Shot): number => ({ 360: 200, 768: 340, 1440: 560 })[width];
