/**
 * What a key's secret looks like, and what is kept of it: `sk-sotto-`, 8 characters that may be seen and find its
 * row, and 43 characters of 32 random bytes.
 *
 * A hash that is slow on purpose (scrypt, Argon2) makes passwords dear to guess. There is nothing to guess in 256
 * random bits, so SHA-256 keeps them as well, and every request is checked in microseconds.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const KIND = 'sk-sotto-';
const SEEN = 8;
const SECRET = /^sk-sotto-[\w-]{51}$/;

export interface NewSecret {
  readonly secret: string;
  readonly prefix: string;
  readonly hash: string;
}

export function createSecret(): NewSecret {
  const secret = KIND + randomBytes(6).toString('base64url') + randomBytes(32).toString('base64url');
  return { secret, prefix: prefixOf(secret), hash: hashOf(secret) };
}

/** Whether it could be one of ours at all. */
export const looksLikeSecret = (text: string): boolean => SECRET.test(text);

/** The part that may be seen. */
export const prefixOf = (secret: string): string => secret.slice(0, KIND.length + SEEN);

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('base64url');

/** What an unknown prefix is compared with, so that it takes the time of a known one. */
const NOBODY = hashOf('nobody');

/** In constant time. `hash` undefined: there is none, and it is not. */
export function isSecretOf(secret: string, hash: string | undefined): boolean {
  const equal = timingSafeEqual(Buffer.from(hashOf(secret)), Buffer.from(hash ?? NOBODY));
  return equal && hash !== undefined;
}

export const newKeyId = (): string => `key_${randomBytes(9).toString('base64url')}`;
