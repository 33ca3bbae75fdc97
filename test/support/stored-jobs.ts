/** Jobs as a store is told them, and what a process that was killed leaves of its folder. */
import { cpSync } from 'node:fs';
import type { NewJob } from '../../server/jobs/port.ts';
import type { TranscribeResult } from '../../server/service/port.ts';
import type { Segment } from '../../shared/transcript/transcript.ts';

export const newJob = (id: string, more: Partial<NewJob> = {}): NewJob => ({
  id,
  model: 'sotto-demo-en',
  options: { task: 'transcribe' },
  answer: {
    task: 'transcribe',
    responseFormat: 'json',
    granularities: { segment: true, word: false },
    logprobs: false,
  },
  webhook: undefined,
  idempotencyKey: undefined,
  source: { kind: 'file' },
  fingerprint: 'content',
  createdAt: 1,
  ...more,
});

export const segment = (id: number, text = `Segment ${id}.`): Segment => ({
  id,
  start: id,
  end: id + 1,
  text,
  tokens: [id],
  avgLogprob: -0.1,
  noSpeechProb: 0.01,
  compressionRatio: 1,
  temperature: 0,
});

export const resultOf = (segments: readonly Segment[]): TranscribeResult => ({
  segments,
  duration: segments.length,
  language: 'en',
  model: 'sotto-demo-en',
  leftOut: [],
  timings: { waitMs: 1, decodeMs: 2, inferenceMs: 3 },
});

/**
 * What is in the files at this moment, and nothing that is only in a process: as after SIGKILL. Every call of the
 * store is synchronous, so no write is halfway.
 */
export function snapshot(folder: string, to: string): void {
  cpSync(folder, to, { recursive: true });
}
