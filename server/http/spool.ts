/** Where uploads lie while they are read: a private folder of this process, with random names, swept of leftovers. */
import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export interface Spool {
  readonly folder: string;
  /** Rejects with what broke the stream or the disk; nothing is left then. */
  write(source: Readable): Promise<SpooledFile>;
  /** Deletes the folder and all in it. */
  close(): Promise<void>;
}

export interface SpooledFile {
  readonly path: string;
  readonly bytes: number;
  /** hex */
  readonly sha256: string;
  /** Idempotent. */
  remove(): Promise<void>;
}

const PREFIX = 'sotto-uploads';

/** A new folder in `parent` (mode 0700); folders of processes that are no more are deleted first. */
export async function openSpool(parent: string): Promise<Spool> {
  await sweep(parent);
  const folder = await mkdtemp(join(parent, `${PREFIX}-${process.pid}-${await startOf(process.pid)}-`));
  return {
    folder,
    write: (source) => spoolFile(join(folder, randomUUID()), source),
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

async function spoolFile(path: string, source: Readable): Promise<SpooledFile> {
  const hash = createHash('sha256');
  let bytes = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      hash.update(chunk);
      done(null, chunk);
    },
  });
  const remove = () => rm(path, { force: true });
  try {
    await pipeline(source, measure, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
  } catch (error) {
    await remove();
    throw error;
  }
  return { path, bytes, sha256: hash.digest('hex'), remove };
}

async function sweep(parent: string): Promise<void> {
  const pattern = new RegExp(`^${PREFIX}-(\\d+)-(\\d+)-\\w+$`);
  for (const name of await readdir(parent)) {
    const [, pid, start] = pattern.exec(name) ?? [];
    if (pid === undefined || (await startOf(Number(pid))) === start) continue;
    const path = join(parent, name);
    const { uid } = await stat(path).catch(() => ({ uid: -1 }));
    if (uid === process.getuid?.()) await rm(path, { recursive: true, force: true });
  }
}

/**
 * When a process started, in ticks since boot; '' when there is none. With the number alone a leftover would look
 * alive in a container, where every server is the same small number. Field 22 of /proc/PID/stat, counted after the
 * name, which may hold blanks.
 */
async function startOf(pid: number): Promise<string> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    // No /proc (not Linux): whether it lives is all that can be known.
    return process.platform !== 'linux' && lives(pid) ? '0' : '';
  }
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
