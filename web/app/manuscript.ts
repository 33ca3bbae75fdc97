/** What of a job is written down. Pure. */
import type { Manuscript } from '../../shared/formats/format.ts';
import type { OutputOptions } from '../../shared/formats/options.ts';
import type { JobSnapshot } from '../client/transcriber.ts';
import type { JobList } from './job-list.ts';
import { transcriptDuration } from './job-state.ts';
import { AUTO } from './reading-choice.ts';

export function manuscriptOf(snapshot: JobSnapshot | undefined): Manuscript {
  return {
    title: snapshot?.source.name ?? '',
    segments: snapshot?.segments ?? [],
    duration: snapshot === undefined ? 0 : transcriptDuration(snapshot),
    language: savedLanguage(snapshot?.language),
    model: snapshot?.model ?? '',
  };
}

export interface Printed {
  readonly manuscript: Manuscript;
  readonly options: OutputOptions;
}

/** What is open in the list, where it has text. */
export function openManuscript({ jobs, open }: JobList, options: OutputOptions): Printed | undefined {
  const job = jobs.find(({ id }) => id === open);
  if (job === undefined || job.snapshot.segments.length === 0) return undefined;
  return { manuscript: manuscriptOf(job.snapshot), options };
}

/** Undetermined (ISO 639-3) as long as nobody said. */
export const savedLanguage = (language: string | undefined): string =>
  language === undefined || language === AUTO ? 'und' : language;
