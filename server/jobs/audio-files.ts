/** The recordings of jobs that are not yet read: on the disk before a job is accepted, deleted when it is finished. */
import { copyFile, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFile } from './sync-file.ts';

export interface AudioFiles {
  pathOf(id: string): string;
  /** Where a file that is not whole yet may be written; `adopt` takes it from there. */
  partOf(id: string): string;
  /** Moves a file here; when it resolves, file and folder are on the disk. The other one is gone in any case. */
  adopt(path: string, id: string): Promise<void>;
  /** Idempotent. */
  remove(id: string): Promise<void>;
  /** Deletes all files but those of these jobs. */
  sweep(keep: ReadonlySet<string>): Promise<void>;
}

/** `folder` is made where it is missing, for this user only. */
export async function openAudioFiles(folder: string): Promise<AudioFiles> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const pathOf = (id: string) => join(folder, id);
  const partOf = (id: string) => join(folder, `${id}.part`);
  return {
    pathOf,
    partOf,
    async adopt(path, id) {
      const part = partOf(id);
      try {
        if (path !== part) await move(path, part);
        await syncFile(part);
        await rename(part, pathOf(id));
        await syncFile(folder);
      } catch (error) {
        await Promise.all([path, part, pathOf(id)].map((each) => rm(each, { force: true })));
        throw error;
      }
    },
    async remove(id) {
      await Promise.all([pathOf(id), partOf(id)].map((path) => rm(path, { force: true })));
    },
    async sweep(keep) {
      for (const name of await readdir(folder)) {
        if (!keep.has(name)) await rm(join(folder, name), { force: true });
      }
    },
  };
}

/** Uploads may lie on another file system. */
async function move(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EXDEV')) throw error;
    await copyFile(from, to);
    await rm(from, { force: true });
  }
}
