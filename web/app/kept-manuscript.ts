import { type Document, spokenSegments } from '../../shared/edit/document.ts';
import type { Manuscript } from '../../shared/formats/format.ts';
import type { JobJournal, Recording } from '../library/port.ts';
import { savedLanguage } from './manuscript.ts';

/** What is written down of a recording that is kept. */
export function keptManuscript(
  document: Document,
  { name, seconds }: Pick<Recording, 'name' | 'seconds'>,
  journal: Pick<JobJournal, 'language' | 'model'> | undefined,
): Manuscript {
  const segments = spokenSegments(document);
  return {
    title: name,
    segments,
    duration: Math.max(seconds, segments.at(-1)?.end ?? 0),
    language: savedLanguage(journal?.language),
    model: journal?.model ?? '',
  };
}
