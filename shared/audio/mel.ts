/**
 * Whisper's log-mel spectrogram (`log_mel_spectrogram` of OpenAI's whisper/audio.py), equal to the
 * WhisperFeatureExtractor of transformers.js within 1e-4.
 */
import { BINS, createFramePower, FRAME } from './frame-power.ts';
import { melFilters } from './mel-filters.ts';
import { SAMPLE_RATE } from './pcm.ts';

/** samples from one frame to the next */
export const HOP = 160;
/** samples before the centre of a frame: the signal is padded by as many on both sides */
const HALF = FRAME / 2;
/** smallest power told apart from silence */
const FLOOR = 1e-10;
/** log10 units below the loudest value that are kept */
const RANGE = 8;

export interface MelShape {
  readonly nMels: 80 | 128;
  /** frames of the model's window: 100 a second (3000 for 30 s) */
  readonly frames: number;
}

/**
 * Mono 16 kHz samples in, log-mel [nMels, frames] row-major out. Samples are cut or padded with zeros to
 * `frames * HOP`. `into`, where given, receives the result (and is returned): one row of a batch, for example.
 */
export type Mel = (samples: Float32Array, into?: Float32Array) => Float32Array;

/** Tables and buffers are made once and used by every call. */
export function createMel({ nMels, frames }: MelShape): Mel {
  const length = frames * HOP;
  const padded = new Float32Array(length + FRAME);
  const framePower = createFramePower();
  const { starts, offsets, weights } = melFilters(nMels, FRAME, SAMPLE_RATE);
  const powerA = new Float64Array(BINS);
  const powerB = new Float64Array(BINS);

  return (samples, into = new Float32Array(nMels * frames)) => {
    if (into.length !== nMels * frames) {
      throw new RangeError(`${into.length} values for a log-mel of ${nMels} x ${frames}`);
    }
    const used = Math.min(samples.length, length);
    fillPadded(padded, samples, used, length);
    // A frame that begins past the last sample holds zeros alone, and so does every frame after it.
    const sounding = Math.min(frames, Math.ceil((used + HALF) / HOP));
    let loudest = FLOOR;
    for (let frame = 0; frame < sounding; frame += 2) {
      const pair = frame + 1 < sounding;
      // An odd last frame is done twice: there may be no sample behind it.
      framePower(padded, frame * HOP, (pair ? frame + 1 : frame) * HOP, powerA, powerB);
      for (let m = 0; m < nMels; m++) {
        const end = offsets[m + 1]!;
        let bin = starts[m]!;
        let a = 0;
        let b = 0;
        for (let w = offsets[m]!; w < end; w++, bin++) {
          a += weights[w]! * powerA[bin]!;
          b += weights[w]! * powerB[bin]!;
        }
        const at = m * frames + frame;
        into[at] = a;
        if (a > loudest) loudest = a;
        if (!pair) continue;
        into[at + 1] = b;
        if (b > loudest) loudest = b;
      }
    }
    logarithm(into, frames, sounding, loudest);
    return into;
  };
}

/** Reflects the signal (zeros included) about its first and last sample, without repeating them. */
function fillPadded(padded: Float32Array, samples: Float32Array, used: number, length: number): void {
  padded.fill(0, HALF + used);
  padded.set(used === samples.length ? samples : samples.subarray(0, used), HALF);
  const last = length - 1;
  for (let i = 1; i <= HALF; i++) {
    padded[HALF - i] = padded[HALF + reflected(i, last)]!;
    padded[HALF + last + i] = padded[HALF + reflected(last - i, last)]!;
  }
}

/** Where `index` lands when the signal [0, last] is mirrored at its ends, as often as needed. */
function reflected(index: number, last: number): number {
  return Math.abs(((index + last) % (2 * last)) - last);
}

/** In place: log10, no lower than RANGE below the loudest, shifted and scaled as Whisper was trained on. */
function logarithm(values: Float32Array, frames: number, sounding: number, loudest: number): void {
  const lowest = Math.max(Math.log10(loudest) - RANGE, Math.log10(FLOOR));
  const lowestPower = 10 ** lowest;
  const floor = (lowest + 4) / 4;
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  for (let row = 0; row < values.length; row += frames) {
    const end = row + sounding;
    for (let at = row; at < end; at++) {
      values[at] = values[at]! <= lowestPower ? floor : (log10OfBits(bits[at]!) + 4) * 0.25;
    }
    values.fill(floor, end, row + frames);
  }
}

const LOG10_2 = Math.log10(2);
const TABLE_BITS = 11;
/** log10 of 1 + i / 2^TABLE_BITS */
const LOG10_TABLE = Float64Array.from({ length: 2 ** TABLE_BITS + 1 }, (_, i) =>
  Math.log10(1 + i / 2 ** TABLE_BITS),
);
const REST_BITS = 23 - TABLE_BITS;
const REST_SCALE = 2 ** -REST_BITS;

/**
 * log10 of a positive normal 32-bit float from its bits: exponent, and a table of the mantissa with linear
 * interpolation (error below 2e-8; Math.log10 takes several times as long, 240 000 times a window).
 */
function log10OfBits(bits: number): number {
  const exponent = (bits >> 23) - 127;
  const entry = (bits >> REST_BITS) & (2 ** TABLE_BITS - 1);
  const rest = (bits & (2 ** REST_BITS - 1)) * REST_SCALE;
  const low = LOG10_TABLE[entry]!;
  return exponent * LOG10_2 + low + rest * (LOG10_TABLE[entry + 1]! - low);
}
