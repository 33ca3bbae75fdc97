/** The built app opened again with its model kept: from the navigation to an engine that has read its known clip. */
import type { Page } from '@playwright/test';
import type { Transcriber } from '../../web/client/transcriber.ts';
import type { Bench } from './bench.ts';
import { withPage } from './chromium.ts';
import { figure } from './stats.ts';

const ROUNDS = 5;
const LIMIT_MS = 120_000;

export const start: Bench = {
  group: 'start',
  keys: ['warm_start_ms'],
  async run({ progress, sites, remainingMs }) {
    const url = await sites.open('app');
    const limitMs = Math.min(LIMIT_MS, remainingMs());
    const times = await withPage({ webgpu: false, progress, limitMs }, async (page) => {
      const all: number[] = [];
      for (let round = 0; round <= ROUNDS; round++) all.push(await startOnce(page, url));
      return all;
    });
    const [cold = 0, ...warm] = times;
    progress(`start: ${cold.toFixed(0)} ms at first, then ${warm.map((ms) => ms.toFixed(0)).join(', ')} ms`);
    return [
      figure('warm_start_ms', 'ms', warm, `page load to engine ready, WASM, model kept, ${ROUNDS} times`),
      figure('cold_start_ms', 'ms', [cold], 'the same in a fresh browser, model fetched from this machine'),
    ];
  },
};

async function startOnce(page: Page, url: string): Promise<number> {
  await page.goto(url, { waitUntil: 'commit' });
  const app = page.locator('sotto-app');
  await app.waitFor({ state: 'attached' });
  return app.evaluate(async (element) => {
    await (element as HTMLElement & { transcriber: Transcriber }).transcriber.prepare();
    return performance.now();
  });
}
