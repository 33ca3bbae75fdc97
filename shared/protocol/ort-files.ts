/** Where onnxruntime-web's files are: each of its builds has a loader and a WebAssembly file. */

export interface OrtFile {
  /** absolute addresses */
  readonly mjs: string;
  readonly wasm: string;
}

/** The builds by what they are for: the CPU, WebGPU, WebGPU where the browser can suspend WebAssembly. */
export type OrtFiles = Readonly<Record<'wasm' | 'asyncify' | 'jspi', OrtFile>>;

/** All in one folder, at their own names; `base` is absolute and ends in a slash. */
export function ortFilesIn(base: string): OrtFiles {
  const at = (name: string): OrtFile => ({ mjs: `${base}${name}.mjs`, wasm: `${base}${name}.wasm` });
  return {
    wasm: at('ort-wasm-simd-threaded'),
    asyncify: at('ort-wasm-simd-threaded.asyncify'),
    jspi: at('ort-wasm-simd-threaded.jspi'),
  };
}

/** `suspends`: the browser can suspend WebAssembly (`'Suspending' in WebAssembly`). */
export function ortBuild(device: 'webgpu' | 'wasm', suspends: boolean): keyof OrtFiles {
  if (device === 'wasm') return 'wasm';
  return suspends ? 'jspi' : 'asyncify';
}
