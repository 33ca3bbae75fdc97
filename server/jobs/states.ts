/** Where a job can stand, and every legal step between. */
export const JOB_STATUSES = ['queued', 'running', 'done', 'failed', 'cancelled'] as const;
export type JobStatus = (typeof JOB_STATUSES)[number];
export type FinalStatus = 'done' | 'failed' | 'cancelled';

/** `running` -> `queued`: the server ended, or the engine failed and it is tried again. */
export const TRANSITIONS: Readonly<Record<JobStatus, readonly JobStatus[]>> = {
  queued: ['running', 'failed', 'cancelled'],
  running: ['queued', 'done', 'failed', 'cancelled'],
  done: [],
  failed: [],
  cancelled: [],
};

export const isFinal = (status: JobStatus): status is FinalStatus => TRANSITIONS[status].length === 0;

/** From where a job may come to stand there. */
export const sourcesOf = (to: JobStatus): readonly JobStatus[] =>
  JOB_STATUSES.filter((from) => TRANSITIONS[from].includes(to));
