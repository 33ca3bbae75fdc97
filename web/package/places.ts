/**
 * Where the parts that run beside this script come from: the package's own files, as they lie in dist/web. Bundlers find
 * them by these very words, `new URL('…', import.meta.url)`, and take them along; without a bundler they are simply
 * there. ORT_VERSION is put in by the build.
 */
import type { OrtFiles } from '../../shared/protocol/ort-files.ts';
import { startWorker } from '../client/start-worker.ts';

/** The folder above this script's: `models/` is looked for there unless a site is named. */
export function ownSite(): string {
  const script = import.meta.url;
  return new URL('../', script).href;
}

/** The package has its own, whatever the site. */
export const voiceDetector = (_site: string): string =>
  new URL('../vad/silero_vad_v6_sequence.onnx', import.meta.url).href;

export const engineWorker = (): Worker =>
  startWorker(new URL('./engine.js', import.meta.url).href, 'sotto-engine');
export const earWorker = (): Worker => startWorker(new URL('./ear.js', import.meta.url).href, 'sotto-ear');

/** Small enough to be made a data: address by Vite, which a strict policy refuses: hence the query. */
export const captureWorklet: string = new URL('./capture.js?no-inline', import.meta.url).href;

export const ortFiles: OrtFiles = {
  wasm: {
    mjs: new URL('../ort/ORT_VERSION/ort-wasm-simd-threaded.mjs', import.meta.url).href,
    wasm: new URL('../ort/ORT_VERSION/ort-wasm-simd-threaded.wasm', import.meta.url).href,
  },
  asyncify: {
    mjs: new URL('../ort/ORT_VERSION/ort-wasm-simd-threaded.asyncify.mjs', import.meta.url).href,
    wasm: new URL('../ort/ORT_VERSION/ort-wasm-simd-threaded.asyncify.wasm', import.meta.url).href,
  },
  jspi: {
    mjs: new URL('../ort/ORT_VERSION/ort-wasm-simd-threaded.jspi.mjs', import.meta.url).href,
    wasm: new URL('../ort/ORT_VERSION/ort-wasm-simd-threaded.jspi.wasm', import.meta.url).href,
  },
};
