import * as ort from 'onnxruntime-web/wasm';
import type { OrtFile } from '../../shared/protocol/ort-files.ts';
import { createSileroSession, type VadSession } from '../../shared/speech/silero.ts';

/** Loads the Silero model into this worker, on one thread: a frame is too small to share. */
export async function loadVad(model: string, files: OrtFile): Promise<VadSession> {
  ort.env.wasm.wasmPaths = { ...files };
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create(model, { executionProviders: ['wasm'] });
  return createSileroSession(ort, session);
}
