/** Short-lived keys that a server gives to its pages: kept as hashes, each bound to one session's settings. */
import { createHash, randomBytes } from 'node:crypto';
import { SottoError } from '../../shared/errors.ts';
import type { SessionConfig } from './session-config.ts';

export interface Secrets {
  /** Throws `queue_full` when too many are about. Milliseconds. */
  create(
    config: SessionConfig,
    validMs: number,
    host?: string,
  ): { readonly value: string; readonly expiresAt: number };
  /** Throws `key_refused` for one that is unknown or over. */
  check(value: string): SessionConfig;
  /** Of a secret that is valid: the id of the key that gave it. */
  hostOf(value: string): string | undefined;
}

interface Secret {
  readonly config: SessionConfig;
  readonly until: number;
  readonly host: string | undefined;
}

export const SECRET_PREFIX = 'ek_';
const MOST = 10_000;

/** @param now milliseconds since 1970 */
export function createSecrets(now: () => number = Date.now): Secrets {
  const known = new Map<string, Secret>();
  const hash = (value: string) => createHash('sha256').update(value).digest('base64url');
  return {
    create(config, validMs, host) {
      if (known.size >= MOST) for (const [key, { until }] of known) if (until <= now()) known.delete(key);
      if (known.size >= MOST) throw new SottoError('queue_full', 'client secrets');
      const value = SECRET_PREFIX + randomBytes(24).toString('base64url');
      const until = now() + validMs;
      known.set(hash(value), { config, until, host });
      return { value, expiresAt: Math.floor(until / 1_000) };
    },
    check(value) {
      const found = known.get(hash(value));
      if (found === undefined || found.until <= now()) throw new SottoError('key_refused');
      return found.config;
    },
    hostOf(value) {
      const found = value.startsWith(SECRET_PREFIX) ? known.get(hash(value)) : undefined;
      return found === undefined || found.until <= now() ? undefined : found.host;
    },
  };
}
