/** Where recordings lie for workers on other machines, from before a job is accepted until it was read. */
import { constants } from 'node:fs';
import { copyFile, link, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SottoError } from '../../shared/errors.ts';
import { syncFile } from '../jobs/sync-file.ts';

export interface Blobs {
  /** Durable when it resolves. What is at `path` stays. */
  put(id: string, path: string): Promise<void>;
  /** A file on this machine with it, until `done` is called. Rejects `file_unreadable`: it is not there, or not to be had now. */
  open(id: string, signal: AbortSignal): Promise<OpenBlob>;
  /** Idempotent. */
  remove(id: string): Promise<void>;
  /** Ids of those that were put more than `ms` ago. */
  older(ms: number): Promise<readonly string[]>;
}

export type BlobPlace =
  | { readonly kind: 'folder'; readonly folder: string }
  /** `prefix` ends with a slash, or is empty */
  | { readonly kind: 's3'; readonly bucket: string; readonly prefix: string };

export interface OpenBlob {
  readonly path: string;
  /** Idempotent. */
  done(): Promise<void>;
}

/** A folder that all machines share (NFS and the like); made where it is missing, for this user only. */
export async function folderBlobs(folder: string): Promise<Blobs> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const pathOf = (id: string) => join(folder, id);
  return {
    async put(id, path) {
      const part = join(folder, `${id}.part`);
      try {
        await linkOrCopy(path, part);
        await syncFile(part);
        await rename(part, pathOf(id));
        await syncFile(folder);
      } catch (error) {
        await rm(part, { force: true });
        throw error;
      }
    },
    async open(id) {
      const path = pathOf(id);
      const found = await stat(path).then(
        (stats) => stats.isFile(),
        () => false,
      );
      if (!found)
        throw new SottoError('file_unreadable', 'the recording is not in the folder of all machines');
      return { path, done: async () => undefined };
    },
    async remove(id) {
      await Promise.all([pathOf(id), join(folder, `${id}.part`)].map((path) => rm(path, { force: true })));
    },
    async older(ms) {
      const before = Date.now() - ms;
      const ids: string[] = [];
      for (const name of await readdir(folder)) {
        const stats = await stat(join(folder, name)).catch(() => undefined);
        if (stats !== undefined && stats.ctimeMs < before) ids.push(name.replace(/\.part$/, ''));
      }
      return [...new Set(ids)];
    },
  };
}

/** The same file under a second name where both are on one file system. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  await rm(to, { force: true });
  try {
    await link(from, to);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && ELSEWHERE.includes(String(error.code)))) throw error;
    await copyFile(from, to, constants.COPYFILE_FICLONE);
  }
}

/** Another file system, or one without hard links. */
const ELSEWHERE: readonly string[] = ['EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK', 'ENOSYS'];
