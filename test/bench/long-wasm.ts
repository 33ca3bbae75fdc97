/** A ten-minute file dropped on the app's own transcriber in Chromium, against the stock pipeline in a worker. */
import type { Bench, Figure } from './bench.ts';
import { withPage } from './chromium.ts';
import { LONG_SECONDS, longSound, wavOf } from './long-sound.ts';
import { LONG, LONG_ALIAS } from './models.ts';
import { figure, median } from './stats.ts';

const ROUNDS = 2;
const BUDGET_MS = 180_000;
const LIMIT_MS = 300_000;
const WARM_SAMPLES = 40 * 16_000;

export const longWasm: Bench = {
  group: 'long_wasm',
  keys: ['long_file_ratio_wasm', 'first_text_windows'],
  async run({ progress, browserThreads: threads, sites, remainingMs }): Promise<readonly Figure[]> {
    const url = await sites.open('page');
    const sound = await longSound(LONG_SECONDS);
    const limitMs = Math.min(LIMIT_MS, remainingMs());
    const { dtype, rounds } = await withPage({ webgpu: false, progress, limitMs }, async (page) => {
      const { buffer, byteOffset, byteLength } = sound;
      await page.route('**/long.wav', (route) => route.fulfill({ body: Buffer.from(wavOf(sound)) }));
      await page.route('**/long.f32', (route) =>
        route.fulfill({ body: Buffer.from(buffer, byteOffset, byteLength) }),
      );
      await page.goto(url);
      const request = {
        model: LONG_ALIAS,
        stockModel: LONG,
        threads,
        warmSamples: WARM_SAMPLES,
        rounds: ROUNDS,
        budgetMs: BUDGET_MS,
      };
      return page.evaluate((asked) => window.bench.longFile(asked), request);
    });
    const [ours, stock] = [rounds.map((each) => each.ours), rounds.map((each) => each.stock)];
    const firsts = rounds.map(({ first, gaps }) => first / median(gaps));
    const note = `${LONG_SECONDS} s, wasm ${dtype}, ${threads} threads, ${rounds.length} rounds; drop to done over stock with 30 s windows and 5 s strides`;
    return [
      {
        ...figure(
          'long_file_ratio_wasm',
          'ratio',
          ours.map((ms, at) => ms / stock[at]!),
          note,
        ),
        value: median(ours) / median(stock),
      },
      figure('long_file_ms_wasm', 'ms', ours, 'decode, VAD, cut, mel, engine, transcript'),
      figure('long_file_stock_ms_wasm', 'ms', stock, 'the stock pipeline, decoding of the file not counted'),
      figure(
        'first_text_windows',
        'ratio',
        firsts,
        'drop to first text over the median time of a window of the same file',
      ),
      figure(
        'first_text_ms',
        'ms',
        rounds.map(({ first }) => first),
        'drop to first text, the engine ready',
      ),
    ];
  },
};
