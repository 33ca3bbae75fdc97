/** What a kept recording gives out: its own text, as edited, or with what was recorded at the same time one conversation. */
import { spokenSegments } from '../../shared/edit/document.ts';
import { conversationOf, type Voice } from '../../shared/formats/conversation.ts';
import type { Manuscript } from '../../shared/formats/format.ts';
import type { Library } from '../library/library-port.ts';
import type { Recording } from '../library/port.ts';
import { AUTO } from './reading-choice.ts';

type Kept = Pick<Library, 'list' | 'document' | 'journal' | 'notes'>;

export interface KeptText {
  readonly manuscript: Manuscript;
  /** names of the other recordings that are in it */
  readonly together: readonly string[];
}

/** The first in it is the recording that was asked for; the others have begun with it or later. */
export async function keptText(library: Kept, recording: Recording): Promise<KeptText> {
  const others = await othersOf(library, recording);
  const voices = await Promise.all([recording, ...others].map((one) => voiceOf(library, one)));
  return {
    manuscript: conversationOf(recording.name, voices),
    together: others.map(({ name }) => name),
  };
}

async function othersOf(library: Kept, { id, session }: Recording): Promise<readonly Recording[]> {
  if (session === undefined) return [];
  return (await library.list()).filter((one) => one.session?.id === session.id && one.id !== id);
}

async function voiceOf(library: Kept, recording: Recording): Promise<Voice> {
  const { id, session, begunAt, seconds } = recording;
  const [{ document }, journal, notes] = await Promise.all([
    library.document(id),
    library.journal(id),
    library.notes(id),
  ]);
  const segments = spokenSegments(document);
  const { language = 'und', model = '' } = journal ?? {};
  return {
    speaker: session?.speaker ?? '',
    begunAt,
    segments,
    notes,
    duration: Math.max(seconds, segments.at(-1)?.end ?? 0),
    language: language === AUTO ? 'und' : language,
    model,
  };
}
