/** One file over HTTP into one on disk: taken up again where it stopped, counted, and checked. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { SottoError } from '../../shared/errors.ts';

export interface FileFacts {
  readonly size?: number | undefined;
  /** 64 hex digits */
  readonly sha256?: string | undefined;
}

export interface Download {
  readonly url: string;
  /** of the finished file; what is not finished lies beside it as `.part` */
  readonly path: string;
  readonly expected: FileFacts;
  readonly signal: AbortSignal;
  readonly onBytes: (loaded: number, total: number | undefined) => void;
  /** without a byte for so long it is given up */
  readonly stallMs: number;
}

/**
 * Resolves with what was written, or undefined where the source has no such file. Throws SottoError: `cancelled`,
 * `model_offline`, `model_source_failed`, `model_incomplete`. What came before a broken connection is kept.
 */
export async function download(asked: Download): Promise<Required<FileFacts> | undefined> {
  const { url, path, signal, stallMs } = asked;
  const part = `${path}.part`;
  const stalled = new AbortController();
  const watched = AbortSignal.any([signal, stalled.signal]);
  let timer = setTimeout(() => stalled.abort(), stallMs);
  const alive = () => {
    clearTimeout(timer);
    timer = setTimeout(() => stalled.abort(), stallMs);
  };
  try {
    const here = await sizeOf(part);
    const response = await ask(url, here, watched);
    if (response === undefined) return undefined;
    const resumed = response.status === 206;
    let loaded = resumed ? here : 0;
    const facts = factsOf(response, loaded, asked.expected);
    const body = response.body;
    if (body === null) throw new SottoError('model_incomplete', url);
    asked.onBytes(loaded, facts.size);
    await pipeline(
      Readable.fromWeb(body as import('node:stream/web').ReadableStream),
      async function* count(chunks: AsyncIterable<Uint8Array>) {
        for await (const chunk of chunks) {
          alive();
          loaded += chunk.length;
          asked.onBytes(loaded, facts.size);
          yield chunk;
        }
      },
      createWriteStream(part, { flags: resumed ? 'a' : 'w' }),
      { signal: watched },
    );
    const written = await check(url, part, facts);
    await rename(part, path);
    return written;
  } catch (thrown) {
    if (signal.aborted) throw new SottoError('cancelled', undefined, { cause: thrown });
    if (stalled.signal.aborted)
      throw new SottoError('model_source_failed', `${url} stalled`, { cause: thrown });
    throw thrown instanceof SottoError ? thrown : new SottoError('model_incomplete', url, { cause: thrown });
  } finally {
    clearTimeout(timer);
  }
}

async function ask(url: string, from: number, signal: AbortSignal): Promise<Response | undefined> {
  let response: Response;
  try {
    response = await fetch(url, { signal, headers: from > 0 ? { range: `bytes=${from}-` } : {} });
  } catch (thrown) {
    throw new SottoError('model_offline', url, { cause: thrown });
  }
  const page = /^text\/html\b/i.test(response.headers.get('content-type') ?? '');
  if (response.ok && !page) return response;
  await response.body?.cancel();
  // More than there is was here: it is not the beginning of that file.
  if (response.status === 416 && from > 0) return ask(url, 0, signal);
  const missing =
    [404, 410].includes(response.status) || response.headers.get('x-error-code')?.endsWith('NotFound');
  if (page || missing === true) return undefined;
  throw new SottoError('model_source_failed', `${url} answered ${response.status}`);
}

function factsOf({ headers, status }: Response, loaded: number, expected: FileFacts): FileFacts {
  const plain = (headers.get('content-encoding') ?? 'identity') === 'identity';
  const length = plain ? headers.get('content-length') : null;
  const said = length === null ? undefined : Number(length) + (status === 206 ? loaded : 0);
  return { size: expected.size ?? said, sha256: expected.sha256 };
}

/** A file that is not what was said is thrown away: half of another file cannot be completed. */
async function check(url: string, path: string, { size, sha256 }: FileFacts): Promise<Required<FileFacts>> {
  const bytes = await sizeOf(path);
  // Too short: the rest can still come.
  if (size !== undefined && bytes < size)
    throw new SottoError('model_incomplete', `${url}: ${bytes} of ${size} bytes`);
  const digest = await sha256Of(path);
  const wrong =
    size !== undefined && bytes > size
      ? `${bytes} instead of ${size} bytes`
      : sha256 !== undefined && digest !== sha256
        ? `SHA-256 is ${digest}`
        : undefined;
  if (wrong !== undefined) {
    await rm(path, { force: true });
    throw new SottoError('model_incomplete', `${url}: ${wrong}`);
  }
  return { size: bytes, sha256: digest };
}

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

export async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    // Not there: nothing of it is here.
    return 0;
  }
}
