/** The catalogue as the page offers it. */
import { chooseDtype, downloadBytes, type ModelEntry } from '../../shared/asr/catalogue.ts';

export interface ModelChoice {
  readonly id: string;
  readonly label: string;
  /** ISO 639-1 */
  readonly languages: readonly string[];
  /** it can write English, whatever is spoken */
  readonly translates: boolean;
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
    translates: entry.tasks.includes('translate'),
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

/** A language's name in the language of the page; its code where the browser knows none. */
export function languageName(code: string, locale: string): string {
  return new Intl.DisplayNames([locale], { type: 'language' }).of(code) ?? code;
}

/** What a model knows, by name and in the order of names. */
export function namedLanguages(
  model: Pick<ModelChoice, 'languages'>,
  locale: string,
): { readonly code: string; readonly name: string }[] {
  const named = model.languages.map((code) => ({ code, name: languageName(code, locale) }));
  return named.sort((a, b) => a.name.localeCompare(b.name, locale));
}
