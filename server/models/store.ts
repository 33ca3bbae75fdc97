/** The operator's folder of models: filled from the hub, and checked against what was written into it. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ModelEntry, ModelFile } from '../../shared/asr/catalogue.ts';
import { SottoError } from '../../shared/errors.ts';
import { download, sha256Of, sizeOf } from './download.ts';
import { askHub } from './hub.ts';

/** What was written, for later: the hub is not asked again. */
const RECEIPT = 'sotto-files.json';

interface Receipt {
  readonly revision: string;
  readonly files: Readonly<Record<string, { readonly size: number; readonly sha256: string }>>;
}

export interface PullOptions {
  readonly hub: string;
  /** of model folders */
  readonly folder: string;
  readonly files: readonly ModelFile[];
  readonly signal: AbortSignal;
  readonly onBytes: (path: string, loaded: number, total: number | undefined) => void;
  readonly stallMs?: number;
}

const STALL_MS = 60_000;

/** Throws SottoError as `download` does, and `model_not_found` for a file that must be there. */
export async function pullModel(
  entry: ModelEntry,
  options: PullOptions,
): Promise<{ readonly fetched: number }> {
  const { folder, files, signal, stallMs = STALL_MS } = options;
  const home = join(folder, entry.id);
  const hub = await askHub(options.hub, entry, signal);
  const before = await readReceipt(home);
  const written: Record<string, { size: number; sha256: string }> =
    before?.revision === hub.revision ? { ...before.files } : {};
  let fetched = 0;
  for (const { path, optional } of files) {
    const at = join(home, path);
    const known = written[path];
    if (known !== undefined && (await sizeOf(at)) === known.size) continue;
    await mkdir(dirname(at), { recursive: true });
    const facts = await download({
      url: hub.url(path),
      path: at,
      expected: hub.facts.get(path) ?? {},
      signal,
      stallMs,
      onBytes: (loaded, total) => options.onBytes(path, loaded, total),
    });
    if (facts === undefined && !optional) throw new SottoError('model_not_found', `${entry.id}/${path}`);
    if (facts === undefined) continue;
    fetched += 1;
    written[path] = { size: facts.size ?? 0, sha256: facts.sha256 ?? '' };
    // After each file: what is whole now need not come again.
    await writeReceipt(home, { revision: hub.revision, files: written });
  }
  return { fetched };
}

/** What is wrong with the files, one line each; [] when all are as they were written. Undefined: there is no receipt. */
export async function verifyReceipt(home: string): Promise<readonly string[] | undefined> {
  const receipt = await readReceipt(home);
  if (receipt === undefined) return undefined;
  const wrong: string[] = [];
  for (const [path, { size, sha256 }] of Object.entries(receipt.files)) {
    const at = join(home, path);
    const bytes = await sizeOf(at);
    if (bytes !== size) wrong.push(`${path}: ${bytes} instead of ${size} bytes`);
    else if ((await sha256Of(at)) !== sha256) wrong.push(`${path}: its content has changed`);
  }
  return wrong;
}

async function readReceipt(home: string): Promise<Receipt | undefined> {
  try {
    const found: unknown = JSON.parse(await readFile(join(home, RECEIPT), 'utf8'));
    return typeof found === 'object' && found !== null && 'files' in found ? (found as Receipt) : undefined;
  } catch {
    // None, or none that can be read: all is fetched or looked at anew.
    return undefined;
  }
}

async function writeReceipt(home: string, receipt: Receipt): Promise<void> {
  await writeFile(join(home, RECEIPT), `${JSON.stringify(receipt, null, 1)}\n`);
}
