/** Keys as the wire and the command line show them, and as they are asked for. Pure. */
import type { ApiKey, ApiKeyWithSecret, KeyRequest } from '../../shared/protocol/http-keys.ts';
import { invalid } from '../http/fields.ts';
import type { Key, KeyWithSecret, NewKey, Scope, TenantLimits } from './port.ts';

export const USUAL_SCOPES: readonly Scope[] = ['transcribe', 'jobs', 'live'];
export const USUAL_OVERLAP_SECONDS = 86_400;

/** Throws ApiError naming the parameter. */
export function newKey(asked: KeyRequest, now: number): NewKey {
  const { limits = {} } = asked;
  return {
    name: asked.name,
    weight: asked.weight ?? 1,
    scopes: [...new Set(asked.scopes ?? USUAL_SCOPES)],
    allowedModels: asked.allowed_models ?? undefined,
    allowedOrigins: asked.allowed_origins ?? undefined,
    expiresAt: asked.expires_at == null ? undefined : readTime(asked.expires_at, now),
    limits: {
      requestsPerMinute: limits.requests_per_minute ?? undefined,
      jobsAtOnce: limits.jobs_at_once ?? undefined,
      sessionsAtOnce: limits.sessions_at_once ?? undefined,
      audioSecondsPerDay: limits.audio_seconds_per_day ?? undefined,
      uploadBytes: limits.upload_bytes ?? undefined,
    },
  };
}

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

const limitsWire = (limits: TenantLimits): ApiKey['limits'] => ({
  requests_per_minute: limits.requestsPerMinute ?? null,
  jobs_at_once: limits.jobsAtOnce ?? null,
  sessions_at_once: limits.sessionsAtOnce ?? null,
  audio_seconds_per_day: limits.audioSecondsPerDay ?? null,
  upload_bytes: limits.uploadBytes ?? null,
});

const timeWire = (ms: number): string => new Date(ms).toISOString();
