import { chooseDtype, findModel, modelFiles } from '../../shared/asr/catalogue.ts';
import type { Engine, LoadProgress } from '../../shared/asr/engine.ts';
import { loadEngine } from '../../shared/asr/load.ts';
import { SottoError } from '../../shared/errors.ts';
import type { EngineProcessStart } from '../../shared/protocol/engine-process.ts';
import { openModelFiles } from './model-files.ts';

/** In the engine's child only: this is what brings the runtime into a process. Throws SottoError. */
export async function loadModel(
  { model, folders, device, threads, lanes }: EngineProcessStart,
  onProgress: (progress: LoadProgress) => void,
): Promise<Engine> {
  const entry = findModel(model);
  if (entry === undefined) throw new SottoError('model_unknown', model);
  // Whether an adapter has half floats cannot be asked of Node's runtime.
  const dtype = chooseDtype(entry, device, { fp16: false });
  const readFile = await openModelFiles(folders, entry.id, modelFiles(entry, dtype));
  return loadEngine({ model, device, dtype, readFile, onProgress, lanes, numThreads: threads });
}
