/** Builds of pages for tests, made once for what they are made of: several files of tests serve the same page. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

export const REPO = join(import.meta.dirname, '../..');
const HOME = join(REPO, '.cache/pages');
/** What other contents were built into is thrown away after this; a run beside this one may still serve it. */
const KEPT_MS = 60 * 60 * 1000;
/** What every page is made of. */
const ALWAYS = ['web', 'shared', 'vite.config.ts', 'package-lock.json'];

/**
 * A folder with what `build` makes of `sources` (files or folders of the repository) and of web/ and shared/. It is
 * whole whenever it is there: two that build at once cannot disturb each other.
 */
export async function builtOnce(
  name: string,
  sources: readonly string[],
  build: (outDir: string) => Promise<unknown>,
): Promise<string> {
  const stem = `${name}-`;
  const folder = join(HOME, `${stem}${await digest([...ALWAYS, ...sources])}`);
  if (await isThere(folder)) return folder;
  await mkdir(HOME, { recursive: true });
  await forgetOld(stem);
  const making = join(HOME, `making-${randomUUID()}`);
  try {
    await build(making);
    await rename(making, folder);
  } catch (thrown) {
    await rm(making, { recursive: true, force: true });
    // Another one was quicker.
    if (!(await isThere(folder))) throw thrown;
  }
  return folder;
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

async function digest(sources: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const source of sources) {
    const path = join(REPO, source);
    const names = (await stat(path)).isDirectory() ? await filesIn(path) : [''];
    for (const name of names) {
      hash.update(`${source}/${name}\n`);
      hash.update(await readFile(join(path, name)));
    }
  }
  return hash.digest('hex').slice(0, 16);
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => join(parentPath.slice(folder.length), name)).sort();
}

async function forgetOld(stem: string): Promise<void> {
  for (const name of await readdir(HOME)) {
    if (!name.startsWith(stem) && !name.startsWith('making-')) continue;
    const path = join(HOME, name);
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > KEPT_MS) await rm(path, { recursive: true, force: true });
  }
}
