/** Durable jobs in SQLite. States change only along TRANSITIONS. */
import { createHash, randomUUID } from 'node:crypto';
import { SottoError } from '../../shared/errors.ts';
import type { Segment } from '../../shared/transcript/transcript.ts';
import type { ReadNote } from '../service/port.ts';
import { type JobDatabase, openDatabase } from './database.ts';
import type { JobStore, NewJob, StoredJob } from './port.ts';
import { type DeliveryRow, deliveryOf, type JobRow, jobOf } from './rows.ts';
import { JOB_STATUSES, type JobStatus, sourcesOf } from './states.ts';

/** Throws JobsFolderError. */
export function openJobStore(folder: string): JobStore {
  const db = openDatabase(folder);

  const rowOf = (id: string) => db.get<JobRow>('SELECT * FROM jobs WHERE id = ?', id);
  const find = (id: string) => optional(rowOf(id));

  function byKey(key: string): StoredJob | undefined {
    return optional(db.get<JobRow>('SELECT * FROM jobs WHERE idempotency_key = ?', hashed(key)));
  }

  function replay(key: string, fingerprint: string): StoredJob | undefined {
    const row = db.get<JobRow>('SELECT * FROM jobs WHERE idempotency_key = ?', hashed(key));
    if (row !== undefined && row.fingerprint !== fingerprint) throw new SottoError('conflict');
    return optional(row);
  }

  return {
    accept(job) {
      return db.transaction(() => {
        const { idempotencyKey: key } = job;
        const known = key === undefined ? undefined : replay(key, job.fingerprint);
        if (known !== undefined) return { job: known, replayed: true };
        insert(db, job);
        return { job: expected(find(job.id)), replayed: false };
      });
    },
    byKey,
    replay,
    find,
    unfinished: () =>
      db.all<JobRow>("SELECT * FROM jobs WHERE status IN ('queued', 'running') ORDER BY seq").map(jobOf),
    recover() {
      db.run("UPDATE jobs SET status = 'queued', attempts = attempts + 1 WHERE status = 'running'");
    },
    fetched(id) {
      db.run("UPDATE jobs SET source = 'file', url = NULL WHERE id = ? AND source = 'url'", id);
    },
    start: (id, now) => step(db, id, 'running', 'started_at = coalesce(started_at, ?)', now),
    requeue: (id, tried) => step(db, id, 'queued', 'attempts = attempts + ?', tried === 'counted' ? 1 : 0),
    addSegments(id, segments) {
      db.transaction(() => insertSegments(db, id, segments));
    },
    segments(id, from, limit) {
      const rows = db.all<{ segment: string }>(
        'SELECT segment FROM segments JOIN jobs ON seq = job WHERE id = ? AND place >= ? ORDER BY place LIMIT ?',
        ...[id, from, limit],
      );
      return rows.map(({ segment }) => JSON.parse(segment) as Segment);
    },
    addNote(id, note) {
      db.run(
        'INSERT INTO notes (job, until, note) SELECT seq, ?, ? FROM jobs WHERE id = ?',
        ...[note.end, JSON.stringify(note), id],
      );
    },
    keepNotes(id, seconds) {
      const of = 'FROM notes WHERE job = (SELECT seq FROM jobs WHERE id = ?)';
      db.run(`DELETE ${of} AND until > ?`, id, seconds);
      const rows = db.all<{ note: string }>(`SELECT note ${of} ORDER BY seq`, id);
      return rows.map(({ note }) => JSON.parse(note) as ReadNote);
    },
    finish(id, end, now) {
      return db.transaction(() => {
        const { segments = [], ...outcome } = end.status === 'done' ? end.result : {};
        const set =
          "finished_at = ?, outcome = ?, error = ?, source = 'gone', url = NULL, " +
          "webhook = iif(webhook_url IS NULL, 'none', 'pending')";
        const values = [
          now,
          end.status === 'done' ? JSON.stringify(outcome) : null,
          end.status === 'failed' ? JSON.stringify(end.error) : null,
        ];
        if (!step(db, id, end.status, set, ...values)) return false;
        insertSegments(db, id, segments);
        db.run(
          'INSERT INTO deliveries SELECT seq, ?, 0, ? FROM jobs WHERE id = ? AND webhook_url IS NOT NULL',
          ...[`msg_${randomUUID().replaceAll('-', '')}`, now, id],
        );
        return true;
      });
    },
    outcome(id) {
      const text = rowOf(id)?.outcome ?? null;
      return text === null ? undefined : JSON.parse(text);
    },
    forget: (id) => db.run(`DELETE FROM jobs WHERE id = ? AND ${FINISHED}`, id) > 0,
    prune(before, limit) {
      return db.run(
        `DELETE FROM jobs WHERE seq IN (SELECT seq FROM jobs WHERE ${FINISHED} AND finished_at < ? LIMIT ?)`,
        ...[before, limit],
      );
    },
    deliveries(limit) {
      const rows = db.all<DeliveryRow>(
        `SELECT id, status, webhook_url, webhook_secret, message_id, deliveries.attempts, next_at
         FROM deliveries JOIN jobs ON seq = job ORDER BY next_at LIMIT ?`,
        limit,
      );
      return rows.map(deliveryOf);
    },
    retryDelivery(jobId, attempts, nextAt) {
      db.run(
        'UPDATE deliveries SET attempts = ?, next_at = ? WHERE job = (SELECT seq FROM jobs WHERE id = ?)',
        ...[attempts, nextAt, jobId],
      );
    },
    endDelivery(jobId, state) {
      db.transaction(() => {
        db.run('DELETE FROM deliveries WHERE job = (SELECT seq FROM jobs WHERE id = ?)', jobId);
        const set = 'webhook = ?, webhook_url = NULL, webhook_secret = NULL';
        db.run(`UPDATE jobs SET ${set} WHERE id = ?`, state, jobId);
      });
    },
    counts() {
      const rows = db.all<{ status: JobStatus; many: number }>(
        'SELECT status, count(*) AS many FROM jobs GROUP BY status',
      );
      const many = (status: JobStatus) => rows.find((row) => row.status === status)?.many ?? 0;
      return Object.fromEntries(JOB_STATUSES.map((status) => [status, many(status)])) as Record<
        JobStatus,
        number
      >;
    },
    close: db.close,
  };
}

const FINISHED = "status IN ('done', 'failed', 'cancelled')";

const optional = (row: JobRow | undefined): StoredJob | undefined =>
  row === undefined ? undefined : jobOf(row);

function expected<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new SottoError('internal', 'what must be in the store is not there');
  return value;
}

/** A key may hold anything, a name too. */
const hashed = (key: string): string => createHash('sha256').update(key).digest('base64url');

function insert(db: JobDatabase, job: NewJob): void {
  const { source, webhook, idempotencyKey: key } = job;
  db.run(
    `INSERT INTO jobs (id, status, model, options, answer, source, url, idempotency_key, fingerprint, created_at,
                       webhook, webhook_url, webhook_secret, tenant, weight)
     VALUES (?, 'queued', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    job.id,
    job.model,
    JSON.stringify(job.options),
    JSON.stringify(job.answer),
    source.kind,
    source.kind === 'url' ? source.url : null,
    key === undefined ? null : hashed(key),
    job.fingerprint,
    job.createdAt,
    webhook === undefined ? 'none' : 'waiting',
    webhook?.url ?? null,
    webhook?.secret ?? null,
    job.tenant?.id ?? null,
    job.tenant?.weight ?? null,
  );
}

/** Also where the step began: a segment shows that it went on, so what was tried before counts no more. */
function insertSegments(db: JobDatabase, id: string, segments: readonly Segment[]): void {
  const [first] = segments;
  if (first === undefined) return;
  const { many } = expected(
    db.get<{ many: number }>(
      'SELECT coalesce(max(place) + 1, 0) AS many FROM segments WHERE job = (SELECT seq FROM jobs WHERE id = ?)',
      id,
    ),
  );
  // Who has counted segments must be able to go on by their number.
  if (first.id > many) throw new SottoError('internal', `segment ${first.id} after ${many}`);
  // A whole transcript at the end of a job adds nothing, at no cost.
  for (const segment of segments.slice(Math.max(0, many - first.id))) {
    db.run(
      'INSERT OR IGNORE INTO segments SELECT seq, ?, ? FROM jobs WHERE id = ?',
      ...[segment.id, JSON.stringify(segment), id],
    );
  }
  db.run('UPDATE jobs SET attempts = 0 WHERE id = ?', id);
}

function step(
  db: JobDatabase,
  id: string,
  to: JobStatus,
  set: string,
  ...values: (string | number | null)[]
): boolean {
  const from = sourcesOf(to);
  const marks = from.map(() => '?').join(', ');
  const sql = `UPDATE jobs SET status = ?, ${set} WHERE id = ? AND status IN (${marks})`;
  return db.run(sql, to, ...values, id, ...from) > 0;
}
