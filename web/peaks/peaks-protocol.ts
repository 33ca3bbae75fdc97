/** What the page and its peak worker say to each other (over comlink). */
import type { Outcome } from '../../shared/errors.ts';

export interface PeakStep {
  /** see PeakMeter */
  readonly peaks: Uint8Array<ArrayBuffer>;
  readonly ended: boolean;
}

/** One worker measures one sound, and is ended with it. */
export interface PeakWorkerApi {
  /** `lock`: see holdLife. `seconds`: the sound's length, as far as the file says it. */
  open(sound: Blob, lock: string): Promise<Outcome<{ readonly seconds: number | undefined }>>;
  /** The next peaks, some moments' worth of work; nothing is decoded until it is asked for. */
  next(): Promise<Outcome<PeakStep>>;
}
