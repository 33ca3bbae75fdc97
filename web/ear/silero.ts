import * as ort from 'onnxruntime-web/wasm';
import { createSileroSession, type VadSession } from '../../shared/speech/silero.ts';

/** Loads the Silero model into this worker, on one thread: a frame is too small to share. */
export async function loadVad(model: string, ortBase: string): Promise<VadSession> {
  ort.env.wasm.wasmPaths = {
    mjs: new URL('ort-wasm-simd-threaded.mjs', ortBase).href,
    wasm: new URL('ort-wasm-simd-threaded.wasm', ortBase).href,
  };
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create(model, { executionProviders: ['wasm'] });
  return createSileroSession(ort, session);
}
