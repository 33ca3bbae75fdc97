import { tinyParakeet, tinyWav2vec2 } from './ctc.ts';
import type { ModelFolder } from './folder.ts';
import { tinyMoonshine } from './moonshine.ts';

/** Folder name to what is in it. */
export const TINY_MODELS = {
  'tiny-random-moonshine': tinyMoonshine,
  'tiny-random-wav2vec2': tinyWav2vec2,
  'tiny-random-parakeet': tinyParakeet,
} as const satisfies Readonly<Record<string, () => ModelFolder>>;
