import type { Transcript } from '../../shared/transcript/transcript.ts';
import type { JobSnapshot } from './transcriber.ts';

/** Seconds of the source that the transcript covers. */
export function transcriptDuration({ progress, segments }: JobSnapshot): number {
  return Math.max(progress.totalSeconds ?? 0, progress.doneSeconds, segments.at(-1)?.end ?? 0);
}

/** The final text of a job so far, as formats take it. */
export function transcriptOf(snapshot: JobSnapshot): Transcript {
  const { segments, language, model } = snapshot;
  return { segments, duration: transcriptDuration(snapshot), language, model };
}
