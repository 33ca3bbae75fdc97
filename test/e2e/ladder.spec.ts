/** The ladder in a real browser, against a server of windows whose network does what the test wants. */
import { readFile } from 'node:fs/promises';
import { type Browser, chromium, expect, type Page, test } from '@playwright/test';
import { CHROMIUM_ARGS, findChromium } from '../support/chromium.ts';
import { fixture, fixturePath } from '../support/fixtures.ts';
import { serveRealPage } from '../support/real-page.ts';
import { wordErrors } from '../support/wer.ts';
import type { WindowServer } from '../support/window-server.ts';
import { App } from './support/app.ts';
import { offerServer, remembered, type SpeechScript, startSpeechServer } from './support/speech-server.ts';

// The double lives at another port; the page's policy allows its own server only. Playwright's switch, for tests.
test.use({ bypassCSP: true });

const LONG = 'paragraph-25s.flac';
const servers: WindowServer[] = [];
let browser: Browser | undefined;

test.afterEach(async () => {
  await browser?.close();
  browser = undefined;
  for (const server of servers.splice(0)) await server.close();
});

async function speechServer(script: SpeechScript = {}): Promise<WindowServer> {
  const server = await startSpeechServer(script);
  servers.push(server);
  return server;
}
const hostOf = (server: WindowServer) => new URL(server.address).host;

/** A page whose site offers this server; the visitor has agreed to it before, unless the choice says otherwise. */
async function openWith(
  page: Page,
  server: WindowServer,
  choice?: Readonly<Record<string, string>>,
): Promise<App> {
  await offerServer(page, server.address);
  await remembered(page, choice ?? { place: 'server-first', consent: hostOf(server) });
  return App.open(page);
}

interface Read {
  readonly segments: readonly { readonly start: number; readonly end: number; readonly text: string }[];
}

/**
 * Complete, in order, nothing twice: each segment is what one of the two places reads in an undisturbed run. The two
 * runtimes round 8-bit sums differently, and a small model's text hangs on that in a sentence or so.
 */
function expectFromEither(moved: Read, here: Read, there: Read): void {
  expect(here.segments.length).toBe(there.segments.length);
  expect(moved.segments).toHaveLength(here.segments.length);
  for (const [index, { text }] of moved.segments.entries()) {
    expect([here.segments[index]?.text, there.segments[index]?.text]).toContain(text);
  }
}

/** Answers take a while, and not always the same. */
const latencyMs: SpeechScript['latencyMs'] = ({ nth }) => 40 + ((nth * 37) % 80);

test('no adapter: the page asks first and says where to; then the microphone’s words come from the server', async ({
  baseURL,
}) => {
  const name = 'us-female-question.wav';
  const executablePath = findChromium();
  browser = await chromium.launch({
    args: [
      ...CHROMIUM_ARGS,
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      `--use-file-for-fake-audio-capture=${fixturePath(name)}%noloop`,
    ],
    ...(executablePath ? { executablePath } : {}),
  });
  const context = await browser.newContext({
    ...(baseURL ? { baseURL } : {}),
    permissions: ['microphone'],
    bypassCSP: true,
    serviceWorkers: 'block',
  });
  const page = await context.newPage();
  const server = await speechServer({ latencyMs });
  const app = await openWith(page, server, {});
  await page.getByRole('button', { name: 'Record', exact: true }).click();
  await expect(
    page.getByRole('heading', { name: `May your sound be sent to ${hostOf(server)}?` }),
  ).toBeVisible();
  await expect(app.place()).toContainText('Nothing leaves this device.');
  expect(server.handshakes).toBe(0);
  await page.getByRole('button', { name: 'Send it' }).click();
  await expect(app.place()).toContainText(`Your sound is sent to ${hostOf(server)}.`);
  const card = page.locator('job-card').first();
  await expect.poll(() => card.getByRole('log').getByRole('listitem').count()).toBeGreaterThan(1);
  await page.getByRole('button', { name: 'Stop' }).first().click();
  await expect(card.getByRole('article')).toHaveAttribute('data-state', 'done');
  const jobName = (await card.getByRole('heading').getByRole('button').textContent())?.trim() ?? '';
  const { text } = await app.transcript(jobName);
  // A busy machine drops some of what the fake device plays: most of it is there.
  const { errors, total } = wordErrors(fixture(name).text ?? '', text);
  expect(errors).toBeLessThan(total / 2);
  expect(server.hellos).toEqual(['live']);
  expect(app.complaints).toEqual([]);
});

test('declined, or "never": no socket is ever opened, and it is read here', async ({ page }) => {
  const server = await speechServer();
  const sockets: string[] = [];
  page.on('websocket', (socket) => sockets.push(socket.url()));
  const app = await openWith(page, server, {});
  await app.give(fixturePath('us-male.wav'));
  await page.getByLabel('Remember my answer').check();
  await page.getByRole('button', { name: 'Keep it on this device' }).click();
  await app.reached('us-male.wav', 'done');
  await expect(app.place()).toContainText('Nothing leaves this device.');
  await expect(page.getByLabel('Where it may run')).toHaveValue('device');
  await page.reload();
  await page.getByRole('button', { name: 'Record', exact: true }).waitFor();
  const { text } = await app.read(fixturePath('us-male.wav'), 'us-male.wav');
  expect(text).toBe('Could you throw the bucket, please?');
  expect(sockets).toEqual([]);
  expect(server.handshakes).toBe(0);
});

test('a line that is cut twice in mid-file, with latency: the text of the undisturbed run, each window once', async ({
  page,
}) => {
  const quiet = await speechServer();
  const app = await openWith(page, quiet);
  const undisturbed = await app.read(fixturePath(LONG), LONG);
  const rough = await speechServer({
    latencyMs,
    instead: ({ nth }) => (nth === 2 || nth === 6 ? { do: 'cut' } : undefined),
  });
  const other = await page.context().newPage();
  const again = await openWith(other, rough);
  const disturbed = await again.read(fixturePath(LONG), LONG);
  expect(disturbed.segments).toEqual(undisturbed.segments);
  expect(rough.handshakes).toBe(3);
  // Nothing is asked for a third time: only what had no answer was sent again.
  expect(rough.windows.length - quiet.windows.length).toBeLessThanOrEqual(2 * 2);
  await other.close();
});

test('a server that goes away in mid-file for good: the rest is read here, and nothing is lost or twice', async ({
  page,
}) => {
  // Slow enough to go away in the middle.
  const server = await speechServer({ latencyMs: () => 600 });
  const app = await openWith(page, server);
  const there = await app.read(fixturePath(LONG), LONG);
  const alone = await page.context().newPage();
  const here = await (await openWith(alone, server, { place: 'device' })).read(fixturePath(LONG), LONG);
  await alone.close();
  await app
    .card(LONG)
    .getByRole('button', { name: /Remove/ })
    .click();
  await app.give(fixturePath(LONG));
  await expect.poll(() => app.card(LONG).getByRole('listitem').count()).toBeGreaterThan(1);
  await server.vanish();
  await expect(app.place()).toContainText('could not be reached.', { timeout: 60_000 });
  await expect(app.place()).toContainText('On this device · CPU (WASM) · ');
  await app.reached(LONG, 'done');
  const moved = await app.transcript(LONG);
  expectFromEither(moved, here, there);
  expect(app.complaints).toEqual([]);
});

test('a full server: asked again when it said, the place in line is shown, then it reads', async ({
  page,
}) => {
  const server = await speechServer({
    refuse: (nth) => (nth === 0 ? { status: 503, retryAfter: 2 } : undefined),
    before: () => 3,
    tickMs: 700,
  });
  const app = await openWith(page, server);
  await app.give(fixturePath('us-male.wav'));
  await expect(page.getByText('The server is full. It is asked again by itself.')).toBeVisible();
  await expect(page.getByText('The server has a queue: 3 before you.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Read it on this device instead' })).toBeVisible();
  await app.reached('us-male.wav', 'done');
  expect(server.windows.length).toBeGreaterThan(0);
});

test('a queue that is too long: one press, and it is read here', async ({ page }) => {
  const server = await speechServer({ before: () => 100, tickMs: 1_000 });
  const app = await openWith(page, server);
  await app.give(fixturePath('us-male.wav'));
  await page.getByRole('button', { name: 'Read it on this device instead' }).click();
  await app.reached('us-male.wav', 'done');
  await expect.poll(() => server.open).toBe(0);
  expect(server.windows).toEqual([]);
});

test('the page’s engine killed for good in mid-file: the server reads the rest, nothing is lost or twice', async ({
  page,
}) => {
  const site = await serveRealPage('ladder-page');
  try {
    const server = await speechServer({ latencyMs });
    const sound = await readFile(fixturePath(LONG));
    await page.route('**/sound', (route) => route.fulfill({ body: sound, contentType: 'audio/flac' }));
    await page.goto(await site.address);
    await page.waitForFunction(() => 'readWith' in window);
    const here = await page.evaluate((to) => window.readWith(['wasm'], to, '/sound'), server.address);
    expect(here.state).toBe('done');
    expect(server.handshakes).toBe(0);
    const there = await page.evaluate((to) => window.readWith(['server'], to, '/sound'), server.address);
    const all = server.windows.length;
    // Every engine of the page ends once it has read a few windows: first here, then whatever replaces it.
    const moved = await page.evaluate((to) => {
      window.killFrom = 2;
      return window.readWith(['wasm', 'server'], to, '/sound');
    }, server.address);
    expect(moved.state).toBe('done');
    expect(moved.changes.map(({ from, to }) => [from, to])).toEqual([['wasm', 'server']]);
    // Some of it, and not all of it, was read there.
    expect(server.windows.length).toBeGreaterThan(all);
    expect(server.windows.length).toBeLessThan(2 * all);
    expectFromEither(moved, here, there);
  } finally {
    site.child.kill('SIGTERM');
    await site.ended;
  }
});
