/** What is kept of a model, file by file. */
import { keysOf } from '../../shared/asr/model-keys.ts';
import type { Shelf } from './store-shelf.ts';

export interface HeldFile {
  readonly revision: string;
  /** in the model's folder */
  readonly path: string;
  /** undefined: it is known that there is no such file */
  readonly bytes: number | undefined;
  /** as it came, where that was noted */
  readonly sha256?: string;
}

export interface HeldModel {
  /** the version that is read; undefined: not known yet */
  readonly revision: string | undefined;
  readonly files: readonly HeldFile[];
}

export async function heldFiles(shelf: Pick<Shelf, 'keys' | 'look'>, id: string): Promise<HeldFile[]> {
  const start = keysOf(id);
  const files: HeldFile[] = [];
  for (const key of await shelf.keys(start)) {
    const [, revision, path] = /^([^/]+)\/(.+)$/.exec(key.slice(start.length)) ?? [];
    if (revision === undefined || path === undefined) continue; // the pin
    const found = await shelf.look(key);
    if (found === undefined) continue;
    if (found.name === 'absent') files.push({ revision, path, bytes: undefined });
    else {
      const { bytes, sha256 } = found;
      files.push({ revision, path, bytes, ...(sha256 === undefined ? {} : { sha256 }) });
    }
  }
  return files;
}
