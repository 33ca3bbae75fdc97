import type { JobSnapshot } from '../client/transcriber.ts';
import type { ElementState } from './events.ts';

/** Where a job's state leaves the element. */
const STATES: Readonly<Record<JobSnapshot['state']['name'], ElementState>> = {
  waiting: 'waiting',
  preparing: 'loading',
  reading: 'reading',
  listening: 'listening',
  finishing: 'finishing',
  done: 'idle',
  cancelled: 'idle',
  failed: 'failed',
  refused: 'failed',
};

export const stateOf = (snapshot: JobSnapshot): ElementState => STATES[snapshot.state.name];

export const isBusy = (state: ElementState): boolean => state !== 'idle' && state !== 'failed';
