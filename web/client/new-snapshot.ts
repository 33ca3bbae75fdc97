import { type JobSnapshot, NO_OPEN_TEXT, type Source } from './transcriber.ts';

/** A job before anything has happened to it. */
export function newSnapshot(
  id: string,
  source: Source,
  { model, language }: { readonly model: string; readonly language: string },
): JobSnapshot {
  return {
    id,
    source,
    model,
    language,
    state: { name: 'waiting', position: 0, etaMs: undefined },
    progress: { doneSeconds: 0, totalSeconds: undefined, speed: undefined, remainingMs: undefined },
    segments: [],
    partial: NO_OPEN_TEXT,
    speech: 'none',
    level: 0,
    notices: [],
  };
}
