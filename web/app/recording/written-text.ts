/** What leaves the page of an open recording. */
import type { Manuscript } from '../../../shared/formats/format.ts';
import type { Library } from '../../library/library-port.ts';
import { keptText } from '../kept-conversation.ts';
import { keptManuscript } from '../kept-manuscript.ts';
import type { EditorSession } from './editor-session.ts';

/** The text as it is here, whether or not it could be kept. */
export const textHere = ({ document, recording, journal }: EditorSession): Manuscript =>
  keptManuscript(document, recording ?? { name: '', seconds: 0 }, journal);

/** With its notes, and with what was recorded at the same time; what could not be kept is written as it is here. */
export async function writtenText(session: EditorSession, library: Library | undefined): Promise<Manuscript> {
  await session.flush();
  const { recording, keeping } = session;
  if (recording === undefined || library === undefined || keeping !== 'saved') return textHere(session);
  return (await keptText(library, recording)).manuscript;
}
