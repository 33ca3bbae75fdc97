/** Model folders on disk, as engines read them. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { CtcModel } from '../../shared/asr/ctc.ts';
import type { Engine, EngineInfo } from '../../shared/asr/engine.ts';
import { type LoadOptions, loadEngine, loadModel, loadWhisper } from '../../shared/asr/load.ts';
import type { MoonshineModel } from '../../shared/asr/moonshine.ts';
import type { Dtype } from '../../shared/asr/sessions.ts';
import type { WhisperModel } from '../../shared/asr/whisper.ts';
import type { WhisperConfig } from '../../shared/asr/whisper-config.ts';

const PUBLIC = fileURLToPath(new URL('../../public/models/', import.meta.url));
const FIXTURES = fileURLToPath(new URL('../fixtures/models/', import.meta.url));

/** Name of a model to the folder that holds its folder. */
export const MODEL_HOMES = {
  'sotto-demo-en': PUBLIC,
  'sotto-demo-en-30s': FIXTURES,
  'tiny-random-en': FIXTURES,
  'tiny-random-moonshine': FIXTURES,
  'tiny-random-wav2vec2': FIXTURES,
  'tiny-random-parakeet': FIXTURES,
} as const;

/** Folders of model folders, as the server looks into them. */
export const modelFolders = (): string[] => [PUBLIC];

export type TestModel = keyof typeof MODEL_HOMES;

export const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';

export function modelReader(model: TestModel): LoadOptions['readFile'] {
  return async (path) => {
    try {
      return new Uint8Array(await readFile(`${MODEL_HOMES[model]}${model}/${path}`));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  };
}

export function testOptions(model: TestModel, dtype: Dtype = 'fp32'): LoadOptions {
  return {
    model,
    device: 'cpu',
    dtype: { encoder: dtype, decoder: dtype },
    readFile: modelReader(model),
    numThreads: 1,
    ...(model.startsWith('tiny-random') ? { selfTest: 'none' as const } : {}),
  };
}

export function loadTestEngine(
  model: TestModel,
  dtype: Dtype = 'fp32',
  more: Partial<LoadOptions> = {},
): Promise<Engine> {
  return loadEngine({ ...testOptions(model, dtype), ...more });
}

/** For engines made of `loadTestModel`'s parts. */
export function testInfo(
  model: TestModel,
  config: Pick<WhisperConfig, 'windowSeconds'>,
  lanes = 1,
): EngineInfo {
  return { model, device: 'cpu', dtype: 'fp32', windowSeconds: config.windowSeconds, lanes };
}

export function loadTestModel(model: TestModel, dtype: Dtype = 'fp32'): Promise<WhisperModel> {
  return loadWhisper(testOptions(model, dtype));
}

export async function loadTestMoonshine(): Promise<MoonshineModel> {
  const loaded = await loadModel(testOptions('tiny-random-moonshine'));
  if (loaded.kind !== 'moonshine') throw new Error(`a ${loaded.kind}`);
  return loaded.model;
}

export async function loadTestCtc(model: TestModel): Promise<CtcModel> {
  const loaded = await loadModel(testOptions(model));
  if (loaded.kind !== 'ctc') throw new Error(`a ${loaded.kind}`);
  return loaded.model;
}
