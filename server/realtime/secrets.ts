/** Short-lived keys that a server gives to its pages: kept as hashes, each bound to one session's settings. */
import { createHash, randomBytes } from 'node:crypto';
import { SottoError } from '../../shared/errors.ts';
import type { SessionConfig } from './session-config.ts';

/** Another implementation (Redis) passes the same cases: test/contract/secrets-cases.ts. */
export interface Secrets {
  /** `host`: the key that gives it. Rejects with `queue_full` when too many are about. */
  create(config: SessionConfig, validMs: number, host?: string): Promise<NewSecret>;
  /** Rejects with `key_refused` for one that is unknown or over. */
  check(value: string): Promise<SessionConfig>;
  /** Of a secret that is valid: the id of the key that gave it. */
  hostOf(value: string): Promise<string | undefined>;
}

export interface NewSecret {
  readonly value: string;
  /** epoch seconds */
  readonly expiresAt: number;
}

interface Secret {
  readonly config: SessionConfig;
  readonly until: number;
  readonly host: string | undefined;
}

const PREFIX = 'ek_';
const MOST = 10_000;

export const isClientSecret = (value: string): boolean => value.startsWith(PREFIX);

export const newClientSecret = (): string => PREFIX + randomBytes(24).toString('base64url');

/** What is kept of it. */
export const hashOfSecret = (value: string): string => createHash('sha256').update(value).digest('base64url');

export interface SecretsOptions {
  /** epoch milliseconds */
  readonly wall?: () => number;
  /** about at once */
  readonly most?: number;
}

/** Of this process alone. */
export function createSecrets({ wall = Date.now, most = MOST }: SecretsOptions = {}): Secrets {
  const known = new Map<string, Secret>();
  const find = (value: string): Secret | undefined => {
    const found = isClientSecret(value) ? known.get(hashOfSecret(value)) : undefined;
    return found === undefined || found.until <= wall() ? undefined : found;
  };
  return {
    async create(config, validMs, host) {
      if (known.size >= most) for (const [key, { until }] of known) if (until <= wall()) known.delete(key);
      if (known.size >= most) throw new SottoError('queue_full', 'client secrets');
      const value = newClientSecret();
      const until = wall() + validMs;
      known.set(hashOfSecret(value), { config, until, host });
      return { value, expiresAt: Math.floor(until / 1_000) };
    },
    async check(value) {
      const found = find(value);
      if (found === undefined) throw new SottoError('key_refused');
      return found.config;
    },
    async hostOf(value) {
      return find(value)?.host;
    },
  };
}
