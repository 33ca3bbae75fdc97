/** Loaded models of all kinds behind the one port. */
import { type CtcModel, createCtc } from './ctc.ts';
import type { EngineInfo } from './engine.ts';
import { createMoonshine, type MoonshineModel, type MoonshineOptions } from './moonshine.ts';
import type { ModelEngine } from './run-windows.ts';
import { createWhisper, type WhisperModel } from './whisper.ts';

export type LoadedModel =
  | { readonly kind: 'whisper'; readonly model: WhisperModel }
  | { readonly kind: 'moonshine'; readonly model: MoonshineModel }
  | { readonly kind: 'ctc'; readonly model: CtcModel };

/** Of decoding, where there is a decoder: CTC models have none. */
export type DecodingOptions = MoonshineOptions;

export function createEngine(
  { kind, model }: LoadedModel,
  info: EngineInfo,
  options: DecodingOptions = {},
): ModelEngine {
  switch (kind) {
    case 'whisper':
      return createWhisper(model, info, options);
    case 'moonshine':
      return createMoonshine(model, info, options);
    case 'ctc':
      return createCtc(model, info);
  }
}
