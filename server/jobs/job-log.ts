/** One line a job for the log: its times and sizes; nothing of what was said, no address, no whole id. */
import type { JobEnd, StoredJob } from './port.ts';

export interface JobLog {
  info(line: object, message: string): void;
  error(line: object, message: string): void;
}

export const NO_LOG: JobLog = { info: () => undefined, error: () => undefined };

export function jobLine(job: StoredJob, end: JobEnd, now: number): object {
  const { status } = end;
  const line = {
    ...{ end: status, model: job.model, task: job.answer.task, totalMs: now - job.createdAt },
    ...(job.tenant && { key: job.tenant.id }),
  };
  if (end.status === 'failed') return { ...line, code: end.error.code };
  if (end.status === 'cancelled') return line;
  const { timings, duration } = end.result;
  return {
    ...line,
    waitMs: Math.round(timings.waitMs),
    decodeMs: Math.round(timings.decodeMs),
    inferenceMs: Math.round(timings.inferenceMs),
    audioSeconds: Math.round(duration * 10) / 10,
  };
}
