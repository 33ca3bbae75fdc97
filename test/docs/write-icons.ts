/** `npm run icons`: draws web/app/icon.svg as the images that systems want of an installed app (public/icons). */
import { mkdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';
import { CHROMIUM_ARGS, ensureChromium } from '../support/chromium.ts';

interface Icon {
  readonly name: string;
  /** pixels */
  readonly size: number;
  /** `whole`: systems cut a shape of their own out of it, of which the middle four fifths are always there */
  readonly shape: 'own' | 'whole';
}

const ICONS: readonly Icon[] = [
  { name: 'icon-192', size: 192, shape: 'own' },
  { name: 'icon-512', size: 512, shape: 'own' },
  { name: 'maskable-192', size: 192, shape: 'whole' },
  { name: 'maskable-512', size: 512, shape: 'whole' },
  { name: 'apple-touch-icon', size: 180, shape: 'whole' },
];

const root = new URL('../../', import.meta.url);
const svg = await readFile(new URL('web/app/icon.svg', root), 'utf8');
const [ground = ''] = /<rect[^>]*fill="(#\w+)"/.exec(svg)?.slice(1) ?? [];
/** Corners to the edge, the sign within the part that is never cut off. */
const whole = svg.replace(/rx="\d+"/, '').replace('<g ', '<g transform="translate(3.2 3.2) scale(0.8)" ');

await mkdir(new URL('public/icons/', root), { recursive: true });
const browser = await chromium.launch({ executablePath: ensureChromium(), args: [...CHROMIUM_ARGS] });
try {
  for (const { name, size, shape } of ICONS) {
    const page = await browser.newPage({ viewport: { width: size, height: size } });
    await page.setContent(
      `<style>html, body { margin: 0; background: ${shape === 'whole' ? ground : 'transparent'} }
      svg { display: block; width: 100vw; height: 100vh }</style>${shape === 'whole' ? whole : svg}`,
    );
    const path = fileURLToPath(new URL(`public/icons/${name}.png`, root));
    await page.screenshot({ path, omitBackground: true });
    await page.close();
  }
} finally {
  await browser.close();
}
