/** A model's files where nobody knows yet on which device it will run. */
import { chooseDtype, type ModelEntry, type ModelFile, modelFiles } from '../../shared/asr/catalogue.ts';
import { modelHome } from './model-files.ts';
import { DEVICES, type ServerDevice } from './probe.ts';

const filesFor = (entry: ModelEntry, device: ServerDevice): readonly ModelFile[] =>
  modelFiles(entry, chooseDtype(entry, device, { fp16: false }));

export const filesOfAllDevices = (entry: ModelEntry): readonly ModelFile[] =>
  DEVICES.flatMap((device) => filesFor(entry, device));

/** Rejects as `modelHome` where no device has all its files: with what the CPU, which is always there, lacks. */
export async function checkFiles(folders: readonly string[], entry: ModelEntry): Promise<void> {
  const tries = await Promise.allSettled(
    DEVICES.map((device) => modelHome(folders, entry.id, filesFor(entry, device))),
  );
  if (tries.every(({ status }) => status === 'rejected')) {
    await modelHome(folders, entry.id, filesFor(entry, 'cpu'));
  }
}
