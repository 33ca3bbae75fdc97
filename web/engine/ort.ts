/**
 * Which build of onnxruntime-web serves a device. transformers.js takes the one found under
 * Symbol.for('onnxruntime') when it is first imported, so this runs before shared/asr/load.ts is imported.
 */
import type * as Ort from 'onnxruntime-web';
import { type OrtFile, type OrtFiles, ortBuild } from '../../shared/protocol/ort-files.ts';

export interface OrtChoice {
  readonly ort: typeof Ort;
  /** the two files the build needs */
  readonly wasm: OrtFile;
}

/** The plain build has no asyncify, which the WASM provider does not need: smaller, and faster to call. */
const BUILDS = {
  wasm: () => import('onnxruntime-web/wasm'),
  asyncify: () => import('onnxruntime-web/webgpu'),
  jspi: () => import('onnxruntime-web/jspi'),
} as const satisfies Record<keyof OrtFiles, () => Promise<typeof Ort>>;

export async function chooseOrt(device: 'webgpu' | 'wasm', files: OrtFiles): Promise<OrtChoice> {
  const build = ortBuild(device, 'Suspending' in WebAssembly);
  const ort: typeof Ort = await BUILDS[build]();
  Object.defineProperty(globalThis, Symbol.for('onnxruntime'), { value: ort });
  return { ort, wasm: files[build] };
}
