import { chromium, type Page } from '@playwright/test';
import { CHROMIUM_ARGS, findChromium, WEBGPU_ARGS } from '../support/chromium.ts';

export interface PageOptions {
  /** with an adapter, a software one where there is no GPU; otherwise a browser without one */
  readonly webgpu: boolean;
  /** what the page says to its console */
  readonly progress: (text: string) => void;
  /** after so many milliseconds the browser is closed, and what waits for it fails */
  readonly limitMs: number;
}

/** A page of a fresh browser, closed afterwards whatever happens. */
export async function withPage<T>(
  { webgpu, progress, limitMs }: PageOptions,
  use: (page: Page) => Promise<T>,
): Promise<T> {
  const executablePath = findChromium();
  if (executablePath === undefined) {
    throw new Error('no Chromium was found: install it, or set SOTTO_CHROMIUM to its path');
  }
  const browser = await chromium.launch({
    executablePath,
    args: [...(webgpu ? WEBGPU_ARGS : CHROMIUM_ARGS)],
    handleSIGINT: true,
  });
  const limit = setTimeout(() => {
    progress(`not done after ${limitMs / 1000} s: the browser is closed`);
    void browser.close();
  }, limitMs);
  try {
    const page = await browser.newPage();
    page.on('console', (message) => progress(message.text()));
    page.on('pageerror', (error) => progress(String(error)));
    return await use(page);
  } finally {
    clearTimeout(limit);
    await browser.close();
  }
}
