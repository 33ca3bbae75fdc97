/** What a job that goes on has of what it said before. */
import { SAME_TIME } from '../../shared/speech/window.ts';
import type { Segment } from '../../shared/transcript/transcript.ts';
import type { TranscribeRequest } from '../service/port.ts';
import type { JobStore } from './port.ts';

const PAGE = 500;

export function allSegments(store: Pick<JobStore, 'segments'>, id: string): readonly Segment[] {
  const all: Segment[] = [];
  for (;;) {
    const page = store.segments(id, all.length, PAGE);
    all.push(...page);
    if (page.length < PAGE) return all;
  }
}

/** From the last final segment on everything is read again, so notes of later windows are forgotten. */
export function soFar(
  store: Pick<JobStore, 'segments' | 'keepNotes'>,
  id: string,
): Pick<TranscribeRequest, 'resume'> {
  const segments = allSegments(store, id);
  const from = segments.at(-1)?.end ?? 0;
  const notes = store.keepNotes(id, from + SAME_TIME);
  return segments.length === 0 ? {} : { resume: { from, segments, notes } };
}
