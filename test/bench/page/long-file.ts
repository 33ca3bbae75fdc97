/** A long file through the app's own transcriber, ear and engine in their workers, against the stock pipeline in one. */
import { wrap } from 'comlink';
import { createLocalTranscriber } from '../../../web/client/local.ts';
import type { LongFile, LongRequest } from './api.ts';
import type { StockWorkerApi } from './stock-worker.ts';

const stockWorker = () =>
  new Worker(new URL('./stock-worker.ts', import.meta.url), { type: 'module', name: 'stock' });

export async function longFile(request: LongRequest): Promise<LongFile> {
  const file = await (await fetch('/long.wav')).blob();
  const samples = new Float32Array(await (await fetch('/long.f32')).arrayBuffer());
  const transcriber = createLocalTranscriber({
    hub: 'https://hub.invalid',
    model: request.model,
    ladder: ['wasm'],
  });
  const worker = stockWorker();
  const rounds: LongFile['rounds'][number][] = [];
  const started = performance.now();
  try {
    const info = await transcriber.prepare();
    const stock = wrap<StockWorkerApi>(worker);
    await stock.start({
      model: request.stockModel,
      device: 'wasm',
      threads: request.threads,
      dtype: info.dtype,
    });
    const warm = await stock.readLong(samples.slice(0, request.warmSamples));
    console.info(`long_wasm: ${info.dtype}, warm-up "${warm.slice(0, 40)}"`);
    for (let round = 0; round < request.rounds; round++) {
      const began = performance.now();
      let firstMs: number | undefined;
      const arrivals: number[] = [];
      let done = 0;
      const job = transcriber.transcribe({ kind: 'file', file, name: 'long.wav' });
      const unsubscribe = job.subscribe(({ segments, progress }) => {
        if (segments.length > 0) firstMs ??= performance.now() - began;
        if (progress.doneSeconds > done && segments.length > 0) arrivals.push(performance.now());
        done = progress.doneSeconds;
      });
      const { state, segments } = await job.ended;
      unsubscribe();
      if (state.name !== 'done') throw new Error(`the file ended as ${JSON.stringify(state)}`);
      const between = performance.now();
      const said = await stock.readLong(samples);
      const ended = performance.now();
      if (segments.length === 0 || said === '') throw new Error('one of the two heard nothing');
      rounds.push({
        ours: between - began,
        stock: ended - between,
        first: firstMs ?? between - began,
        gaps: arrivals.slice(1).map((at, i) => at - arrivals[i]!),
      });
      console.info(`long_wasm: ${(between - began).toFixed(0)} / ${(ended - between).toFixed(0)} ms`);
      if (performance.now() - started + (ended - began) > request.budgetMs) break;
    }
    return { dtype: info.dtype, rounds };
  } finally {
    worker.terminate();
    await transcriber.close();
  }
}
