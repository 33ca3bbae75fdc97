/** The jobs' SQLite file, of one process: on the disk when a transaction returns. */
import { join } from 'node:path';
import Database from 'libsql';
import { LaterVersionError, openSqlite, type Sqlite } from '../sqlite.ts';
import { MIGRATIONS } from './schema.ts';

export type JobDatabase = Sqlite;

/** Another process has the folder, or the file is of a later version: for the operator. */
export class JobsFolderError extends Error {
  override readonly name = 'JobsFolderError';
}

/** Throws JobsFolderError. */
export function openDatabase(folder: string): JobDatabase {
  const lock = takeLock(folder);
  try {
    const db = openSqlite({ path: join(folder, 'jobs.db'), migrations: MIGRATIONS, survives: 'power' });
    return {
      ...db,
      close() {
        db.close();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    if (!(error instanceof LaterVersionError)) throw error;
    throw new JobsFolderError(
      `The jobs in ${folder} were written by a later version of Sotto: use that one, or another ASR_JOBS_DIR.`,
    );
  }
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
