/** Versions of the built app, as an operator publishes them one after the other. */
import { createHash } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const BUILT = join(import.meta.dirname, '../../../dist/web');

export interface Published {
  readonly folder: string;
  /** Another version takes the place of this one: its page says `name`, and this one's `dropped` part is gone. */
  next(name: string, dropped: RegExp): Promise<string>;
  remove(): Promise<void>;
}

/** A copy of what was built, to be changed. */
export async function publish(): Promise<Published> {
  const folder = await mkdtemp(join(tmpdir(), 'sotto-version-'));
  await cp(BUILT, folder, { recursive: true });
  const read = (file: string) => readFile(join(folder, file), 'utf8');
  return {
    folder,
    async next(name, dropped) {
      const before = await read('index.html');
      const page = before.replace('<head>', `<head><meta name="version" content="${name}" />`);
      const worker = await read('sw.js');
      const part = (await readdir(join(folder, 'assets'))).find((file) => dropped.test(file)) ?? '';
      const now = worker
        .replaceAll(sha256(before), sha256(page))
        .replaceAll(/(version:[`"])\w{16}/g, `$1${sha256(name).slice(0, 16)}`)
        // The list is one text where that is shorter.
        .replaceAll(new RegExp(`[\`"]/assets/${part}[\`"],|/assets/${part},`, 'g'), '');
      if (part === '' || now.includes(part) || now.includes(sha256(before)))
        throw new Error('nothing of it changed');
      await writeFile(join(folder, 'index.html'), page);
      await writeFile(join(folder, 'sw.js'), now);
      await rm(join(folder, 'assets', part));
      return `/assets/${part}`;
    },
    remove: () => rm(folder, { recursive: true }),
  };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
