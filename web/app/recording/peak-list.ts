/** Peaks as they come: a byte each, fifty a second, so 1.8 MB for ten hours. */
import { PEAKS_PER_SECOND } from '../../../shared/audio/peaks.ts';

const FIRST_SECONDS = 60;

export class PeakList {
  #bytes: Uint8Array = new Uint8Array(FIRST_SECONDS * PEAKS_PER_SECOND);
  #length = 0;
  #loudest = 0;

  /** how many have come */
  get length(): number {
    return this.#length;
  }

  /** the largest that has come */
  get loudest(): number {
    return this.#loudest;
  }

  /** seconds of sound that they cover */
  get seconds(): number {
    return this.#length / PEAKS_PER_SECOND;
  }

  append(peaks: Uint8Array): void {
    const length = this.#length + peaks.length;
    if (length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(length, 2 * this.#bytes.length));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(peaks, this.#length);
    this.#length = length;
    for (const peak of peaks) if (peak > this.#loudest) this.#loudest = peak;
  }

  /**
   * How tall the sound stands between two moments (seconds), the peak at `from` at least: halfway between the largest
   * and the mean, for in any minute of speech the largest is the same. Undefined where none has come yet.
   */
  height(from: number, to: number): number | undefined {
    const first = Math.max(0, Math.floor(from * PEAKS_PER_SECOND));
    const last = Math.min(this.#length, Math.max(first + 1, Math.floor(to * PEAKS_PER_SECOND)));
    if (first >= last) return undefined;
    let largest = 0;
    let sum = 0;
    for (let i = first; i < last; i++) {
      const peak = this.#bytes[i]!;
      sum += peak;
      if (peak > largest) largest = peak;
    }
    return (largest + sum / (last - first)) / 2;
  }
}
