/// <reference types="vite/client" />
/// <reference path="../../../web/env.d.ts" />
/** The engine on WebGPU, on a model that no catalogue lists, with every buffer counted. */
import { expose } from 'comlink';
import type { Engine } from '../../../shared/asr/engine.ts';
import { NO_FALLBACK } from '../../../shared/asr/guards.ts';
import { SAMPLE_RATE } from '../../../shared/audio/pcm.ts';
import { ortFilesIn } from '../../../shared/protocol/ort-files.ts';
import { chooseOrt } from '../../../web/engine/ort.ts';
import type { GpuHeld } from './api.ts';
import { meterGpu } from './gpu-meter.ts';

/** Random weights never end by themselves, and a step takes a software adapter a tenth of a second. */
const MAX_TOKENS = 4;
const held = meterGpu();
let engine: Engine | undefined;

const api = {
  async start(model: string, threads: number): Promise<void> {
    const base = new URL(import.meta.env.SOTTO_ORT_BASE, self.location.origin).href;
    const { wasm } = await chooseOrt('webgpu', ortFilesIn(base));
    // Imported after the runtime is chosen, as the engine's own worker does.
    const { loadWhisper } = await import('../../../shared/asr/load.ts');
    const { createWhisper } = await import('../../../shared/asr/whisper.ts');
    const whisper = await loadWhisper({
      device: 'webgpu',
      dtype: { encoder: 'fp32', decoder: 'fp32' },
      wasm: { ...wasm, numThreads: threads },
      async readFile(path) {
        const response = await fetch(`/models/${model}/${path}`);
        return response.ok ? new Uint8Array(await response.arrayBuffer()) : undefined;
      },
    });
    const { windowSeconds } = whisper.config;
    const info = { model, device: 'webgpu', dtype: 'fp32', windowSeconds, lanes: 1 } as const;
    engine = createWhisper(whisper, info, { maxTokens: MAX_TOKENS, guards: NO_FALLBACK });
  },
  /** Reads so many windows of noise; gives what the GPU holds after them. */
  async read(count: number): Promise<GpuHeld> {
    if (engine === undefined) throw new Error('read before start');
    for (let i = 0; i < count; i++) {
      const samples = noise(engine.info.windowSeconds);
      await engine.run({ windows: [{ samples }], options: { task: 'transcribe' } });
    }
    return held();
  },
};

const noise = (seconds: number) =>
  Float32Array.from({ length: seconds * SAMPLE_RATE }, () => (Math.random() - 0.5) / 10);

export type MemoryWorkerApi = typeof api;
expose(api);
