import type { Ear } from './ear.ts';

/**
 * One ear is kept ready for the next job: starting its worker and its model takes about as long as reading a window.
 * A job's ear is its own and ends with it.
 */
export interface Ears {
  /** the ready one, or a new one */
  readonly take: () => Ear;
  makeReady(): void;
  close(): void;
}

export function createEars(create: () => Ear): Ears {
  let ready: Ear | undefined;
  return {
    take() {
      const ear = ready;
      ready = undefined;
      return ear === undefined || ear.dead ? create() : ear;
    },
    makeReady() {
      if (ready === undefined || ready.dead) ready = create();
    },
    close() {
      ready?.close();
      ready = undefined;
    },
  };
}
