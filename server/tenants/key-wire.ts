/** Keys as the wire and the command line show them, and as they are asked for. Pure. */
import type {
  ApiKey,
  ApiKeyWithSecret,
  KeyChangeRequest,
  KeyLimits,
  KeyRequest,
} from '../../shared/protocol/http-keys.ts';
import { invalid } from '../http/fields.ts';
import {
  type Key,
  type KeyChange,
  type KeyWithSecret,
  type NewKey,
  NO_LIMITS,
  type Scope,
  type TenantLimits,
} from './port.ts';

export const USUAL_SCOPES: readonly Scope[] = ['transcribe', 'jobs', 'live'];
export const USUAL_OVERLAP_SECONDS = 86_400;

/** Throws ApiError naming the parameter. */
export function newKey(asked: KeyRequest, now: number): NewKey {
  return {
    name: asked.name,
    weight: asked.weight ?? 1,
    scopes: [...new Set(asked.scopes ?? USUAL_SCOPES)],
    allowedModels: asked.allowed_models ?? undefined,
    allowedOrigins: asked.allowed_origins ?? undefined,
    expiresAt: asked.expires_at == null ? undefined : readTime(asked.expires_at, now),
    limits: { ...NO_LIMITS, ...limitsOf(asked.limits ?? {}) },
  };
}

/** As `newKey`; what is not asked for is not in it. */
export function keyChange(asked: KeyChangeRequest, now: number): KeyChange {
  const { name, scopes, weight, allowed_models, allowed_origins, expires_at, limits } = asked;
  return {
    ...(name !== undefined && { name }),
    ...(scopes !== undefined && { scopes: [...new Set(scopes)] }),
    ...(weight !== undefined && { weight }),
    ...(allowed_models !== undefined && { allowedModels: allowed_models ?? undefined }),
    ...(allowed_origins !== undefined && { allowedOrigins: allowed_origins ?? undefined }),
    ...(expires_at !== undefined && {
      expiresAt: expires_at === null ? undefined : readTime(expires_at, now),
    }),
    ...(limits !== undefined && { limits: limitsOf(limits) }),
  };
}

const LIMITS = [
  ['requests_per_minute', 'requestsPerMinute'],
  ['jobs_at_once', 'jobsAtOnce'],
  ['sessions_at_once', 'sessionsAtOnce'],
  ['audio_seconds_per_day', 'audioSecondsPerDay'],
  ['upload_bytes', 'uploadBytes'],
] as const satisfies readonly (readonly [keyof KeyLimits, keyof TenantLimits])[];

/** Those that are said; null is none. */
const limitsOf = (asked: KeyChangeRequest['limits'] & {}): Partial<TenantLimits> =>
  Object.fromEntries(
    LIMITS.flatMap(([wire, name]) => (asked[wire] === undefined ? [] : [[name, asked[wire] ?? undefined]])),
  );

function readTime(text: string, now: number): number {
  const at = Date.parse(text);
  if (Number.isNaN(at) || at <= now) throw invalid('expires_at', 'a time to come, as 2030-01-31T12:00:00Z');
  return at;
}

export function keyWire(key: Key): ApiKey {
  return {
    object: 'sotto.key',
    id: key.id,
    name: key.name,
    prefix: key.prefix,
    scopes: [...key.scopes],
    weight: key.weight,
    allowed_models: key.allowedModels === undefined ? null : [...key.allowedModels],
    allowed_origins: key.allowedOrigins === undefined ? null : [...key.allowedOrigins],
    limits: limitsWire(key.limits),
    created_at: timeWire(key.createdAt),
    expires_at: key.expiresAt === undefined ? null : timeWire(key.expiresAt),
    revoked_at: key.revokedAt === undefined ? null : timeWire(key.revokedAt),
    previous:
      key.previous === undefined
        ? null
        : { prefix: key.previous.prefix, until: timeWire(key.previous.until) },
  };
}

export const secretWire = ({ key, secret }: KeyWithSecret): ApiKeyWithSecret => ({ ...keyWire(key), secret });

const limitsWire = (limits: TenantLimits): ApiKey['limits'] =>
  Object.fromEntries(LIMITS.map(([wire, name]) => [wire, limits[name] ?? null])) as ApiKey['limits'];

const timeWire = (ms: number): string => new Date(ms).toISOString();
