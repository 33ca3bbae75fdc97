/** Keys and daily usage in one SQLite file, which the server and `sotto keys` share. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { LaterVersionError, openSqlite, type Sqlite } from '../sqlite.ts';

/** A version that was published is never changed: a new one is added. */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE keys (
     id TEXT PRIMARY KEY,
     name TEXT NOT NULL,
     weight REAL NOT NULL,
     scopes TEXT NOT NULL,
     models TEXT,
     origins TEXT,
     limits TEXT NOT NULL,
     created_at INTEGER NOT NULL,
     expires_at INTEGER,
     revoked_at INTEGER
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE secrets (
     prefix TEXT PRIMARY KEY,
     key TEXT NOT NULL REFERENCES keys (id) ON DELETE CASCADE,
     hash TEXT NOT NULL,
     created_at INTEGER NOT NULL,
     until INTEGER
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX secrets_by_key ON secrets (key, created_at);
   CREATE TABLE usage (
     tenant TEXT NOT NULL,
     day TEXT NOT NULL,
     model TEXT NOT NULL,
     requests INTEGER NOT NULL,
     ms INTEGER NOT NULL,
     PRIMARY KEY (tenant, day, model)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE settled (
     tenant TEXT NOT NULL,
     id TEXT NOT NULL,
     at INTEGER NOT NULL,
     PRIMARY KEY (tenant, id)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX settled_by_time ON settled (at);`,
];

/** Writes are short: whoever waits longer than this for another process's waits for one that hangs. */
const BUSY_MS = 2_000;

/** The file cannot be used: for the operator, as a whole sentence. */
export class TenantsFileError extends Error {
  override readonly name = 'TenantsFileError';
}

/** Makes file and folder (of their owner alone) where they are missing. Throws TenantsFileError. */
export function openTenantsFile(path: string): Sqlite {
  try {
    if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    return openSqlite({ path, migrations: MIGRATIONS, survives: 'process', busyMs: BUSY_MS });
  } catch (error) {
    if (error instanceof LaterVersionError) {
      throw new TenantsFileError(
        `${path} was written by a later version of Sotto: use that one, or another ASR_KEYS_DB.`,
      );
    }
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === '') throw error;
    throw new TenantsFileError(
      `Keys cannot be kept in ${path} (${code}): make it writable, or name another file with ASR_KEYS_DB.`,
    );
  }
}
