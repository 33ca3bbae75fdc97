/** Requests to addresses that callers name: resolved once, checked, then connected to exactly that address. */
import { lookup } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { Agent, type Dispatcher, request } from 'undici';
import { SottoError } from '../../shared/errors.ts';
import { checkUrl, hostOf, isPublic } from './address-rules.ts';

export interface OutboundOptions {
  /** for a trusted network and for tests */
  readonly allowPrivate: boolean;
  /** all addresses of a name; the system's resolver unless given */
  readonly resolve?: (hostname: string) => Promise<readonly string[]>;
}

export interface OutboundRequest {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

export type OutboundAnswer = Pick<Dispatcher.ResponseData, 'statusCode' | 'headers' | 'body'>;

export interface Outbound {
  check(url: string): URL;
  /**
   * One exchange, no redirects followed. `use` must read or destroy the body; the connection ends with it. Throws
   * `address_refused`, or what went wrong with the connection.
   */
  exchange<Result>(asked: OutboundRequest, use: (answer: OutboundAnswer) => Promise<Result>): Promise<Result>;
}

/** To connect, and until the head of the answer. */
const PATIENCE_MS = 10_000;

export function createOutbound({ allowPrivate, resolve = resolveAll }: OutboundOptions): Outbound {
  const check = (url: string) => checkUrl(url, allowPrivate);

  /** All addresses of a name must be public: one that is not is no accident. */
  async function addressOf(url: URL): Promise<string> {
    const host = hostOf(url);
    const addresses = ipaddr.isValid(host) ? [host] : await resolve(host);
    const [first] = addresses;
    if (first === undefined) throw new Error('the name has no address');
    if (!allowPrivate && !addresses.every(isPublic)) throw new SottoError('address_refused');
    return first;
  }

  return {
    check,
    async exchange({ url, method, headers, body, signal }, use) {
      const checked = check(url);
      const address = await unlessAborted(addressOf(checked), signal);
      const dispatcher = new Agent({
        connect: { lookup: always(address), timeout: PATIENCE_MS },
        headersTimeout: PATIENCE_MS,
        bodyTimeout: PATIENCE_MS,
        maxHeaderSize: 16_384,
        pipelining: 0,
      });
      try {
        const answer = await request(checked, {
          dispatcher,
          method,
          headers,
          signal,
          ...(body === undefined ? {} : { body }),
        });
        // What nobody reads any more may still break.
        answer.body.on('error', () => undefined);
        return await use(answer);
      } finally {
        await dispatcher.destroy();
      }
    },
  };
}

const resolveAll = async (hostname: string): Promise<string[]> =>
  (await lookup(hostname, { all: true })).map(({ address }) => address);

/** A name may have another address the next time it is asked for (DNS rebinding): it is not asked again. */
function always(address: string): LookupFunction {
  const family = ipaddr.parse(address).kind() === 'ipv6' ? 6 : 4;
  return (_hostname, { all }, callback) => {
    if (all) callback(null, [{ address, family }]);
    else callback(null, address, family);
  };
}

function unlessAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
