import { peaksOf } from '../../peaks/open-peaks.ts';
import { PeakList } from './peak-list.ts';

/** `partial`: the sound could not be read to its end. */
export type WaveState = 'none' | 'measuring' | 'whole' | 'partial';

/** The peaks of one sound at a time, measured while somebody looks. */
export class WaveSource {
  readonly #changed: () => void;
  #sound: Blob | undefined;
  #abort: AbortController | undefined;
  state: WaveState = 'none';
  peaks = new PeakList();
  /** of the sound, as far as known */
  seconds: number | undefined;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Goes on showing what it has when it is the same sound; begins anew what was stopped. */
  follow(sound: Blob | undefined): void {
    if (sound === this.#sound && this.state !== 'none') return;
    this.stop();
    this.#sound = sound;
    this.#reset();
    if (sound !== undefined) void this.#measure(sound);
  }

  /** Ends the worker. What is not whole by then is measured again later. */
  stop(): void {
    this.#abort?.abort();
    this.#abort = undefined;
    if (this.state === 'measuring') this.#reset();
  }

  #reset(): void {
    this.state = 'none';
    this.peaks = new PeakList();
    this.seconds = undefined;
  }

  async #measure(sound: Blob): Promise<void> {
    const abort = new AbortController();
    this.#abort = abort;
    this.state = 'measuring';
    try {
      for await (const part of peaksOf(sound, abort.signal)) {
        this.peaks.append(part.peaks);
        this.seconds = part.seconds;
        this.#changed();
      }
      this.state = 'whole';
    } catch (thrown) {
      if (abort.signal.aborted) return;
      console.warn('The waveform could not be drawn to its end.', thrown); // said on the page, too
      this.state = 'partial';
    }
    this.#changed();
  }
}
