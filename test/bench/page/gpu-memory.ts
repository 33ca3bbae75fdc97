import { wrap } from 'comlink';
import type { GpuHeld, MemoryRequest } from './api.ts';
import type { MemoryWorkerApi } from './memory-worker.ts';

export async function gpuMemory({
  model,
  threads,
  checkpoints,
  budgetMs,
}: MemoryRequest): Promise<readonly GpuHeld[]> {
  const started = performance.now();
  const worker = new Worker(new URL('./memory-worker.ts', import.meta.url), {
    type: 'module',
    name: 'memory',
  });
  try {
    const api = wrap<MemoryWorkerApi>(worker);
    await api.start(model, threads);
    const accounts: GpuHeld[] = [];
    let done = 0;
    for (const checkpoint of checkpoints) {
      const held = await api.read(checkpoint - done);
      done = checkpoint;
      accounts.push(held);
      console.info(`memory: ${held.bytes} bytes of the GPU in ${held.buffers} buffers after ${done} windows`);
      if (accounts.length > 1 && performance.now() - started > budgetMs) break;
    }
    return accounts;
  } finally {
    worker.terminate();
  }
}
