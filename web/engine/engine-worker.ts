import { chooseDtype, findModel, modelFiles } from '../../shared/asr/catalogue.ts';
import type { Engine, EngineBatch, EngineInfo, WindowReading } from '../../shared/asr/engine.ts';
import { tooBig } from '../../shared/asr/fits.ts';
import { type Outcome, SottoError, settle, toWire } from '../../shared/errors.ts';
import type { EngineNotice, EngineStart, EngineWorkerApi } from '../../shared/protocol/engine-worker.ts';
import { holdLife } from '../../shared/protocol/life.ts';
import type { OrtFiles } from '../../shared/protocol/ort-files.ts';
import { type AdapterFacts, probeAdapter } from './adapter.ts';
import { createLaneMemory } from './lane-memory.ts';
import { openModelStore } from './model-store.ts';
import { chooseOrt } from './ort.ts';

/** The worker's side of the protocol: one engine, once started; no queue, since the gate sends one batch at a time. */
export function createEngineWorker(ownOrt: OrtFiles): EngineWorkerApi {
  let engine: Engine | undefined;

  async function start(options: EngineStart, notice: (notice: EngineNotice) => void): Promise<EngineInfo> {
    await holdLife(navigator.locks, options.lock);
    notice({ type: 'alive' });
    // Before anything is fetched: a browser without a GPU should not download the GPU's files.
    const adapter: AdapterFacts | undefined =
      options.device === 'webgpu' ? await probeAdapter(navigator.gpu) : undefined;
    const entry = findModel(options.model);
    if (entry === undefined) throw new SottoError('model_unknown', options.model);
    const dtype = chooseDtype(entry, options.device, { fp16: adapter?.fp16 ?? false });

    const tight = tooBig(entry, dtype, {
      maxBufferSize: adapter?.maxBufferSize,
      deviceMemoryGib: 'deviceMemory' in navigator ? Number(navigator.deviceMemory) : undefined,
    });
    if (tight !== undefined) throw new SottoError('model_too_big', tight);

    const store = openModelStore({
      hub: options.hub,
      site: options.site,
      onUncached: (reason) => notice({ type: 'uncached', reason }),
      onAsked: (asked) => notice({ type: 'asked', ...asked }),
    });
    // The code is read while the model's files are; neither waits for the other.
    const code = loadCode(options.device, options.ort ?? ownOrt);
    code.catch(() => undefined); // awaited below; until then what the files say counts
    const readFile = await store.fetchModel(entry, modelFiles(entry, dtype), {
      onProgress: (progress) => notice({ type: 'progress', progress }),
    });

    notice({ type: 'progress', progress: { phase: 'start' } });
    const { ort, wasm, loadEngine } = await code;
    engine = await loadEngine({
      model: entry.id,
      device: options.device,
      dtype,
      readFile,
      onProgress: (progress) => notice({ type: 'progress', progress }),
      wasm: { ...wasm, numThreads: options.threads },
      laneMemory: createLaneMemory(globalThis.caches),
      version: entry.revision,
      ...(adapter === undefined ? {} : { adapter: adapter.name }),
    });
    if (options.device === 'webgpu') {
      const device = await ort.env.webgpu.device;
      void device.lost.then((info: GPUDeviceLostInfo) => {
        notice({ type: 'lost', error: toWire(new SottoError('device_lost', info.message)) });
      });
    }
    return engine.info;
  }

  return {
    start: (options, notice) => settle(() => start(options, notice), 'model_load_failed'),
    run: (batch: EngineBatch): Promise<Outcome<WindowReading[]>> =>
      settle(async () => {
        const loaded = engine;
        if (loaded === undefined) throw new SottoError('internal', 'run before start');
        return loaded.run(batch);
      }, 'engine_exited'),
  };
}

/** The runtime comes first: shared/asr/load.ts takes the one that is there when it is imported. */
async function loadCode(device: EngineStart['device'], files: OrtFiles) {
  const { ort, wasm } = await chooseOrt(device, files);
  const { loadEngine } = await import('../../shared/asr/load.ts');
  return { ort, wasm, loadEngine };
}
