/** Keys in SQLite. Every check reads the file, so that a key that was revoked by another process is refused at once. */
import type { Sqlite } from '../sqlite.ts';
import {
  isUsable,
  type Key,
  type KeyStore,
  type KeyWithSecret,
  type NewKey,
  type Scope,
  type TenantLimits,
} from './port.ts';
import { createSecret, isSecretOf, looksLikeSecret, newKeyId, prefixOf } from './secret.ts';

interface KeyRow {
  readonly id: string;
  readonly name: string;
  readonly weight: number;
  readonly scopes: string;
  readonly models: string | null;
  readonly origins: string | null;
  readonly limits: string;
  readonly created_at: number;
  readonly expires_at: number | null;
  readonly revoked_at: number | null;
}

interface SecretRow {
  readonly prefix: string;
  readonly key: string;
  readonly hash: string;
  readonly until: number | null;
}

/** `db` is the caller's to close. `wall`: epoch milliseconds. */
export function createKeyStore(db: Sqlite, wall: () => number = Date.now): KeyStore {
  const rowOf = (id: string) => db.get<KeyRow>('SELECT * FROM keys WHERE id = ?', id);

  function viewOf(row: KeyRow): Key {
    const [current, before] = db.all<SecretRow>(
      'SELECT prefix, key, hash, until FROM secrets WHERE key = ? ORDER BY until IS NULL DESC, until DESC LIMIT 2',
      row.id,
    );
    const until = before?.until ?? 0;
    return {
      id: row.id,
      name: row.name,
      weight: row.weight,
      scopes: JSON.parse(row.scopes) as readonly Scope[],
      allowedModels: listOf(row.models),
      allowedOrigins: listOf(row.origins),
      limits: limitsOf(row.limits),
      prefix: current?.prefix ?? '',
      createdAt: row.created_at,
      expiresAt: row.expires_at ?? undefined,
      revokedAt: row.revoked_at ?? undefined,
      previous: before === undefined || until <= wall() ? undefined : { prefix: before.prefix, until },
    };
  }

  function find(id: string): Key | undefined {
    const row = rowOf(id);
    return row === undefined ? undefined : viewOf(row);
  }

  function expected(id: string): Key {
    const key = find(id);
    if (key === undefined) throw new Error(`the key ${id} is not there`);
    return key;
  }

  function addSecret(id: string): string {
    const { secret, prefix, hash } = createSecret();
    db.run('INSERT INTO secrets VALUES (?, ?, ?, ?, NULL)', prefix, id, hash, wall());
    return secret;
  }

  function write(id: string, key: NewKey): void {
    db.run(
      'UPDATE keys SET name = ?, weight = ?, scopes = ?, models = ?, origins = ?, limits = ?, expires_at = ? WHERE id = ?',
      ...columnsOf(key),
      key.expiresAt ?? null,
      id,
    );
  }

  return {
    async create(key: NewKey): Promise<KeyWithSecret> {
      const id = newKeyId();
      const secret = db.transaction(() => {
        db.run(
          'INSERT INTO keys VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)',
          id,
          ...columnsOf(key),
          wall(),
          key.expiresAt ?? null,
        );
        return addSecret(id);
      });
      return { key: expected(id), secret };
    },
    async list() {
      return db.all<KeyRow>('SELECT * FROM keys ORDER BY created_at, id').map(viewOf);
    },
    async rotate(id, overlapMs) {
      const secret = db.transaction(() => {
        if (db.get('SELECT 1 FROM keys WHERE id = ? AND revoked_at IS NULL', id) === undefined)
          return undefined;
        const until = wall() + overlapMs;
        db.run('DELETE FROM secrets WHERE key = ? AND until IS NOT NULL', id);
        if (overlapMs > 0) db.run('UPDATE secrets SET until = ? WHERE key = ?', until, id);
        else db.run('DELETE FROM secrets WHERE key = ?', id);
        return addSecret(id);
      });
      return secret === undefined ? undefined : { key: expected(id), secret };
    },
    async change(id, change) {
      return db.transaction(() => {
        const before = find(id);
        if (before === undefined || before.revokedAt !== undefined) return undefined;
        write(id, { ...before, ...change, limits: { ...before.limits, ...change.limits } });
        return expected(id);
      });
    },
    async revoke(id) {
      db.transaction(() => {
        db.run('UPDATE keys SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?', wall(), id);
      });
      return find(id);
    },
    async check(secret) {
      // Longer ones cost time to hash.
      if (!looksLikeSecret(secret)) return undefined;
      const row = db.get<SecretRow>(
        'SELECT prefix, key, hash, until FROM secrets WHERE prefix = ?',
        prefixOf(secret),
      );
      if (!isSecretOf(secret, row?.hash) || row === undefined) return undefined;
      if (row.until !== null && row.until <= wall()) return undefined;
      const key = find(row.key);
      return key !== undefined && isUsable(key, wall()) ? key : undefined;
    },
    async find(id) {
      return find(id);
    },
    async close() {},
  };
}

/** name, weight, scopes, models, origins, limits */
const columnsOf = (key: NewKey) =>
  [
    key.name,
    key.weight,
    JSON.stringify(key.scopes),
    jsonOf(key.allowedModels),
    jsonOf(key.allowedOrigins),
    JSON.stringify(key.limits),
  ] as const;

const jsonOf = (list: readonly string[] | undefined): string | null =>
  list === undefined ? null : JSON.stringify(list);

const listOf = (text: string | null): readonly string[] | undefined =>
  text === null ? undefined : (JSON.parse(text) as readonly string[]);

/** JSON leaves out what is undefined. */
function limitsOf(text: string): TenantLimits {
  const limits = JSON.parse(text) as Partial<TenantLimits>;
  return {
    requestsPerMinute: limits.requestsPerMinute,
    jobsAtOnce: limits.jobsAtOnce,
    sessionsAtOnce: limits.sessionsAtOnce,
    audioSecondsPerDay: limits.audioSecondsPerDay,
    uploadBytes: limits.uploadBytes,
  };
}
