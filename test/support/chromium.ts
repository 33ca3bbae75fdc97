import { delimiter, join } from 'node:path';
import { aptGet, mayInstall, runnable } from './apt.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const USUAL_PLACES = [
  '/usr/bin/chromium',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Quiet, and able to start as root and in a container. */
export const CHROMIUM_ARGS: readonly string[] = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Software WebGPU where there is no GPU; without it such a machine has no adapter. */
export const WEBGPU_ARGS: readonly string[] = [...CHROMIUM_ARGS, '--enable-unsafe-webgpu'];

/** The browser named by SOTTO_CHROMIUM, else the first found on the PATH or in the usual places. */
export function findChromium(): string | undefined {
  const named = process.env.SOTTO_CHROMIUM;
  if (named) return runnable(named) ? named : undefined;
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const onPath = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return [...onPath, ...USUAL_PLACES].find(runnable);
}

/** The browser, installed first when it is missing and this user may. Throws an Error that says what to install. */
export function ensureChromium(): string {
  const found = findChromium();
  if (found !== undefined) return found;
  if (process.env.SOTTO_CHROMIUM) {
    throw new Error(`SOTTO_CHROMIUM names no program that can be run: ${process.env.SOTTO_CHROMIUM}`);
  }
  const installed = mayInstall() && aptGet(['update']) && aptGet(['install', '-y', 'chromium']);
  const chromium = installed ? findChromium() : undefined;
  if (chromium !== undefined) return chromium;
  throw new Error(
    'The end-to-end tests need Chromium or Chrome. Install it (Debian: "apt-get install chromium"; ' +
      'macOS: "brew install --cask chromium"), or set SOTTO_CHROMIUM to its path.',
  );
}
