/** What of a session is written down. Pure. */
import { conversationOf, type Voice } from '../../../shared/formats/conversation.ts';
import type { Manuscript } from '../../../shared/formats/format.ts';
import { transcriptDuration } from '../job-state.ts';
import { AUTO } from '../reading-choice.ts';
import type { Names } from './caption-list.ts';
import { beginOf, type CaptionSession } from './session.ts';

export function manuscriptOf(session: CaptionSession, names: Names, title: string): Manuscript {
  const voices = session.tracks.map((track): Voice => {
    const { snapshot } = track.job;
    return {
      speaker: names[track.side],
      begunAt: beginOf(track),
      segments: snapshot.segments,
      notes: [],
      duration: transcriptDuration(snapshot),
      language: snapshot.language === AUTO ? 'und' : snapshot.language,
      model: snapshot.model,
    };
  });
  return {
    ...conversationOf(title, voices),
    notes: session.notes.map(({ at, text }) => ({
      at: Math.max(0, (at - session.begunAt) / 1000),
      text,
    })),
  };
}
