import { expect, test } from '@playwright/test';
import { FILMS, makeFilm } from '../support/films.ts';
import { fixture, fixturePath, SEEN } from '../support/fixtures.ts';
import { madeFormats, makeMedia } from '../support/media-files.ts';
import { wordErrorRate, wordErrors } from '../support/wer.ts';
import { App, type GivenFile, type SavedTranscript } from './support/app.ts';

const LONG = 'long-3min.flac';

test('every fixture of the demo model’s domain becomes text, together within 12 % word error rate; the times of three minutes are within 0.3 s of the truth', async ({
  page,
}) => {
  test.setTimeout(400_000);
  const app = await App.open(page);
  const hosts = new Set<string>();
  page.on('request', (request) => hosts.add(new URL(request.url()).host));
  await app.give(...SEEN.map(({ path }) => fixturePath(path)));
  const pairs: { path: string; reference: string; hypothesis: string }[] = [];
  let long: SavedTranscript | undefined;
  for (const { path, text = '' } of SEEN) {
    await app.reached(path, 'done', 360_000);
    const saved = await app.transcript(path);
    if (path === LONG) long = saved;
    pairs.push({ path, reference: text, hypothesis: saved.text });
  }
  for (const { path, reference, hypothesis } of pairs) {
    const { errors, total } = wordErrors(reference, hypothesis);
    test.info().annotations.push({ type: path, description: `${errors} of ${total} words wrong` });
  }
  const rate = wordErrorRate(pairs);
  test.info().annotations.push({ type: 'word error rate', description: rate.toFixed(4) });
  expect(rate).toBeLessThanOrEqual(0.12);
  expect(long).toBeDefined();
  if (long !== undefined) expectTrueTimes(LONG, long);
  expect([...hosts]).toEqual([new URL(page.url()).host]);
  expect(app.complaints).toEqual([]);
});

/** The model may give a sentence as two segments: a segment begins where it begins, and one ends where it ends. */
function expectTrueTimes(name: string, { segments, duration }: SavedTranscript): void {
  const truth = fixture(name).sentences ?? [];
  expect(truth.length).toBeGreaterThan(50);
  const nearest = (times: readonly number[], time: number) =>
    Math.min(...times.map((each) => Math.abs(each - time)));
  const starts = segments.map((segment) => segment.start);
  const ends = segments.map((segment) => segment.end);
  const off = truth.map(({ text, start, end }) => ({
    text,
    start: nearest(starts, start),
    end: nearest(ends, end),
  }));
  expect(off.filter(({ start, end }) => start > 0.3 || end > 0.3)).toEqual([]);
  for (const [index, segment] of segments.entries()) {
    expect(segment.start).toBeLessThanOrEqual(segment.end);
    expect(segment.start).toBeGreaterThanOrEqual(segments[index - 1]?.end ?? 0);
  }
  expect(duration).toBeCloseTo(fixture(name).duration, 0);
}

test('every container and codec that is promised is read, films too', async ({ page }) => {
  test.setTimeout(240_000);
  const source = 'us-male.wav';
  const files: GivenFile[] = [];
  for (const format of madeFormats) {
    const name = `${format.replace('/', '-')}.${format.split('/')[0]}`;
    files.push({ name, mimeType: '', buffer: Buffer.from(await makeMedia(format, source)) });
  }
  for (const name of Object.keys(FILMS)) {
    files.push({ name, mimeType: 'video/mp4', buffer: await makeFilm(name, source) });
  }
  const app = await App.open(page);
  await app.give(...files);
  const { text = '' } = fixture(source);
  for (const { name } of files) {
    expect(await app.ended(name), name).toBe('done');
    const { text: hypothesis, duration } = await app.transcript(name);
    // Lossy codecs may cost a word of the six.
    expect(wordErrors(text, hypothesis).errors, `${name}: ${hypothesis}`).toBeLessThanOrEqual(1);
    expect(Math.abs(duration - 2.51), `${name} lasts ${duration} s`).toBeLessThan(0.15);
  }
});

test('six files at once queue visibly, are read in order, and one can be taken out', async ({ page }) => {
  const app = await App.open(page);
  const names = [
    'paragraph-25s.flac',
    'us-male.wav',
    'us-female.flac',
    'slt-female.wav',
    'rms-male.flac',
    'quiet.flac',
  ];
  await app.give(...names.map(fixturePath));
  await expect(page.getByText('5 waiting')).toBeVisible();
  await app.card('slt-female.wav').getByRole('button', { name: 'Cancel' }).click();
  await app.reached('slt-female.wav', 'cancelled');
  await expect(page.getByText('4 waiting')).toBeVisible();
  const left = names.filter((each) => each !== 'slt-female.wav');
  for (const [index, name] of left.entries()) {
    await app.reached(name, 'done');
    // First come, first served: whoever comes after the next one cannot have begun before this one ended.
    for (const earlier of left.slice(0, index)) {
      expect(await app.state(earlier).getAttribute('data-state'), earlier).toBe('done');
    }
  }
  for (const name of left) {
    const { text } = await app.transcript(name);
    expect(wordErrors(fixture(name).text ?? '', text).errors, name).toBeLessThanOrEqual(4);
  }
  await expect(page.getByText(/\d waiting/)).toHaveCount(0);
});

test('cancel ends a file at once, keeps what was read, and the next one is read', async ({ page }) => {
  const app = await App.open(page);
  await app.give(fixturePath(LONG), fixturePath('us-male.wav'));
  const long = await app.opened(LONG);
  await expect(long.getByRole('progressbar')).toBeVisible();
  await expect.poll(() => long.getByRole('listitem').count(), { timeout: 120_000 }).toBeGreaterThan(3);
  await long.getByRole('button', { name: 'Cancel' }).click();
  await app.reached(LONG, 'cancelled', 5_000);
  const kept = await app.transcript(LONG);
  expect(kept.segments.length).toBeGreaterThan(0);
  expect(kept.segments.length).toBeLessThan((fixture(LONG).sentences ?? []).length);
  await app.reached('us-male.wav', 'done');
  expect(app.complaints).toEqual([]);
});

test('silence and noise give no text and say so', async ({ page }) => {
  const app = await App.open(page);
  await app.give(fixturePath('silence.wav'), fixturePath('noise.flac'));
  for (const name of ['silence.wav', 'noise.flac']) {
    await app.reached(name, 'done');
    await expect((await app.opened(name)).getByText('No speech was heard in it.')).toBeVisible();
  }
});

test('the transcript is copied and saved as TXT, SRT, VTT and JSON; VTT loads in the browser’s own track', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const app = await App.open(page);
  const name = 'us-female.flac';
  const { segments, text } = await app.read(fixturePath(name), name);
  expect(segments).toHaveLength(2);
  expect(await app.saved(name, 'TXT')).toContain(segments[0]?.text ?? 'nothing');
  expect(await app.saved(name, 'SRT')).toMatch(/^1\r?\n00:00:00,\d{3} --> 00:00:0\d,\d{3}\r?\n/);
  const vtt = await app.saved(name, 'VTT');
  const cues = await page.evaluate(async (content) => {
    const video = document.createElement('video');
    const track = document.createElement('track');
    track.src = URL.createObjectURL(new Blob([content], { type: 'text/vtt' }));
    video.append(track);
    document.body.append(video);
    track.track.mode = 'showing';
    await new Promise((resolve, reject) => {
      track.onload = resolve;
      track.onerror = reject;
    });
    return [...(track.track.cues ?? [])].map((cue) => ({ start: cue.startTime, text: (cue as VTTCue).text }));
  }, vtt);
  expect(cues.map((cue) => cue.text)).toEqual(segments.map((segment) => segment.text));
  await (await app.opened(name)).getByRole('button', { name: 'Copy', exact: true }).click();
  await expect(app.card(name).getByText('Copied')).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(text);
});

test('a recording at a web address is read, and an address that cannot be says why', async ({
  page,
  baseURL,
}) => {
  await page.route('**/recordings/us-male.wav', (route) =>
    route.fulfill({ path: fixturePath('us-male.wav'), contentType: 'audio/wav' }),
  );
  await App.open(page);
  const address = page.getByLabel('Address of a recording');
  await address.fill(`${baseURL}/recordings/us-male.wav`);
  await address.press('Enter');
  const card = page.locator('job-card').first();
  await expect(card.getByRole('article')).toHaveAttribute('data-state', 'done', { timeout: 60_000 });
  await expect(card.getByText('Could you throw the bucket, please?')).toBeVisible();
  await address.fill(`${baseURL}/recordings/missing.wav`);
  await address.press('Enter');
  await expect(page.getByText('The address could not be read.')).toBeVisible({ timeout: 30_000 });
  await address.fill('not an address');
  await address.press('Enter');
  await expect(page.getByText('This is not an address that begins with')).toBeVisible();
});
