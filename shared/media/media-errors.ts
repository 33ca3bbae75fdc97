/** Which error of the table a failure while opening or decoding is. */
import { type ErrorCode, SottoError, toSottoError } from '../errors.ts';
import type { MediaSource } from './source.ts';

/** How far decoding had come when it failed. */
export type MediaPhase = 'identify' | 'open' | 'read';

/** MP4 sample entries that say "encrypted": common encryption (ISO/IEC 23001-7) and the iTunes store's own. */
const PROTECTED_ENTRIES: ReadonlySet<unknown> = new Set(['enca', 'encv', 'drms', 'drmi']);

export function isProtected(sampleEntry: unknown): boolean {
  return PROTECTED_ENTRIES.has(sampleEntry);
}

export function mediaError(thrown: unknown, source: MediaSource, phase: MediaPhase): SottoError {
  if (thrown instanceof SottoError) return thrown;
  const mapped = toSottoError(thrown, 'corrupt_media');
  if (mapped.code !== 'corrupt_media') return mapped;
  const code = mediaCode(thrown, source, phase);
  return code === 'corrupt_media' ? mapped : new SottoError(code, mapped.detail, { cause: thrown });
}

function mediaCode(thrown: unknown, source: MediaSource, phase: MediaPhase): ErrorCode {
  const { name, message } = nameAndMessage(thrown);
  // the file moved, changed or lost its permission after it was chosen (File API, "snapshot state")
  if (name === 'NotReadableError' || name === 'NotFoundError') {
    return source.kind === 'blob' ? 'file_unreadable' : 'source_unreachable';
  }
  if (/decrypt|encrypt/i.test(message)) return 'protected_media';
  if (name === 'NotSupportedError' && phase === 'open') return 'codec_unsupported';
  return phase === 'identify' ? 'not_media' : 'corrupt_media';
}

function nameAndMessage(thrown: unknown): { name: string; message: string } {
  return thrown instanceof Error
    ? { name: thrown.name, message: thrown.message }
    : { name: '', message: String(thrown) };
}
