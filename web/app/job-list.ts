/** Which jobs the page lists and which of them is open. Pure. */
import type { Job, JobState } from '../client/transcriber.ts';

export interface JobList {
  /** the newest group first; within a group as they were given, which is the order they are read in */
  readonly jobs: readonly Job[];
  /** the job whose transcript is shown */
  readonly open: string | undefined;
}

export const EMPTY_LIST: JobList = { jobs: [], open: undefined };

const ENDED: readonly JobState['name'][] = ['done', 'failed', 'cancelled', 'refused'];

export function hasEnded(state: JobState): boolean {
  return ENDED.includes(state.name);
}

/**
 * Adds jobs that were given together. What someone is watching grow stays open; otherwise the first new one
 * opens, and a recording always does.
 */
export function withJobs(list: JobList, group: readonly Job[]): JobList {
  const [first] = group;
  if (first === undefined) return list;
  const watched = list.jobs.find((job) => job.id === list.open);
  const busy = watched !== undefined && !hasEnded(watched.snapshot.state);
  const open = busy && first.snapshot.source.kind !== 'live' ? list.open : first.id;
  return { jobs: [...group, ...list.jobs], open };
}

export function toggled(list: JobList, id: string): JobList {
  return { ...list, open: list.open === id ? undefined : id };
}

/** The new attempt takes the place of the old one, which stays below it when it has text. */
export function retried(list: JobList, id: string, attempt: Job): JobList {
  const jobs = list.jobs.flatMap((job) => {
    if (job.id !== id) return [job];
    return job.snapshot.segments.length > 0 ? [attempt, job] : [attempt];
  });
  return { jobs, open: attempt.id };
}

/** The list without a job, and what the focus goes to: the one that took its place, else the last. */
export function removed(
  list: JobList,
  id: string,
): { readonly list: JobList; readonly focus: string | undefined } {
  const index = list.jobs.findIndex((job) => job.id === id);
  const jobs = list.jobs.filter((job) => job.id !== id);
  const open = list.open === id ? undefined : list.open;
  return { list: { jobs, open }, focus: (jobs[index] ?? jobs.at(-1))?.id };
}
