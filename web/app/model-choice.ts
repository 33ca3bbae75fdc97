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

/** Of the languages a model knows: the one that was chosen, else the first that the visitor prefers, else English. */
export function spokenLanguage(
  model: Pick<ModelChoice, 'languages'>,
  chosen: string | undefined,
  preferred: readonly string[],
): string {
  const wanted = [chosen ?? '', ...preferred.map((tag) => tag.split('-')[0]?.toLowerCase() ?? ''), 'en'];
  return wanted.find((code) => model.languages.includes(code)) ?? model.languages[0] ?? 'en';
}

/** A language's name in the language of the page; its code where the browser knows none. */
export function languageName(code: string, locale: string): string {
  return new Intl.DisplayNames([locale], { type: 'language' }).of(code) ?? code;
}
