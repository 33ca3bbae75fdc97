/** One file over HTTP: streamed, counted, checked to be whole, its failures named. */
import { SottoError } from '../../shared/errors.ts';
import { sha256 } from './store-digest.ts';

export interface DownloadOptions {
  readonly signal: AbortSignal;
  /** what is known of the file beforehand; the answer's own headers add to it */
  readonly expected: FileFacts;
  /** bytes so far, and the whole length once known */
  readonly onBytes: (loaded: number, total: number | undefined) => void;
  /** without a byte for so long it is given up */
  readonly stallMs: number;
  readonly init: RequestInit;
  readonly onAsked?: TellAsked | undefined;
}

/** A request went to `host`, or so many bytes came back from there. */
export interface Asked {
  readonly host: string;
  readonly requests: number;
  readonly bytes: number;
}

export type TellAsked = (asked: Asked) => void;

export interface FileFacts {
  readonly size?: number;
  /** 64 hex digits */
  readonly sha256?: string;
}

/**
 * The file, or undefined when the source does not have it (404, or a page of HTML in its place).
 * Throws SottoError: `cancelled`, `model_offline`, `model_source_failed`, `model_incomplete`.
 */
export function download(
  url: string,
  { signal, expected, onBytes, stallMs, init, onAsked }: DownloadOptions,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  return unlessStalled(signal, stallMs, url, async (watched, alive) => {
    const response = await request(url, { ...init, signal: watched }, onAsked);
    if (response === undefined) return undefined;
    const facts = { ...factsOf(response), ...expected };
    let came = 0;
    try {
      const bytes = await collect(response, facts.size, (loaded) => {
        came = loaded;
        alive();
        onBytes(loaded, facts.size);
      });
      await check(url, bytes, facts);
      return bytes;
    } finally {
      if (came > 0) onAsked?.({ host: new URL(response.url).host, requests: 0, bytes: came });
    }
  });
}

/** Work that calls `alive` while it gets on; ended after `stallMs` without, as `model_source_failed`. */
export async function unlessStalled<T>(
  signal: AbortSignal,
  stallMs: number,
  url: string,
  work: (signal: AbortSignal, alive: () => void) => Promise<T>,
): Promise<T> {
  const stalled = new AbortController();
  const start = () => setTimeout(() => stalled.abort(), stallMs);
  let timer = start();
  const alive = () => {
    clearTimeout(timer);
    timer = start();
  };
  try {
    return await work(AbortSignal.any([signal, stalled.signal]), alive);
  } catch (thrown) {
    if (signal.aborted) throw new SottoError('cancelled', undefined, { cause: thrown });
    if (stalled.signal.aborted) {
      throw new SottoError('model_source_failed', `${url} stalled`, { cause: thrown });
    }
    throw thrown;
  } finally {
    clearTimeout(timer);
  }
}

/** The answer when it holds a file, undefined when there is none. Reads no body. */
export async function request(
  url: string,
  init: RequestInit,
  onAsked?: TellAsked,
): Promise<Response | undefined> {
  const { host } = new URL(url);
  let response: Response;
  onAsked?.({ host, requests: 1, bytes: 0 });
  try {
    response = await fetch(url, init);
  } catch (thrown) {
    throw new SottoError('model_offline', url, { cause: thrown });
  }
  // Sent on to where the hub keeps its large files.
  const last = response.url === '' ? host : new URL(response.url).host;
  if (last !== host) onAsked?.({ host: last, requests: 1, bytes: 0 });
  if (response.ok && !isPage(response)) return response;
  await response.body?.cancel();
  if (response.ok || isMissing(response)) return undefined;
  throw new SottoError('model_source_failed', `${url} answered ${response.status}`);
}

/** A site that answers every address with its start page. */
function isPage(response: Response): boolean {
  return /^text\/html\b/i.test(response.headers.get('content-type') ?? '');
}

/** The hub answers 401 for a model that does not exist and says so in a header of its own. */
function isMissing(response: Response): boolean {
  return (
    response.status === 404 ||
    response.status === 410 ||
    /NotFound$/.test(response.headers.get('x-error-code') ?? '')
  );
}

/**
 * What the headers say of the whole file. A plain content-length counts only where the body is sent as it is; a plain
 * etag only where the hub itself answers (anyone else's may be anything), and not for what it keeps in a store with
 * hashes of its own.
 */
export function factsOf({ headers, redirected }: Response): FileFacts {
  const encoded = (headers.get('content-encoding') ?? 'identity') !== 'identity';
  const size = headers.get('x-linked-size') ?? (encoded ? null : headers.get('content-length'));
  const direct = headers.has('x-repo-commit') && !headers.has('x-xet-hash') && !redirected;
  const sha256 = sha256Of(headers.get('x-linked-etag') ?? (direct ? headers.get('etag') : null));
  return {
    ...(size === null ? {} : { size: Number(size) }),
    ...(sha256 === undefined ? {} : { sha256 }),
  };
}

function sha256Of(etag: string | null): string | undefined {
  return /^(?:W\/)?"?([0-9a-f]{64})"?$/i.exec(etag ?? '')?.[1]?.toLowerCase();
}

async function collect(
  response: Response,
  size: number | undefined,
  onBytes: (loaded: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  let buffer = new Uint8Array(size ?? 65_536);
  let loaded = 0;
  const reader = response.body?.getReader();
  if (reader === undefined) return new Uint8Array(0);
  onBytes(0);
  for (;;) {
    const { done, value } = await readChunk(reader, response.url);
    if (done) return loaded === buffer.length ? buffer : buffer.slice(0, loaded);
    if (loaded + value.length > buffer.length) {
      const larger = new Uint8Array(Math.max(2 * buffer.length, loaded + value.length));
      larger.set(buffer.subarray(0, loaded));
      buffer = larger;
    }
    buffer.set(value, loaded);
    loaded += value.length;
    onBytes(loaded);
  }
}

/** A connection that ends early is an error here, too: the body is not whole, whatever the reason. */
async function readChunk(reader: ReadableStreamDefaultReader<Uint8Array>, url: string) {
  try {
    return await reader.read();
  } catch (thrown) {
    const online = globalThis.navigator?.onLine ?? true;
    throw new SottoError(online ? 'model_incomplete' : 'model_offline', url, { cause: thrown });
  }
}

async function check(url: string, bytes: Uint8Array<ArrayBuffer>, expected: FileFacts): Promise<void> {
  // A compressed body's content-length may be that of the compressed form, with nothing to tell it by.
  if (url.endsWith('.json') && parses(bytes)) return;
  if (url.endsWith('.json') || (expected.size !== undefined && bytes.length !== expected.size)) {
    throw new SottoError('model_incomplete', `${url}: ${bytes.length} of ${expected.size ?? '?'} bytes`);
  }
  if (expected.sha256 === undefined) return;
  const digest = await sha256(bytes);
  if (digest !== undefined && digest !== expected.sha256)
    throw new SottoError('model_incomplete', `${url}: SHA-256 is ${digest}`);
}

function parses(bytes: Uint8Array): boolean {
  try {
    JSON.parse(new TextDecoder().decode(bytes));
    return true;
  } catch {
    return false;
  }
}
