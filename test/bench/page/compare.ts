/** The engine as the app runs it, and the stock pipeline, each in a worker of its own. */
import { wrap } from 'comlink';
import { createWorkerHost } from '../../../web/client/worker-host.ts';
import { duel } from '../duel.ts';
import type { CompareRequest, Comparison } from './api.ts';
import type { StockWorkerApi } from './stock-worker.ts';

const engineWorker = () =>
  new Worker(new URL('../../../web/engine/main.ts', import.meta.url), { type: 'module', name: 'engine' });
const stockWorker = () =>
  new Worker(new URL('./stock-worker.ts', import.meta.url), { type: 'module', name: 'stock' });

export async function compare(request: CompareRequest): Promise<Comparison> {
  const { model, device, threads } = request;
  const site = new URL('/models/', location.href).href;
  const windows = await Promise.all(Array.from({ length: request.windows }, (_, at) => samplesOf(at)));
  const host = createWorkerHost({
    spawn: engineWorker,
    model,
    device,
    threads,
    site,
    // The model is the site's own: nothing is asked of a hub.
    hub: 'https://hub.invalid',
  });
  const worker = stockWorker();
  try {
    console.info(`${device}: loading`);
    const info = await host.start(() => undefined);
    const stock = wrap<StockWorkerApi>(worker);
    await stock.start({ model, device, threads, dtype: info.dtype });
    const result = await duel(
      async (samples) => {
        const readings = await host.run({ windows: [{ samples }], options: { task: 'transcribe' } });
        return readings.flatMap(({ segments }) => segments.map(({ text }) => text)).join(' ');
      },
      (samples) => stock.read(samples),
      windows,
      request,
      (text) => console.info(`${device}: ${text}`),
    );
    return { ...result, dtype: info.dtype, adapter: info.adapter };
  } finally {
    host.kill();
    worker.terminate();
  }
}

async function samplesOf(at: number): Promise<Float32Array> {
  const response = await fetch(`/windows/${at}`);
  if (!response.ok) throw new Error(`no window ${at}`);
  return new Float32Array(await response.arrayBuffer());
}
