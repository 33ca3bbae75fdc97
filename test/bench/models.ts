import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LoadOptions } from '../../shared/asr/load.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Folders that hold models, the first that has one counts. */
export const MODEL_FOLDERS = [join(ROOT, 'public/models'), join(ROOT, 'test/fixtures/models')] as const;

export const DEMO = 'sotto-demo-en';
export const DEMO_WINDOW_SECONDS = 10;
/** random weights, one layer, 2 s windows: hundreds of runs in seconds */
export const TINY = 'tiny-random-en';

/** Reads a file of the embedded model. */
export function readerOf(model: string): LoadOptions['readFile'] {
  return async (path) => {
    try {
      return await readFile(join(MODEL_FOLDERS[0], model, path));
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }
  };
}
