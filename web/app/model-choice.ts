/** The catalogue as the page offers it. */
import { chooseDtype, downloadBytes, type ModelEntry } from '../../shared/asr/catalogue.ts';

export interface ModelChoice {
  readonly id: string;
  readonly label: string;
  /** ISO 639-1 */
  readonly languages: readonly string[];
  /** about how much is downloaded for this device */
  readonly bytes: number;
  readonly demo: boolean;
  readonly recommended: boolean;
}

/** What decides which files of a model this browser would download. */
export interface DeviceKind {
  readonly device: 'webgpu' | 'wasm';
  /** half floats in shaders */
  readonly fp16: boolean;
}

export function modelChoices(entries: readonly ModelEntry[], kind: DeviceKind): ModelChoice[] {
  return entries.map((entry) => ({
    id: entry.id,
    label: entry.label,
    languages: entry.languages,
    bytes: downloadBytes(entry, chooseDtype(entry, kind.device, { fp16: kind.fp16 })),
    demo: entry.demo,
    recommended: entry.recommended,
  }));
}

/** Asks the browser which of the two it will be; any failure means no GPU. */
export async function deviceKind(): Promise<DeviceKind> {
  // Undefined where the browser has no WebGPU at all, whatever its declaration says.
  const gpu: GPU | undefined = navigator.gpu;
  const adapter = await gpu?.requestAdapter().catch(() => null);
  if (adapter === null || adapter === undefined) return { device: 'wasm', fp16: false };
  return { device: 'webgpu', fp16: adapter.features.has('shader-f16') };
}

/** The language its text is in when it knows only one; undefined when it may be any. */
export function onlyLanguage(model: Pick<ModelChoice, 'languages'> | undefined): string | undefined {
  return model?.languages.length === 1 ? model.languages[0] : undefined;
}
