import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { build } from 'vite';
import { HOST_CASES } from '../contract/engine-host-cases.ts';
import { loadFixture } from '../support/pcm.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';

const ROOT = join(import.meta.dirname, '../..');
let server: ServerProcess;

test.beforeAll(async () => {
  const outDir = join(ROOT, '.cache/host-page');
  await build({
    configFile: join(ROOT, 'vite.config.ts'),
    logLevel: 'error',
    root: join(ROOT, 'test/support/host-page'),
    publicDir: join(ROOT, 'public'),
    build: { outDir, emptyOutDir: true },
  });
  server = startServer(['--port', '0'], { SOTTO_WEB: outDir });
  await server.address;
});
test.afterAll(async () => {
  server.child.kill('SIGTERM');
  await server.ended;
});

test('the engine in a Web Worker keeps the contract of an engine host, as the fake does', async ({
  page,
}) => {
  await page.goto(await server.address);
  await page.waitForFunction(() => 'runContract' in window);
  const samples = await loadFixture('us-male.wav');
  const results = await page.evaluate((given) => window.runContract(given), Array.from(samples));
  expect(results).toEqual(HOST_CASES.map(({ name }) => ({ name, error: undefined })));
});
