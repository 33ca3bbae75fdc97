/** One SQLite file of one process: on the disk when a transaction returns, its schema brought up to date. */
import { join } from 'node:path';
import Database from 'libsql';
import { MIGRATIONS } from './schema.ts';

type Value = string | number | null;

export interface JobDatabase {
  run(sql: string, ...values: Value[]): number;
  get<Row>(sql: string, ...values: Value[]): Row | undefined;
  all<Row>(sql: string, ...values: Value[]): readonly Row[];
  /** Commits when `work` returns, rolls back when it throws. */
  transaction<Result>(work: () => Result): Result;
  close(): void;
}

/** Another process has the folder, or the file is of a later version: for the operator. */
export class JobsFolderError extends Error {
  override readonly name = 'JobsFolderError';
}

/** Throws JobsFolderError. */
export function openDatabase(folder: string): JobDatabase {
  const lock = takeLock(folder);
  const db = new Database(join(folder, 'jobs.db'));
  const statements = new Map<string, ReturnType<typeof db.prepare>>();
  const statement = (sql: string) => {
    const known = statements.get(sql) ?? db.prepare(sql);
    statements.set(sql, known);
    return known;
  };
  function transaction<Result>(work: () => Result): Result {
    db.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      db.exec('COMMIT');
      return result;
    } catch (error) {
      if (db.inTransaction) db.exec('ROLLBACK');
      throw error;
    }
  }
  const close = () => {
    statements.clear();
    db.close();
    lock.release();
  };
  try {
    // FULL: the log is on the disk before a commit returns, so that a loss of power takes nothing back.
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;');
    const version = (db.prepare('PRAGMA user_version').get() as { user_version: number }).user_version;
    if (version > MIGRATIONS.length) {
      throw new JobsFolderError(
        `The jobs in ${folder} were written by a later version of Sotto: use that one, or another ASR_JOBS_DIR.`,
      );
    }
    for (const [index, migration] of MIGRATIONS.entries()) {
      if (index < version) continue;
      transaction(() => db.exec(`${migration} PRAGMA user_version = ${index + 1};`));
    }
  } catch (error) {
    close();
    throw error;
  }
  return {
    // An array, as libsql takes a single value that is an object (null too) for named ones.
    run: (sql, ...values) => statement(sql).run(values).changes,
    get: <Row>(sql: string, ...values: Value[]) => statement(sql).get(values) as Row | undefined,
    all: <Row>(sql: string, ...values: Value[]) => statement(sql).all(values) as Row[],
    transaction,
    close,
  };
}

/**
 * Two processes would read each job twice. The lock is a transaction of a database of its own, held open: the system
 * lets go of it however the process ends.
 */
function takeLock(folder: string): { release(): void } {
  const lock = new Database(join(folder, 'jobs.lock'));
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (!(error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY')) throw error;
    throw new JobsFolderError(
      `Another server uses the jobs in ${folder}: stop it, or give this one another ASR_JOBS_DIR.`,
    );
  }
  return {
    release() {
      lock.exec('ROLLBACK');
      lock.close();
    },
  };
}
