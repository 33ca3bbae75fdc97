/** What 200 windows leave behind: in Node's heap with the demo model, and on the GPU with a tiny one. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Bench, BenchContext, Figure } from './bench.ts';
import { withPage } from './chromium.ts';
import { TINY } from './models.ts';
import { loadDemo } from './node.ts';
import { figure } from './stats.ts';
import { sentences } from './windows.ts';

/** By the first of them everything that is kept on purpose is there. */
const CHECKPOINTS = [20, 50, 80, 110, 140, 170, 200] as const;
const MB = 2 ** 20;
const GPU_BUDGET_MS = 200_000;
const GPU_LIMIT_MS = 300_000;

export const memory: Bench = {
  group: 'memory',
  keys: ['memory_growth_mb', 'memory_growth_heap_mb', 'memory_growth_gpu_mb'],
  async run(context) {
    const { heap, resident } = await heapGrowth(context);
    const { gpu, windows } = await gpuGrowth(context);
    const worst = gpu.value > heap.value ? gpu : heap;
    const note = `the worse of heap and GPU: ${worst.key}`;
    return [{ ...worst, key: 'memory_growth_mb', note }, heap, gpu, windows, resident];
  },
};

/** Of a Node process that reads sentences: what the collector cannot free. Resident memory for comparison. */
async function heapGrowth({
  progress,
  threads,
}: BenchContext): Promise<Readonly<Record<'heap' | 'resident', Figure>>> {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const windows = await sentences('paragraph-25s.flac', 8);
  const engine = await loadDemo(threads);
  const heap: number[] = [];
  const resident: number[] = [];
  try {
    for (let done = 1; done <= CHECKPOINTS.at(-1)!; done++) {
      const { samples } = windows[done % windows.length]!;
      await engine.run({ windows: [{ samples }], options: { task: 'transcribe' } });
      if (!CHECKPOINTS.some((checkpoint) => checkpoint === done)) continue;
      // Twice, with a turn between: finalizers run after the first.
      for (let turn = 0; turn < 2; turn++) {
        collect();
        await new Promise((resolve) => setImmediate(resolve));
      }
      const { heapUsed, external, rss } = process.memoryUsage();
      heap.push((heapUsed + external) / MB);
      resident.push(rss / MB);
      progress(
        `memory: heap ${heap.at(-1)!.toFixed(2)} MB, resident ${resident.at(-1)!.toFixed(1)} MB after ${done}`,
      );
    }
  } finally {
    await engine.dispose();
  }
  const on = 'Node, demo model on the CPU, after a forced collection';
  return {
    heap: growth('memory_growth_heap_mb', heap, `heap and array buffers; ${on}`),
    resident: growth('memory_growth_rss_mb', resident, `resident; ${on}`),
  };
}

/** Of a worker's GPU buffers. */
async function gpuGrowth({
  progress,
  browserThreads: threads,
  sites,
  remainingMs,
}: BenchContext): Promise<Readonly<Record<'gpu' | 'windows', Figure>>> {
  const url = await sites.open('page');
  const held = await withPage(
    { webgpu: true, progress, limitMs: Math.min(GPU_LIMIT_MS, remainingMs()) },
    async (page) => {
      await page.goto(url);
      const request = { model: TINY, threads, checkpoints: [...CHECKPOINTS], budgetMs: GPU_BUDGET_MS };
      return page.evaluate((asked) => window.bench.gpuMemory(asked), request);
    },
  );
  const megabytes = held.map(({ bytes }) => bytes / MB);
  const note = `live buffers of ${TINY} on WebGPU, ${megabytes[0]?.toFixed(2)} MB at first`;
  return {
    gpu: growth('memory_growth_gpu_mb', megabytes, note),
    windows: figure('gpu_windows', 'count', [CHECKPOINTS[held.length - 1] ?? 0], 'read on WebGPU for it'),
  };
}

/** From the first account to the last; spread: from the first to the least and the greatest. */
function growth(key: string, accounts: readonly number[], note: string): Figure {
  const [first = 0] = accounts;
  const grown = accounts.map((account) => account - first);
  const range = `from ${CHECKPOINTS[0]} to ${CHECKPOINTS[accounts.length - 1]} windows`;
  return {
    key,
    unit: 'MB',
    value: grown.at(-1) ?? 0,
    min: Math.min(...grown),
    max: Math.max(...grown),
    note: `${range}; ${note}`,
  };
}
