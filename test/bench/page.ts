/** The page's own thread while the built app reads a file. */

import { fixture, fixturePath } from '../support/fixtures.ts';
import type { Bench, BenchContext } from './bench.ts';
import { withPage } from './chromium.ts';
import { type MainThread, type Task, watchMainThread } from './main-thread.ts';
import { figure } from './stats.ts';

const FILE = 'long-3min.flac';
const READS = 2;
const LIMIT_MS = 200_000;

export const page: Bench = {
  group: 'page',
  keys: ['longest_task_ms'],
  async run(context) {
    const watched: MainThread[] = [];
    for (let read = 1; read <= READS; read++) {
      const seen = await readFile(context);
      context.progress(`page: read ${read} of ${READS}`);
      context.progress(`page: longest tasks: ${seen.longestByWall.map(describe).join('; ')}`);
      context.progress(`page: most computing: ${seen.longestByCpu.map(describe).join('; ')}`);
      watched.push(seen);
    }
    const longest = watched.map(({ longestByWall }) => longestByWall[0]?.wall ?? 0);
    const computing = watched.map(({ longestByCpu }) => longestByCpu[0]?.cpu ?? 0);
    const entries = watched.map(({ longTasks }) => longTasks.length);
    const note = `${FILE}, ${fixture(FILE).duration} s, WASM, ${READS} reads; the worst of them, by Chromium's trace`;
    return [
      { ...figure('longest_task_ms', 'ms', longest, note), value: Math.max(...longest) },
      {
        ...figure('longest_task_cpu_ms', 'ms', computing, 'the longest without its waits for a core'),
        value: Math.max(...computing),
      },
      {
        ...figure('long_tasks', 'count', entries, 'longtask entries (50 ms and more), the worst read'),
        value: Math.max(...entries),
      },
      figure(
        'longest_frame_gap_ms',
        'ms',
        watched.map(({ longestFrameGap }) => longestFrameGap),
        'from one animation frame to the next; 17 ms when nothing is late',
      ),
    ];
  },
};

const describe = ({ wall, cpu, inside }: Task) =>
  `${wall.toFixed(1)} ms (${cpu.toFixed(1)} computing, ${inside})`;

/** One file, from the moment it is given to the moment its job is done. */
async function readFile({ progress, sites, remainingMs }: BenchContext): Promise<MainThread> {
  const url = await sites.open('app');
  return withPage({ webgpu: false, progress, limitMs: Math.min(LIMIT_MS, remainingMs()) }, async (page) => {
    page.setDefaultTimeout(LIMIT_MS);
    await page.goto(url);
    const drop = page.getByRole('button', { name: /Drop recordings here/ });
    await drop.waitFor();
    const finish = await watchMainThread(page);
    const chooser = page.waitForEvent('filechooser');
    await drop.click();
    await (await chooser).setFiles(fixturePath(FILE));
    const ended = page.locator('job-card [data-state]:is([data-state=done], [data-state=failed])');
    await ended.first().waitFor();
    const state = await ended.first().getAttribute('data-state');
    const seen = await finish();
    if (state !== 'done') throw new Error(`${FILE} ended as ${state}: ${await ended.first().textContent()}`);
    return seen;
  });
}
