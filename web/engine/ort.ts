/**
 * Which build of onnxruntime-web serves a device. transformers.js takes the one found under
 * Symbol.for('onnxruntime') when it is first imported, so this runs before shared/asr/load.ts is imported.
 */
import type * as Ort from 'onnxruntime-web';

export interface OrtChoice {
  readonly ort: typeof Ort;
  /** the two files the build needs, absolute */
  readonly wasm: { readonly mjs: string; readonly wasm: string };
}

/** The plain build has no asyncify, which the WASM provider does not need: smaller, and faster to call. */
const BUILDS = {
  wasm: { file: 'ort-wasm-simd-threaded', load: () => import('onnxruntime-web/wasm') },
  asyncify: { file: 'ort-wasm-simd-threaded.asyncify', load: () => import('onnxruntime-web/webgpu') },
  jspi: { file: 'ort-wasm-simd-threaded.jspi', load: () => import('onnxruntime-web/jspi') },
} as const;

export async function chooseOrt(device: 'webgpu' | 'wasm', base: string): Promise<OrtChoice> {
  const build = device === 'wasm' ? BUILDS.wasm : 'Suspending' in WebAssembly ? BUILDS.jspi : BUILDS.asyncify;
  const ort: typeof Ort = await build.load();
  Object.defineProperty(globalThis, Symbol.for('onnxruntime'), { value: ort });
  const at = (extension: string) => new URL(`${build.file}.${extension}`, base).href;
  return { ort, wasm: { mjs: at('mjs'), wasm: at('wasm') } };
}
