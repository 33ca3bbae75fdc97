/** Jobs as the wire shows them. Pure. */
import { fromWire } from '../../shared/errors.ts';
import type { Job, JobAccepted } from '../../shared/protocol/http-jobs.ts';
import type { QueuePlace } from '../../shared/queue/port.ts';
import type { JobView } from '../jobs/port.ts';
import { errorReply } from './error-reply.ts';

export const placeWire = (place: QueuePlace | undefined) => ({
  position: place?.position ?? null,
  eta_ms: place?.etaMs === undefined ? null : Math.round(place.etaMs),
});

export const jobAddress = (id: string): string => `/v1/jobs/${id}`;

export const acceptedWire = ({ id, status, place }: JobView): JobAccepted => ({
  id,
  status,
  ...placeWire(place),
});

export const errorWire = (error: NonNullable<JobView['error']>) => errorReply(fromWire(error)).envelope.error;

export const progressWire = ({ doneSeconds, totalSeconds }: NonNullable<JobView['progress']>) => ({
  done_seconds: toMilliseconds(doneSeconds),
  total_seconds: totalSeconds === undefined ? null : toMilliseconds(totalSeconds),
});

export function jobWire(view: JobView): Job {
  const { model, createdAt, startedAt, finishedAt, expiresAt, progress, error, webhook } = view;
  return {
    ...acceptedWire(view),
    model,
    progress: progress === undefined ? null : progressWire(progress),
    created_at: isoTime(createdAt),
    started_at: startedAt === undefined ? null : isoTime(startedAt),
    finished_at: finishedAt === undefined ? null : isoTime(finishedAt),
    expires_at: expiresAt === undefined ? null : isoTime(expiresAt),
    error: error === undefined ? null : errorWire(error),
    webhook,
  };
}

const isoTime = (epochMs: number): string => new Date(epochMs).toISOString();

export const toMilliseconds = (seconds: number): number => Math.round(seconds * 1000) / 1000;
