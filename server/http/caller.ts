/** Who asked, as far as the routes need to know: set by the hook that checks keys, nobody where there is none. */
import type { FastifyRequest } from 'fastify';
import type { ServedModel } from '../service/port.ts';
import type { Tenant } from '../tenants/port.ts';

/** Something of the caller's that counts until it is given back. */
export interface Held {
  /** of the job or session */
  readonly id: string;
  /**
   * Reserves what a file holds, as far as that can be told without decoding it; undefined: a file that is yet to be
   * fetched. Throws `quota_used`.
   */
  measure(path: string | undefined): Promise<void>;
  /** What was read of it is counted, and it is held no longer. Idempotent; never rejects. */
  release(): Promise<void>;
  /** aborted when its key is no longer valid */
  readonly revoked: AbortSignal;
}

export interface Caller {
  readonly tenant: Tenant;
  /** One more job. Throws `too_many_jobs`, or `quota_used` where nothing is left of the day. */
  holdJob(): Promise<Held>;
  /** One more live session. Throws `too_many_sessions` or `quota_used`. */
  holdSession(): Promise<Held>;
}

const callers = new WeakMap<FastifyRequest, Caller>();

export const setCaller = (request: FastifyRequest, caller: Caller): void => void callers.set(request, caller);

export const callerOf = (request: FastifyRequest): Caller | undefined => callers.get(request);

/** For the service: whose it is. */
export function ownerOf(request: FastifyRequest): { readonly tenant?: Tenant } {
  const tenant = callers.get(request)?.tenant;
  return tenant === undefined ? {} : { tenant };
}

/** The models that the caller may use: the others are not there. */
export function modelsFor(
  request: FastifyRequest,
  { models }: { readonly models: readonly ServedModel[] },
): readonly ServedModel[] {
  const allowed = callers.get(request)?.tenant.allowedModels;
  return allowed === undefined ? models : models.filter(({ id }) => allowed.includes(id));
}

/** A file may be as large as both the server and the key allow. */
export function largestFor(request: FastifyRequest, maxBytes: number): number {
  return Math.min(maxBytes, callers.get(request)?.tenant.limits.uploadBytes ?? maxBytes);
}
