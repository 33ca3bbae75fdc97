/// <reference types="vite/client" />
/// <reference path="../../../web/env.d.ts" />
/** The stock pipeline with its own defaults, only its files from this site instead of a CDN and a hub. */
import { type AutomaticSpeechRecognitionPipeline, env, pipeline } from '@huggingface/transformers';
import { expose } from 'comlink';
import { CHUNKED } from '../chunked.ts';

export interface StockStart {
  readonly model: string;
  readonly device: 'wasm' | 'webgpu';
  readonly threads: number;
  /** as EngineInfo gives it: `q8`, or `fp32/q4` (encoder/decoder) */
  readonly dtype: string;
}

type Dtype = 'fp32' | 'q8';
let asr: AutomaticSpeechRecognitionPipeline | undefined;

const api = {
  async start({ model, device, threads, dtype }: StockStart): Promise<void> {
    const runtime = env.backends.onnx.wasm;
    if (runtime === undefined) throw new Error('transformers.js has no WebAssembly runtime');
    const file = new URL(
      `${import.meta.env.SOTTO_ORT_BASE}ort-wasm-simd-threaded.asyncify`,
      self.location.origin,
    ).href;
    runtime.wasmPaths = { mjs: `${file}.mjs`, wasm: `${file}.wasm` };
    runtime.numThreads = threads;
    // It would import its loader from a blob: address, which the site's policy forbids.
    env.useWasmCache = false;
    env.allowRemoteModels = false;
    env.allowLocalModels = true;
    env.localModelPath = '/models/';
    const [encoder = dtype, decoder = encoder] = dtype.split('/') as Dtype[];
    asr = await pipeline('automatic-speech-recognition', model, {
      device,
      dtype: { encoder_model: encoder as Dtype, decoder_model_merged: decoder as Dtype },
    });
  },
  read: (samples: Float32Array): Promise<string> => read(samples, { return_timestamps: true }),
  /** of any length; without times, which send it round in circles on the demo model */
  readLong: (samples: Float32Array): Promise<string> => read(samples, CHUNKED),
};

async function read(
  samples: Float32Array,
  options: Parameters<AutomaticSpeechRecognitionPipeline>[1],
): Promise<string> {
  if (asr === undefined) throw new Error('read before start');
  const output = await asr(samples, options);
  return (Array.isArray(output) ? output : [output]).map(({ text }) => text.trim()).join(' ');
}

export type StockWorkerApi = typeof api;
expose(api);
