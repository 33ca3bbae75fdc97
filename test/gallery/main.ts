/** `npm run gallery`: takes the pictures of docs/gallery.md. With a folder behind it, the same there as PNG. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from '@playwright/test';
import { REPO } from '../support/build-cache.ts';
import { CHROMIUM_ARGS, ensureChromium } from '../support/chromium.ts';
import { servePage } from '../support/page/serve.ts';
import { FOLDER, fileOf, galleryPage, PICTURES, type Picture, type Shot } from './table.ts';

const QUALITY = 0.6;
/** Wider pictures are made smaller, pixels. */
const WIDEST = 960;
/** Higher pages end here, CSS pixels. */
const HIGHEST = 1500;
const HEIGHTS = { 360: 740, 768: 1024, 1440: 900 } as const;
/** What the page calls now, so that a picture changes only when the page does. */
const NOW = new Date('2026-05-04T10:30:00');

async function take(browser: Browser, url: string, picture: Picture, shot: Shot): Promise<Buffer> {
  const context = await browser.newContext({
    viewport: { width: shot.width, height: HEIGHTS[shot.width] },
    colorScheme: shot.scheme,
    reducedMotion: 'reduce',
    locale: 'en-US',
    timezoneId: 'Europe/Berlin',
  });
  try {
    const page = await context.newPage();
    await page.clock.setFixedTime(NOW);
    await page.goto(url);
    await page.getByRole('button', { name: 'Record', exact: true }).waitFor();
    await page.getByRole('heading', { name: 'Library' }).waitFor();
    await picture.show(page);
    // No ring around what was pressed on the way.
    await page.mouse.move(0, 0);
    await page.evaluate(() => {
      scrollTo(0, 0);
      let active = document.activeElement;
      while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
      if (active instanceof HTMLElement) active.blur();
    });
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    const clip = { x: 0, y: 0, width: shot.width, height: Math.min(height, HIGHEST) };
    return await page.screenshot({ fullPage: true, clip, animations: 'disabled' });
  } finally {
    await context.close();
  }
}

/** By the browser, which takes pictures in PNG and JPEG alone. */
async function toWebp(page: Page, png: Buffer): Promise<Buffer> {
  const encoded = await page.evaluate(
    async ([source, quality, widest]) => {
      const blob = await (await fetch(`data:image/png;base64,${source}`)).blob();
      const bitmap = await createImageBitmap(blob);
      const scale = Math.min(1, widest / bitmap.width);
      const canvas = new OffscreenCanvas(bitmap.width * scale, bitmap.height * scale);
      const context = canvas.getContext('2d');
      if (context === null) throw new Error('no canvas');
      context.imageSmoothingQuality = 'high';
      context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
      const webp = await canvas.convertToBlob({ type: 'image/webp', quality });
      return btoa(
        Array.from(new Uint8Array(await webp.arrayBuffer()), (byte) => String.fromCharCode(byte)).join(''),
      );
    },
    [png.toString('base64'), QUALITY, WIDEST] as const,
  );
  return Buffer.from(encoded, 'base64');
}

const [pngFolder, only] = process.argv.slice(2);
const folder = join(REPO, FOLDER);
const served = await servePage();
const browser = await chromium.launch({ executablePath: ensureChromium(), args: [...CHROMIUM_ARGS] });
try {
  const encoder = await browser.newPage();
  if (only === undefined) await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  if (pngFolder !== undefined) await mkdir(pngFolder, { recursive: true });
  let bytes = 0;
  for (const picture of PICTURES) {
    if (only !== undefined && picture.name !== only) continue;
    for (const shot of picture.shots) {
      const name = fileOf(picture, shot);
      const png = await take(browser, served.url, picture, shot);
      if (pngFolder !== undefined) await writeFile(join(pngFolder, name.replace('.webp', '.png')), png);
      const webp = await toWebp(encoder, png);
      await writeFile(join(folder, name), webp);
      bytes += webp.length;
      console.log(`${name} ${(webp.length / 1024).toFixed(0)} KB`);
    }
  }
  await writeFile(join(REPO, 'docs/gallery.md'), galleryPage(PICTURES));
  console.log(`${(bytes / 1024).toFixed(0)} KB in all`);
} finally {
  await browser.close();
  await served.close();
}
