/** A job's state in words, and what its progress line shows. */
import { ERRORS } from '../../shared/errors.ts';
import type { JobSnapshot, JobState } from '../client/transcriber.ts';

export { transcriptDuration } from '../client/transcript-of.ts';

import { clock, factor, percent, roughly } from './quantities.ts';
import { jobWords } from './words/job.ts';

/** Changes only when the state does: it is read out each time. */
export function stateText(state: JobState): string {
  if (state.name !== 'waiting') return jobWords[state.name]();
  return state.position === 0 ? jobWords.next() : jobWords.waiting(state.position);
}

/** When a waiting job may begin; '' when nobody knows yet. */
export function etaText(state: JobState, locale: string): string {
  if (state.name !== 'waiting' || state.etaMs === undefined) return '';
  return jobWords.eta(roughly(state.etaMs, locale));
}

/** How the state is coloured. */
export function stateTone(state: JobState): 'quiet' | 'busy' | 'live' | 'good' | 'bad' {
  switch (state.name) {
    case 'waiting':
    case 'cancelled':
      return 'quiet';
    case 'preparing':
    case 'reading':
      return 'busy';
    case 'listening':
    case 'finishing':
      return 'live';
    case 'done':
      return 'good';
    case 'failed':
    case 'refused':
      return 'bad';
  }
}

export interface ProgressView {
  readonly percent: number | undefined;
  readonly facts: readonly string[];
}

/** Undefined when there is nothing to measure: before the start, after the end, while listening. */
export function progressView({ state, progress }: JobSnapshot, locale: string): ProgressView | undefined {
  if (state.name === 'preparing' || state.name === 'finishing') return { percent: undefined, facts: [] };
  if (state.name !== 'reading') return undefined;
  const { doneSeconds, totalSeconds, speed, remainingMs } = progress;
  const done = clock(doneSeconds);
  const facts = [
    totalSeconds === undefined ? jobWords.readSoFar(done) : jobWords.ofTotal(done, clock(totalSeconds)),
  ];
  if (speed !== undefined) facts.push(jobWords.speed(factor(speed, locale)));
  if (remainingMs !== undefined) facts.push(jobWords.remaining(roughly(remainingMs, locale)));
  return { percent: percent(doneSeconds, totalSeconds), facts };
}

/**
 * Whether trying again makes sense: what was cancelled, what may succeed the next time, and what another model
 * may read. A damaged or wrong file stays what it is.
 */
export function canRetry(state: JobState): boolean {
  if (state.name === 'cancelled') return true;
  return (state.name === 'failed' || state.name === 'refused') && ERRORS[state.error.code].retryable;
}
