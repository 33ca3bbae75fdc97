import type { JobSnapshot } from '../client/transcriber.ts';

/** Where an element stands; also its custom states: `sotto-transcriber:state(listening)`. */
export const ELEMENT_STATES = [
  'idle',
  /** parts or the model are on their way */
  'loading',
  /** others go first */
  'waiting',
  /** the microphone, or a stream, is being listened to */
  'listening',
  /** a recording is being read */
  'reading',
  /** nothing is listened to any more; the last words are being read */
  'finishing',
  'failed',
] as const;

export type ElementState = (typeof ELEMENT_STATES)[number];

/** Where a running job leaves the element. What comes after its end is decided where the element ends it. */
const STATES: Readonly<Partial<Record<JobSnapshot['state']['name'], ElementState>>> = {
  waiting: 'waiting',
  preparing: 'loading',
  reading: 'reading',
  listening: 'listening',
  finishing: 'finishing',
};

export const stateOf = ({ state }: JobSnapshot): ElementState | undefined => STATES[state.name];

export const isBusy = (state: ElementState): boolean => state !== 'idle' && state !== 'failed';
