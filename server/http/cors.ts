/** Which pages may use /v1. Programs send no Origin and are not asked. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SottoError } from '../../shared/errors.ts';

const EXPOSED =
  'x-request-id, retry-after, retry-after-ms, x-should-retry, location, server-timing, ratelimit, ratelimit-policy';
const METHODS = 'GET, HEAD, POST, PATCH, DELETE, OPTIONS';
const DAY = '86400';

type Asked = Pick<FastifyRequest, 'headers'>;

/**
 * `same`: the page itself. A browser says so in sec-fetch-site, which no page can forge, also where a proxy
 * changed the host. `other`: a page that was not allowed; its form could be sent without asking first.
 */
export function originOf(
  { headers }: Asked,
  allowed: readonly string[],
): 'none' | 'same' | 'allowed' | 'other' {
  const { origin } = headers;
  if (origin === undefined) return 'none';
  if (allowed.includes('*') || allowed.includes(origin)) return 'allowed';
  if (headers['sec-fetch-site'] === 'same-origin') return 'same';
  return URL.canParse(origin) && new URL(origin).host === headers.host ? 'same' : 'other';
}

/** Throws `origin_refused`. */
export function cors(request: FastifyRequest, reply: FastifyReply, allowed: readonly string[]): void {
  if (allowed.length > 0) reply.header('vary', 'Origin');
  const origin = originOf(request, allowed);
  if (origin === 'other') throw new SottoError('origin_refused');
  if (origin !== 'allowed') return;
  reply.headers({
    'access-control-allow-origin': allowed.includes('*') ? '*' : request.headers.origin,
    'access-control-expose-headers': EXPOSED,
    // The page's policy would keep the answer from the page that was just allowed.
    'cross-origin-resource-policy': 'cross-origin',
  });
}

/** The answer to a browser's question before a request, and to any other OPTIONS. */
export function preflight(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const headers = request.headers['access-control-request-headers'];
  reply.code(204).header('allow', METHODS);
  if (reply.getHeader('access-control-allow-origin') === undefined) return reply.send();
  return reply
    .headers({
      'access-control-allow-methods': METHODS,
      'access-control-allow-headers': headers !== undefined && /^[\w, -]+$/.test(headers) ? headers : '*',
      'access-control-max-age': DAY,
    })
    .send();
}
