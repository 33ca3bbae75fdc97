import { defineConfig } from '@playwright/test';
import { CHROMIUM_ARGS, findChromium, WEBGPU_ARGS } from './test/support/chromium.ts';

const port = Number(process.env.SOTTO_TEST_PORT || 8123);
const baseURL = `http://127.0.0.1:${port}`;
const executablePath = findChromium();
const chromium = (args: readonly string[]) => ({
  browserName: 'chromium' as const,
  launchOptions: { args: [...args], ...(executablePath === undefined ? {} : { executablePath }) },
});

/**
 * Two projects: `wasm`, where the browser has no WebGPU adapter, and `webgpu` for the few files that need one
 * (`*.webgpu.spec.ts`), on the software adapter of a machine without a GPU, which takes half a minute a window.
 */
export default defineConfig({
  testDir: 'test/e2e',
  outputDir: 'test-results',
  // Much of the time is spent waiting for sound that plays, lines that are cut and limits that run out: three fill it.
  workers: 3,
  // The fake microphone drops sound on a machine that is busy; what passes only when tried again is listed as flaky.
  retries: process.env.CI ? 2 : 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 120_000,
  expect: { timeout: 30_000 },
  reporter: 'list',
  // What is tested comes from the server each time; the tests of the service worker allow it.
  use: { baseURL, headless: true, screenshot: 'only-on-failure', serviceWorkers: 'block' },
  projects: [
    { name: 'wasm', testIgnore: '**/*.webgpu.spec.ts', use: chromium(CHROMIUM_ARGS) },
    {
      name: 'webgpu',
      testMatch: '**/*.webgpu.spec.ts',
      timeout: 300_000,
      expect: { timeout: 240_000 },
      use: chromium(WEBGPU_ARGS),
    },
  ],
  webServer: {
    command: `node dist/node/server/main.js --port ${port}`,
    url: baseURL,
    reuseExistingServer: false,
    // The page alone; what needs the server's engine starts its own.
    env: { ASR_ENABLED: 'off' },
    timeout: 30_000,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 5_000 },
  },
});
