/** What the page costs before anybody uses it. */
import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, type Page, test } from '@playwright/test';

const WEB = join(import.meta.dirname, '../../dist/web');

/** Bytes of JavaScript after gzip. */
const SHELL = 45_000;
const BEFORE_USE = 60_000;
/** Of the worker that keeps sound, which is no part of the page. */
const WORKER = 12_000;

/** Milliseconds, on a machine that has nothing else to do. */
const INTERACTIVE = 1_500;
/** What a page without anything on it takes there. */
const BARE = 60;
/** Milliseconds of the main thread, as the processor counts them. */
const MAIN_THREAD = 500;

/** What may come after the shell without anybody having done anything, by the names of its entries. */
const AT_ONCE = /^(index|late-start|library-start|first-run-card)-/;

const sizeOf = (file: string): number => gzipSync(readFileSync(join(WEB, file)), { level: 9 }).length;
const sum = (files: Iterable<string>): number => [...files].reduce((bytes, file) => bytes + sizeOf(file), 0);

/** A script and everything that it imports at once. */
function partsOf(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  for (const [, path = ''] of readFileSync(join(WEB, file), 'utf8').matchAll(
    /(?:\bfrom|\bimport)\s*"(\.[^"]+)"/g,
  )) {
    partsOf(posix.join(posix.dirname(file), path), found);
  }
  return found;
}

const written = (): string => readFileSync(join(WEB, 'index.html'), 'utf8');

function shell(): Set<string> {
  const parts = new Set<string>();
  for (const [, file = ''] of written().matchAll(/<script[^>]* src="\.\/([^"]+)"/g)) partsOf(file, parts);
  return parts;
}

test('the shell weighs at most 45 KB, and the page asks for all of it at once', () => {
  const parts = shell();
  expect(parts.size).toBeGreaterThan(5);
  expect(sum(parts), JSON.stringify([...parts].map((file) => [file, sizeOf(file)]))).toBeLessThanOrEqual(
    SHELL,
  );
  const named = [...written().matchAll(/(?:src|href)="\.\/([^"]+\.js)"/g)].map(([, file]) => file);
  expect(named.sort()).toEqual([...parts].sort());
});

test('a first visit fetches at most 60 KB of JavaScript before a model is needed, and nothing of another site', async ({
  page,
  baseURL,
}) => {
  const scripts: string[] = [];
  const elsewhere: string[] = [];
  page.on('request', (request) => {
    const { origin, pathname } = new URL(request.url());
    if (origin !== baseURL) elsewhere.push(request.url());
    if (request.resourceType() === 'script' || pathname.endsWith('.js')) scripts.push(pathname.slice(1));
  });
  await page.goto('/', { waitUntil: 'networkidle' });
  // It is there for who is here for the first time.
  await expect(page.getByRole('heading', { name: 'Your own words, in a minute' })).toBeVisible();
  const fetched = new Set(scripts);
  const workers = [...fetched].filter((file) => /^assets\/main-/.test(file));
  const entries = [...fetched].filter((file) => AT_ONCE.test(file.replace('assets/', '')));
  const expected = new Set([...shell(), ...entries.flatMap((file) => [...partsOf(file)]), ...workers]);
  expect(entries).toHaveLength(4);
  expect([...fetched].filter((file) => !expected.has(file))).toEqual([]);
  expect(workers.length).toBeLessThanOrEqual(1);
  const ofPage = [...fetched].filter((file) => !workers.includes(file));
  const sizes = JSON.stringify(ofPage.map((file) => [file, sizeOf(file)]));
  expect(sum(ofPage), sizes).toBeLessThanOrEqual(BEFORE_USE);
  expect(sum(workers)).toBeLessThanOrEqual(WORKER);
  expect(elsewhere).toEqual([]);
});

/** Milliseconds from the start of a visit until `ready`, the quickest of three. */
async function quickest(page: Page, path: string, ready: () => boolean): Promise<number> {
  const times: number[] = [];
  for (let visit = 0; visit < 3; visit += 1) {
    await page.goto(path);
    times.push(
      await (await page.waitForFunction(ready, undefined, { polling: 'raf' })).evaluate(() =>
        performance.now(),
      ),
    );
  }
  return Math.min(...times);
}

test('it can be used within 1.5 seconds, and keeps the main thread for half of one at most', async ({
  page,
}) => {
  const isReady = () => {
    const panel = document.querySelector('sotto-app')?.shadowRoot?.querySelector('recorder-panel');
    const button = panel?.shadowRoot?.querySelector<HTMLElement>('.record');
    return button !== null && button !== undefined && button.offsetHeight > 0;
  };
  const bare = await quickest(page, '/examples/example.css', () => document.readyState === 'complete');
  const session = await page.context().newCDPSession(page);
  // The thread's own time since the visit began: what else the machine does is not in it.
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const interactive = await quickest(page, '/', isReady);
  const { metrics } = await session.send('Performance.getMetrics');
  const mainThread = 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN);
  // On a machine that is slower, or busy, a page without anything takes longer by as much.
  const slower = Math.max(1, bare / BARE);
  test.info().annotations.push({
    type: 'measured',
    description: [bare, interactive, mainThread].map((ms) => `${ms.toFixed(0)} ms`).join(', '),
  });
  expect(interactive, `a bare page takes ${bare.toFixed(0)} ms`).toBeLessThan(INTERACTIVE * slower);
  expect(mainThread).toBeGreaterThan(10);
  expect(mainThread).toBeLessThan(MAIN_THREAD);
});
