/**
 * Keys in Redis, one and the same for every machine. Nothing is cached: a key that was made, changed, rotated or revoked
 * at one of them is so at all of them from the next request on.
 */
import type { Redis } from 'ioredis';
import { SottoError } from '../../shared/errors.ts';
import {
  isUsable,
  type Key,
  type KeyChange,
  type KeyStore,
  NO_LIMITS,
  type Scope,
  type TenantLimits,
} from '../tenants/port.ts';
import { createSecret, isSecretOf, looksLikeSecret, newKeyId, prefixOf } from '../tenants/secret.ts';
import {
  CHANGE_KEY,
  CHECK_KEY,
  CREATE_KEY,
  FIND_KEY,
  LIST_KEYS,
  REVOKE_KEY,
  ROTATE_KEY,
} from './key-scripts.ts';

export interface RedisKeyStoreOptions {
  /** `bounded` (redis.ts); whoever made it closes it */
  readonly redis: Redis;
  /** before every name; its braces keep all of them in one slot of a Redis Cluster */
  readonly prefix: string;
  /** epoch milliseconds; Redis' own clock unless given */
  readonly wall?: () => number;
}

/** Every method rejects with `cluster_unavailable` where Redis does not answer: nobody is let in unseen. */
export function createRedisKeyStore({ redis, prefix, wall }: RedisKeyStoreOptions): KeyStore {
  const keys = [prefix];
  const now = (): string | number => wall?.() ?? '';

  return {
    async create(key) {
      const { secret, prefix: seen, hash } = createSecret();
      const { set } = fieldsOf(key);
      const made = viewOf(await CREATE_KEY.run(redis, keys, [now(), newKeyId(), seen, hash, ...set]));
      if (made === undefined) throw new SottoError('internal', 'two keys begin alike');
      return { key: made.key, secret };
    },
    async list() {
      const all = await LIST_KEYS.run(redis, keys, [now()]);
      return listOf(all).flatMap((each) => viewOf(each)?.key ?? []);
    },
    async change(id, change) {
      const { set, unset } = fieldsOf(change);
      return viewOf(await CHANGE_KEY.run(redis, keys, [now(), id, set.length, ...set, ...unset]))?.key;
    },
    async rotate(id, overlapMs) {
      const { secret, prefix: seen, hash } = createSecret();
      const rotated = viewOf(await ROTATE_KEY.run(redis, keys, [now(), id, overlapMs, seen, hash]));
      return rotated === undefined ? undefined : { key: rotated.key, secret };
    },
    async revoke(id) {
      return viewOf(await REVOKE_KEY.run(redis, keys, [now(), id]))?.key;
    },
    async check(secret) {
      // Longer ones cost time to hash.
      if (!looksLikeSecret(secret)) return undefined;
      const [hash, until, held] = listOf(await CHECK_KEY.run(redis, keys, [now(), prefixOf(secret)]));
      const found = viewOf(held);
      if (!isSecretOf(secret, typeof hash === 'string' ? hash : undefined) || found === undefined) {
        return undefined;
      }
      if (until !== '' && Number(until) <= found.now) return undefined;
      return isUsable(found.key, found.now) ? found.key : undefined;
    },
    async find(id) {
      return viewOf(await FIND_KEY.run(redis, keys, [now(), id]))?.key;
    },
    async close() {},
  };
}

const LIMITS = Object.keys(NO_LIMITS) as readonly (keyof TenantLimits)[];

/** Fields and values, one after another; and the fields that are to be gone. */
function fieldsOf(change: KeyChange): { readonly set: readonly string[]; readonly unset: readonly string[] } {
  const { limits = {}, scopes, allowedModels, allowedOrigins, ...plain } = change;
  const given: Readonly<Record<string, unknown>> = { ...change, ...limits };
  const values: Readonly<Record<string, unknown>> = {
    ...plain,
    scopes: jsonOf(scopes),
    allowedModels: jsonOf(allowedModels),
    allowedOrigins: jsonOf(allowedOrigins),
    ...limits,
  };
  const names = ['name', 'weight', 'scopes', 'allowedModels', 'allowedOrigins', 'expiresAt', ...LIMITS];
  const said = names.filter((name) => name in given);
  return {
    set: said.flatMap((name) => (values[name] === undefined ? [] : [name, String(values[name])])),
    unset: said.filter((name) => values[name] === undefined),
  };
}

const jsonOf = (list: readonly string[] | undefined): string | undefined =>
  list === undefined ? undefined : JSON.stringify(list);

const listOf = (answer: unknown): readonly unknown[] => (Array.isArray(answer) ? answer : []);

/** The key, and the time at which Redis looked; undefined: there is none. */
function viewOf(answer: unknown): { readonly key: Key; readonly now: number } | undefined {
  if (!Array.isArray(answer)) return undefined;
  const now = Number(answer[0]);
  const pairs = listOf(answer[1]).map(String);
  const held = new Map<string, string>();
  for (let at = 0; at + 1 < pairs.length; at += 2) held.set(pairs[at] ?? '', pairs[at + 1] ?? '');
  const text = (name: string) => held.get(name) ?? '';
  const number = (name: string) => (held.has(name) ? Number(text(name)) : undefined);
  const list = <Item extends string>(name: string) =>
    held.has(name) ? (JSON.parse(text(name)) as readonly Item[]) : undefined;
  const until = number('previousUntil');
  const key: Key = {
    id: text('id'),
    name: text('name'),
    weight: number('weight') ?? 1,
    scopes: list<Scope>('scopes') ?? [],
    allowedModels: list('allowedModels'),
    allowedOrigins: list('allowedOrigins'),
    limits: Object.fromEntries(LIMITS.map((name) => [name, number(name)])) as unknown as TenantLimits,
    prefix: text('prefix'),
    createdAt: number('createdAt') ?? 0,
    expiresAt: number('expiresAt'),
    revokedAt: number('revokedAt'),
    previous: until === undefined || until <= now ? undefined : { prefix: text('previous'), until },
  };
  return { key, now };
}
