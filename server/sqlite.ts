/** One SQLite file: its schema brought up to date, its statements kept, its transactions whole. */
import Database from 'libsql';

type Value = string | number | null;

export interface Sqlite {
  run(sql: string, ...values: Value[]): number;
  get<Row>(sql: string, ...values: Value[]): Row | undefined;
  all<Row>(sql: string, ...values: Value[]): readonly Row[];
  /** Commits when `work` returns, rolls back when it throws. */
  transaction<Result>(work: () => Result): Result;
  close(): void;
}

export interface SqliteOptions {
  readonly path: string;
  /** version by version; one that was published is never changed */
  readonly migrations: readonly string[];
  /**
   * `power`: on the disk when a transaction returns, so that a loss of power takes nothing back.
   * `process`: with the system then, so that the end of a process takes nothing back.
   */
  readonly survives: 'power' | 'process';
  /** how long another process's transaction is waited for, in milliseconds */
  readonly busyMs?: number;
}

/** The file was written by a later version of the program. */
export class LaterVersionError extends Error {
  override readonly name = 'LaterVersionError';
}

/** Throws LaterVersionError. */
export function openSqlite({ path, migrations, survives, busyMs = 0 }: SqliteOptions): Sqlite {
  const db = new Database(path, { timeout: busyMs });
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
  };
  const version = () => (db.prepare('PRAGMA user_version').get() as { user_version: number }).user_version;
  try {
    // secure_delete: what is forgotten is overwritten.
    db.exec(
      `PRAGMA journal_mode = WAL; PRAGMA synchronous = ${survives === 'power' ? 'FULL' : 'NORMAL'};
       PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;`,
    );
    if (version() > migrations.length) throw new LaterVersionError(path);
    for (const [index, migration] of migrations.entries()) {
      if (index < version()) continue;
      transaction(() => {
        // Another process may have done it while this one waited for its turn.
        if (version() <= index) db.exec(`${migration} PRAGMA user_version = ${index + 1};`);
      });
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
