/** Models in folders on this machine: found, whole, and read by path. */
import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelFile } from '../../shared/asr/catalogue.ts';
import { SottoError } from '../../shared/errors.ts';
import { isWholeOnnx } from './onnx-frame.ts';

/** `name` or `owner/name`, as the hub has them: no part can climb out of its folder. */
const MODEL_ID = /^[\w-][\w.-]*(\/[\w-][\w.-]*)?$/;

export type ReadModelFile = (path: string) => Promise<Uint8Array | undefined>;

/**
 * The reader of a model: of the first folder that has all its files. Throws `model_unknown` for a name that is none,
 * `model_not_found` with the first file that is missing, `model_incomplete` with one that was cut off.
 */
export async function openModelFiles(
  folders: readonly string[],
  model: string,
  files: readonly ModelFile[],
): Promise<ReadModelFile> {
  const home = await modelHome(folders, model, files);
  const paths = new Set(files.map(({ path }) => path));
  return async (path) => {
    // The loader asks for what the catalogue lists; nothing else is for it.
    if (!paths.has(path)) return undefined;
    return unlessMissing(() => readFile(join(home, path)));
  };
}

/** The absolute folder of the model's files. Throws as `openModelFiles` does. */
export async function modelHome(
  folders: readonly string[],
  model: string,
  files: readonly ModelFile[],
): Promise<string> {
  if (!MODEL_ID.test(model)) throw new SottoError('model_unknown', model.slice(0, 100));
  let missing: string | undefined;
  for (const folder of folders) {
    const home = join(folder, model);
    const absent = await firstAbsent(home, files);
    if (absent === undefined) {
      await checkWhole(home, model, files);
      return home;
    }
    // A folder that has some of it says more of what is wrong than one that has nothing.
    if (missing === undefined || (await exists(home))) missing = absent;
  }
  throw new SottoError('model_not_found', `${model}/${missing ?? ''}`);
}

/**
 * Changes whenever the operator put, replaced or removed one of the model's files: names, sizes and times of change.
 */
export async function modelFingerprint(
  folders: readonly string[],
  model: string,
  files: readonly ModelFile[],
): Promise<string> {
  if (!MODEL_ID.test(model)) return '';
  const seen = folders.flatMap((folder) => files.map(({ path }) => join(folder, model, path)));
  const stats = await Promise.all(seen.map((path) => unlessMissing(() => stat(path))));
  return stats.map((found) => (found === undefined ? '-' : `${found.size}@${found.mtimeMs}`)).join(' ');
}

async function firstAbsent(home: string, files: readonly ModelFile[]): Promise<string | undefined> {
  for (const { path, optional } of files) {
    if (!optional && !(await exists(join(home, path)))) return path;
  }
  return undefined;
}

async function checkWhole(home: string, model: string, files: readonly ModelFile[]): Promise<void> {
  for (const { path } of files) {
    const file = join(home, path);
    const whole = path.endsWith('.onnx') ? await isWholeFile(file) : await isWholeJson(file);
    if (!whole) throw new SottoError('model_incomplete', `${model}/${path}`);
  }
}

async function isWholeFile(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    return await isWholeOnnx(
      size,
      async (position, bytes) => (await file.read(bytes, { position })).bytesRead,
    );
  } finally {
    await file.close();
  }
}

async function isWholeJson(path: string): Promise<boolean> {
  const text = await unlessMissing(() => readFile(path, 'utf8'));
  if (text === undefined) return true;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const exists = async (path: string) => (await unlessMissing(() => stat(path))) !== undefined;

async function unlessMissing<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new SottoError('model_load_failed', String(code ?? thrown), { cause: thrown });
  }
}
