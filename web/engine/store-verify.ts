/** Whether kept files are still as they came. */
import { SottoError } from '../../shared/errors.ts';
import { sha256 } from './store-digest.ts';
import type { HeldFile } from './store-held.ts';

/** `length`: only that could be compared, since no digest was noted or can be made here. */
export type FileVerdict = 'same' | 'length' | 'damaged';

export interface VerifiedFile {
  readonly path: string;
  readonly verdict: FileVerdict;
}

export interface VerifyOptions {
  readonly signal?: AbortSignal;
  /** called before each file: how many are done, of how many */
  readonly onFile?: (done: number, total: number) => void;
}

/** One file in memory at a time. Throws `cancelled`. */
export async function verifyFiles(
  files: readonly HeldFile[],
  read: (file: HeldFile) => Promise<Uint8Array<ArrayBuffer> | undefined>,
  { signal, onFile }: VerifyOptions = {},
): Promise<readonly VerifiedFile[]> {
  const there = files.filter(({ bytes }) => bytes !== undefined);
  const verified: VerifiedFile[] = [];
  for (const file of there) {
    if (signal?.aborted) throw new SottoError('cancelled');
    onFile?.(verified.length, there.length);
    const bytes = await read(file).catch(() => undefined); // unreadable is damaged
    verified.push({ path: file.path, verdict: await verdictOf(file, bytes) });
  }
  onFile?.(there.length, there.length);
  return verified;
}

async function verdictOf(file: HeldFile, bytes: Uint8Array<ArrayBuffer> | undefined): Promise<FileVerdict> {
  if (bytes === undefined || bytes.length !== file.bytes) return 'damaged';
  if (file.sha256 === undefined) return 'length';
  const digest = await sha256(bytes);
  if (digest === undefined) return 'length';
  return digest === file.sha256 ? 'same' : 'damaged';
}
