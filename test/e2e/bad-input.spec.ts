import { readFile } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import { writeWav } from '../../shared/audio/wav.ts';
import { ERRORS, type ErrorCode } from '../../shared/errors.ts';
import { fixturePath } from '../support/fixtures.ts';
import { makeVideoOnly } from '../support/media-files.ts';
import { App, type GivenFile } from './support/app.ts';

const file = (name: string, buffer: Buffer, mimeType = 'audio/wav'): GivenFile => ({
  name,
  buffer,
  mimeType,
});

/** The message, what is safe and what to do next are all on the page, and the next file is still read. */
async function isTold(app: App, name: string, code: ErrorCode): Promise<void> {
  expect(await app.ended(name)).toBe('failed');
  const card = await app.opened(name);
  await expect(card.getByText(ERRORS[code].message)).toBeVisible();
  await expect(card.getByText(ERRORS[code].next)).toBeVisible();
}

test('files that cannot be read each say what they are, and none stops the next', async ({ page }) => {
  const speech = await readFile(fixturePath('us-male.wav'));
  const m4a = await readFile(fixturePath('aac.m4a'));
  const cases: readonly (readonly [GivenFile, ErrorCode])[] = [
    [
      file('letter.txt', Buffer.from('Dear Sir or Madam, this is not sound.\n'.repeat(200)), 'text/plain'),
      'not_media',
    ],
    [
      file('renamed.mp3', Buffer.from('<!doctype html><title>Not found</title>'.repeat(50)), 'audio/mpeg'),
      'not_media',
    ],
    [file('nothing.wav', Buffer.alloc(0)), 'empty_file'],
    [file('film.webm', Buffer.from(await makeVideoOnly()), 'video/webm'), 'no_audio_track'],
    // The sample entry that an encrypted track has in place of mp4a (ISO/IEC 14496-12, 23001-7).
    [
      file('bought.m4a', Buffer.from(m4a.toString('latin1').replace('mp4a', 'enca'), 'latin1'), 'audio/mp4'),
      'protected_media',
    ],
  ];
  const app = await App.open(page);
  await app.give(...cases.map(([given]) => given));
  for (const [{ name }, code] of cases) await isTold(app, name, code);
  await app.give(file('after.wav', speech));
  await app.reached('after.wav', 'done');
  expect(app.complaints).toEqual([]);
});

test('a recording that breaks off in the middle keeps what came before and says where it ended', async ({
  page,
}) => {
  const whole = await readFile(fixturePath('paragraph-25s.flac'));
  const m4a = await readFile(fixturePath('aac.m4a'));
  const app = await App.open(page);
  // A FLAC cut off, and one with a stretch overwritten.
  const damaged = Buffer.from(whole);
  damaged.fill(0x55, Math.floor(whole.length * 0.55), Math.floor(whole.length * 0.8));
  await app.give(
    file('truncated.flac', whole.subarray(0, Math.floor(whole.length * 0.6)), 'audio/flac'),
    file('damaged.flac', damaged, 'audio/flac'),
    file('cut.m4a', m4a.subarray(0, 3000), 'audio/mp4'),
  );
  for (const name of ['truncated.flac', 'damaged.flac']) {
    expect(await app.ended(name), name).toBe('done');
    const { segments } = await app.transcript(name);
    expect(segments.length, name).toBeGreaterThan(1);
    expect(segments[0]?.text, name).toBe('What is in the cold bed?');
  }
  expect(await app.ended('cut.m4a')).toBe('failed');
  await expect((await app.opened('cut.m4a')).locator('error-note')).toContainText(/damaged|not an audio/);
});

test('a tenth of a second is read without complaint', async ({ page }) => {
  const app = await App.open(page);
  const blip = Buffer.from(
    writeWav(
      new Float32Array(1600).map((_, i) => 0.1 * Math.sin(i / 3)),
      { sampleRate: 16_000, channels: 1, format: 'pcm16' },
    ),
  );
  await app.give(file('blip.wav', blip));
  await app.reached('blip.wav', 'done');
  expect(app.complaints).toEqual([]);
});

test('a worker script that is blocked is said, and so is what to do', async ({ page }) => {
  // The page's own script is index-….js; the workers' entries are main-….js.
  await page.route(/\/assets\/main-[^/]+\.js$/, (route) => route.abort());
  const app = await App.open(page);
  await app.give(fixturePath('us-male.wav'));
  expect(await app.ended('us-male.wav')).toBe('failed');
  const note = (await app.opened('us-male.wav')).locator('error-note');
  await expect(note).toBeVisible();
  await expect(note).toContainText(ERRORS.engine_blocked.message);
  await expect(note).toContainText(ERRORS.engine_blocked.next);
});
