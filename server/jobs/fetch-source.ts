/** A recording that is named by its address, fetched into a file within bounds of size, time and redirects. */
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { SottoError, toSottoError } from '../../shared/errors.ts';
import type { Clock } from '../../shared/queue/port.ts';
import type { Outbound, OutboundAnswer } from './outbound.ts';

export interface FetchLimits {
  readonly maxBytes: number;
  /** all of it, redirects included, in milliseconds */
  readonly totalMs: number;
}

export type FetchSource = (url: string, to: string, signal: AbortSignal) => Promise<void>;

const MAX_REDIRECTS = 5;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];
const HEADERS = {
  accept: 'audio/*, video/*, */*;q=0.5',
  'accept-encoding': 'identity',
  'user-agent': 'Sotto',
};

/**
 * Resolves when the file is whole. Rejects with `address_refused`, `too_large`, `source_failed` or `cancelled`; no
 * file is left then. No message holds the address.
 */
export function createFetchSource(outbound: Outbound, limits: FetchLimits, clock: Clock): FetchSource {
  return async (url, to, signal) => {
    const late = new AbortController();
    const stopTimer = clock.after(limits.totalMs, () => late.abort());
    try {
      await follow(url, to, AbortSignal.any([signal, late.signal]));
    } catch (thrown) {
      await rm(to, { force: true });
      if (signal.aborted) throw toSottoError(signal.reason, 'cancelled');
      if (late.signal.aborted) throw new SottoError('source_failed', 'it took too long');
      throw thrown instanceof SottoError ? thrown : failed(thrown);
    } finally {
      stopTimer();
    }
  };

  async function follow(url: string, to: string, signal: AbortSignal): Promise<void> {
    let at = url;
    for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
      const next = await outbound.exchange({ url: at, method: 'GET', headers: HEADERS, signal }, (answer) =>
        take(answer, at, to, limits, signal),
      );
      if (next === undefined) return;
      at = next;
    }
    throw new SottoError('source_failed', 'too many redirects');
  }
}

/** The next address of a redirect; undefined when the file is whole. */
async function take(
  { statusCode, headers, body }: OutboundAnswer,
  at: string,
  to: string,
  { maxBytes }: FetchLimits,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { location } = headers;
  if (REDIRECTS.includes(statusCode) && typeof location === 'string') {
    body.destroy();
    if (!URL.canParse(location, at)) throw new SottoError('source_failed', 'a redirect to no address');
    return new URL(location, at).href;
  }
  if (statusCode !== 200) {
    body.destroy();
    throw new SottoError('source_failed', `it answered ${statusCode}`);
  }
  const tooLarge = () => new SottoError('too_large', `the limit is ${Math.round(maxBytes / 2 ** 20)} MB`);
  if (Number(headers['content-length'] ?? 0) > maxBytes) {
    body.destroy();
    throw tooLarge();
  }
  let bytes = 0;
  const bound = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      done(bytes > maxBytes ? tooLarge() : null, chunk);
    },
  });
  await pipeline(body, bound, createWriteStream(to, { mode: 0o600 }), { signal });
  if (bytes === 0) throw new SottoError('empty_file');
  return undefined;
}

/** What Node and undici say may hold the address: the code alone is kept. */
function failed(thrown: unknown): SottoError {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'no connection';
  return new SottoError('source_failed', code);
}
