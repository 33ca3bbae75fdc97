/** How much of a model is on this device: decided from what is kept of it. Pure. */
import { chooseDtype, type ModelEntry, modelFiles } from '../../../shared/asr/catalogue.ts';
import type { HeldModel } from '../../engine/store-held.ts';
import type { DeviceKind } from '../model-choice.ts';

/** `cpu`: whole for the CPU alone, though this browser would run it on its GPU */
export type PresenceName = 'none' | 'part' | 'cpu' | 'whole';

export interface Presence {
  readonly name: PresenceName;
  /** kept here, whatever version and device it is for */
  readonly bytes: number;
  /** about what would still be downloaded for this browser */
  readonly missing: number;
}

export function presenceOf(entry: ModelEntry, { revision, files }: HeldModel, kind: DeviceKind): Presence {
  const bytes = files.reduce((sum, file) => sum + (file.bytes ?? 0), 0);
  const there = new Set(files.filter((file) => file.revision === revision).map(({ path }) => path));
  const missingFor = (device: DeviceKind['device']): number =>
    modelFiles(entry, chooseDtype(entry, device, { fp16: kind.fp16 }))
      .filter(({ path }) => !there.has(path))
      .reduce((sum, file) => sum + file.bytes, 0);
  const missing = missingFor(kind.device);
  return { name: nameOf(bytes, missing, missingFor('wasm')), bytes, missing };
}

function nameOf(bytes: number, missing: number, missingForCpu: number): PresenceName {
  if (bytes === 0) return 'none';
  if (missing === 0) return 'whole';
  return missingForCpu === 0 ? 'cpu' : 'part';
}
