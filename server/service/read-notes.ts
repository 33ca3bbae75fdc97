/** The notes of a job that goes on, by what they are for. */
import type { Vote } from '../../shared/pipeline/job-language.ts';
import type { LeftOut, ReadNote } from './port.ts';

export function leftOutOf(notes: readonly ReadNote[]): LeftOut[] {
  return notes.flatMap((note) =>
    note.name === 'left-out' ? [{ start: note.start, end: note.end, error: note.error }] : [],
  );
}

export function votesOf(notes: readonly ReadNote[]): Vote[] {
  return notes.flatMap((note) => (note.name === 'language' ? [note.vote] : []));
}
