import { tinyCtc } from './ctc.ts';
import type { ModelFolder } from './folder.ts';
import { tinyMoonshine } from './moonshine.ts';

/** Folder name to what is in it. */
export const TINY_MODELS = {
  'tiny-random-moonshine': tinyMoonshine,
  'tiny-random-ctc': tinyCtc,
} as const satisfies Readonly<Record<string, () => ModelFolder>>;
