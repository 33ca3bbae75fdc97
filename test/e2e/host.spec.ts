import { expect, test } from '@playwright/test';
import { HOST_CASES } from '../contract/engine-host-cases.ts';
import { loadFixture } from '../support/pcm.ts';
import { serveRealPage } from '../support/real-page.ts';
import type { ServerProcess } from '../support/server-process.ts';

let server: ServerProcess;

test.beforeAll(async () => {
  server = await serveRealPage('host-page', ['test/contract/engine-host-cases.ts']);
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
