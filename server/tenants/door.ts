/** Before any route: whose request it is, whether its key may do that, and how often. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { SottoError } from '../../shared/errors.ts';
import { ApiError } from '../http/api-error.ts';
import { type Caller, setCaller } from '../http/caller.ts';
import { originOf } from '../http/cors.ts';
import { prefersAsync } from '../http/gate.ts';
import { keyOf } from '../http/presented-key.ts';
import type { Key, RateAnswer, Scope } from './port.ts';
import { leftHeader, policyHeader } from './rate-headers.ts';
import { isOpen, scopesOf } from './route-scopes.ts';
import type { Tenancy } from './tenancy.ts';

/** Short-lived secrets that a key gave to a page. */
export interface Guests {
  /** Whose guest it is, where it is one; `live` is all that it may do. */
  hostOf(secret: string): Promise<string | undefined>;
}

export interface DoorOptions {
  readonly tenancy: Tenancy;
  readonly guests?: Guests;
  /** id of the key that the server's own page counts for */
  readonly pageKey?: string | undefined;
  /** who may see /metrics and /health */
  readonly watch?: 'key' | 'open';
}

const GUEST_SCOPES: readonly Scope[] = ['live'];

/** For every route that is registered on `app` from now on. */
export function door(app: FastifyInstance, { tenancy, guests, pageKey, watch = 'key' }: DoorOptions): void {
  /** Without a secret of its own, on a key's behalf. */
  async function guestOf(id: string): Promise<Key> {
    const key = await tenancy.again(id);
    return { ...key, scopes: key.scopes.filter((scope) => GUEST_SCOPES.includes(scope)) };
  }

  async function whose(request: FastifyRequest): Promise<Key> {
    const secret = keyOf(request);
    if (secret === undefined) {
      if (pageKey === undefined || !isFromOwnPage(request)) throw new SottoError('key_missing');
      return guestOf(pageKey);
    }
    const host = await guests?.hostOf(secret);
    return host === undefined ? tenancy.check(secret) : guestOf(host);
  }

  app.addHook('onRequest', async (request, reply) => {
    const route = request.routeOptions.url ?? '';
    // A browser asks before it may send a key.
    if (request.method === 'OPTIONS' || isOpen(route, watch)) return;
    const key = await whose(request);
    checkOrigin(request, key);
    const requests = await countRequest(tenancy, key);
    tellLimits(reply, key, requests);
    if (requests?.granted === false) {
      throw new ApiError('rate_limited', `${key.limits.requestsPerMinute} a minute`, {
        retryMs: requests.resetMs,
      });
    }
    checkScopes(key, scopesOf(route, prefersAsync(request)));
    setCaller(request, callerOf(tenancy, key, reply, requests));
  });
}

/** As far as a browser says; a program can say the same, which is why the page's key has limits. */
function isFromOwnPage(request: FastifyRequest): boolean {
  const origin = originOf(request, []);
  return origin === 'same' || (origin === 'none' && request.headers['sec-fetch-site'] === 'same-origin');
}

/** It binds pages: a browser says truly where a page is from. Programs say nothing, or whatever they like. */
function checkOrigin(request: FastifyRequest, { allowedOrigins }: Key): void {
  if (allowedOrigins === undefined) return;
  const origin = originOf(request, allowedOrigins);
  if (origin !== 'none' && origin !== 'allowed') throw new ApiError('origin_refused', 'with this key');
}

function checkScopes(key: Key, wanted: readonly Scope[]): void {
  const missing = wanted.find((scope) => !key.scopes.includes(scope));
  if (missing !== undefined) throw new ApiError('scope_missing', `it needs the scope ${missing}`);
}

async function countRequest({ limits }: Tenancy, key: Key): Promise<RateAnswer | undefined> {
  const most = key.limits.requestsPerMinute;
  return most === undefined ? undefined : limits.takeRequest(key.id, most);
}

function tellLimits(reply: FastifyReply, { limits }: Key, requests: RateAnswer | undefined): void {
  const policy = policyHeader(limits);
  if (policy !== undefined) reply.header('ratelimit-policy', policy);
  const left = leftHeader(requests === undefined ? {} : { requests });
  if (left !== undefined) reply.header('ratelimit', left);
}

function callerOf(tenancy: Tenancy, key: Key, reply: FastifyReply, requests: RateAnswer | undefined): Caller {
  const hold = (kind: 'job' | 'session') => async () => {
    const { held, audio } = await tenancy.hold(kind, key);
    const left = leftHeader({ audio, ...(requests === undefined ? {} : { requests }) });
    if (left !== undefined) reply.header('ratelimit', left);
    return held;
  };
  return { tenant: key, holdJob: hold('job'), holdSession: hold('session') };
}
