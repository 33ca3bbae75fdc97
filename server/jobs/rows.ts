/** Rows of the database as what they stand for. */
import type { Delivery, StoredJob } from './port.ts';
import type { FinalStatus, JobStatus } from './states.ts';

export interface JobRow {
  readonly id: string;
  readonly status: JobStatus;
  readonly model: string;
  readonly options: string;
  readonly answer: string;
  readonly source: 'url' | 'file' | 'gone';
  readonly url: string | null;
  readonly fingerprint: string;
  readonly attempts: number;
  readonly created_at: number;
  readonly started_at: number | null;
  readonly finished_at: number | null;
  readonly outcome: string | null;
  readonly error: string | null;
  readonly webhook: StoredJob['webhook'];
  readonly tenant: string | null;
  readonly weight: number | null;
}

export interface DeliveryRow {
  readonly id: string;
  readonly status: FinalStatus;
  readonly webhook_url: string;
  readonly webhook_secret: string | null;
  readonly message_id: string;
  readonly attempts: number;
  readonly next_at: number;
}

export function jobOf(row: JobRow): StoredJob {
  return {
    id: row.id,
    status: row.status,
    model: row.model,
    tenant: row.tenant === null ? undefined : { id: row.tenant, weight: row.weight ?? 1 },
    options: JSON.parse(row.options),
    answer: JSON.parse(row.answer),
    source:
      row.url === null ? { kind: row.source === 'gone' ? 'gone' : 'file' } : { kind: 'url', url: row.url },
    attempts: row.attempts,
    createdAt: row.created_at,
    startedAt: row.started_at ?? undefined,
    finishedAt: row.finished_at ?? undefined,
    error: row.error === null ? undefined : JSON.parse(row.error),
    webhook: row.webhook,
  };
}

export function deliveryOf(row: DeliveryRow): Delivery {
  return {
    jobId: row.id,
    messageId: row.message_id,
    status: row.status,
    url: row.webhook_url,
    secret: row.webhook_secret ?? undefined,
    attempts: row.attempts,
    nextAt: row.next_at,
  };
}
