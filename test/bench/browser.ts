/** The engine's worker against the stock pipeline in a worker, in a real browser. */
import type { Bench } from './bench.ts';
import { withPage } from './chromium.ts';
import { DEMO, DEMO_WINDOW_SECONDS } from './models.ts';
import { verdict } from './verdict.ts';
import { type BenchWindow, filled, sentences } from './windows.ts';

interface Plan {
  readonly warmups: number;
  readonly rounds: number;
  /** of the rounds; the browser is closed a while later */
  readonly budgetMs: number;
  readonly windows: () => Promise<readonly BenchWindow[]>;
}

/** for loading, and for the one round that is always done */
const GRACE_MS = 180_000;

const PLANS: Readonly<Record<'wasm' | 'webgpu', Plan>> = {
  wasm: {
    warmups: 2,
    rounds: 3,
    budgetMs: 120_000,
    windows: async () => [
      ...(await sentences('paragraph-25s.flac', 6)),
      ...(await filled('long-3min.flac', 3, DEMO_WINDOW_SECONDS)),
    ],
  },
  // A software adapter takes 15 to 30 s a window.
  webgpu: {
    warmups: 1,
    rounds: 3,
    budgetMs: 300_000,
    windows: () => sentences('paragraph-25s.flac', 1),
  },
};

function browserBench(device: 'wasm' | 'webgpu'): Bench {
  return {
    group: device,
    keys: [`rtf_${device}`, `ratio_${device}`],
    async run({ progress, browserThreads: threads, sites, remainingMs }) {
      const { budgetMs, warmups, rounds, ...plan } = PLANS[device];
      const windows = await plan.windows();
      const url = await sites.open('page');
      const limitMs = Math.min(budgetMs + GRACE_MS, remainingMs());
      return withPage({ webgpu: device === 'webgpu', progress, limitMs }, async (page) => {
        await page.route('**/windows/*', (route) => {
          const at = Number(new URL(route.request().url()).pathname.split('/').at(-1));
          const { buffer, byteOffset, byteLength } = windows[at]!.samples;
          return route.fulfill({ body: Buffer.from(buffer, byteOffset, byteLength) });
        });
        await page.goto(url);
        const request = {
          model: DEMO,
          device,
          threads,
          windows: windows.length,
          warmups,
          rounds,
          budgetMs,
        };
        const result = await page.evaluate((asked) => window.bench.compare(asked), request);
        for (const { ours, stock } of result.differing) progress(`${device}: "${ours}" / "${stock}"`);
        const adapter = result.adapter === undefined ? '' : `, ${result.adapter}`;
        return verdict(device, result, windows, `${device} ${result.dtype}, ${threads} threads${adapter}`);
      });
    },
  };
}

export const wasm = browserBench('wasm');
export const webgpu = browserBench('webgpu');
