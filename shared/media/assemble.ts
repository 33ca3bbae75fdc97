/**
 * Decoded samples with their timestamps become one unbroken stretch of mono 16 kHz sound that begins at time 0:
 * what lies before 0 (an encoder's priming) is cut off, gaps become silence, overlaps are said once.
 */
import { SAMPLE_RATE } from '../audio/pcm.ts';
import { createResampler, type Resampler } from '../audio/resample.ts';

/** Seconds; smaller differences are rounding of timestamps. */
const TOLERANCE = 0.005;
/** Seconds; a longer jump either way is a clock that was set anew, not silence: what follows is appended. */
const LONGEST_GAP = 3_600;
const LONGEST_OVERLAP = 1;

export interface Assembler {
  /** `mono` at `rate` hertz begins at `timestamp` seconds. Yields chunks that are full. Does not keep `mono`. */
  add(mono: Float32Array, rate: number, timestamp: number): Generator<Float32Array, void>;
  /** The rest. */
  end(): Generator<Float32Array, void>;
  /** seconds of the source that were added: where the next sample is expected */
  readonly position: number;
}

/** Chunks have `chunkSamples` samples each, the last one the rest. */
export function createAssembler(chunkSamples = SAMPLE_RATE): Assembler {
  let resampler: Resampler | undefined;
  let rate = 0;
  /** seconds where the present resampler began, and source samples since */
  let began = 0;
  let frames = 0;
  let chunk = new Float32Array(chunkSamples);
  let filled = 0;

  const position = (): number => (rate === 0 ? began : began + frames / rate);

  function* emit(samples: Float32Array): Generator<Float32Array, void> {
    for (let at = 0; at < samples.length; ) {
      const take = Math.min(chunkSamples - filled, samples.length - at);
      chunk.set(samples.subarray(at, at + take), filled);
      filled += take;
      at += take;
      if (filled === chunkSamples) {
        yield chunk;
        chunk = new Float32Array(chunkSamples);
        filled = 0;
      }
    }
  }

  function* feed(through: Resampler, mono: Float32Array): Generator<Float32Array, void> {
    frames += mono.length;
    yield* emit(through.push(mono));
  }

  function* retune(to: number): Generator<Float32Array, Resampler> {
    if (resampler !== undefined && rate === to) return resampler;
    if (resampler !== undefined) yield* emit(resampler.flush());
    began = position();
    frames = 0;
    rate = to;
    resampler = createResampler(to);
    return resampler;
  }

  return {
    *add(mono, newRate, timestamp) {
      const through = yield* retune(newRate);
      const gap = timestamp - position();
      if (gap > TOLERANCE && gap <= LONGEST_GAP) {
        const second = new Float32Array(newRate);
        for (let left = Math.round(gap * newRate); left > 0; left -= newRate) {
          yield* feed(through, second.subarray(0, Math.min(left, newRate)));
        }
      }
      // before the first sample everything negative goes, however long
      const overlaps = -gap > TOLERANCE && (position() === 0 || -gap <= LONGEST_OVERLAP);
      const skip = overlaps ? Math.round(-gap * newRate) : 0;
      if (skip < mono.length) yield* feed(through, mono.subarray(skip));
    },
    *end() {
      if (resampler !== undefined) yield* emit(resampler.flush());
      if (filled > 0) yield chunk.slice(0, filled);
      filled = 0;
      began = position();
      frames = 0;
      rate = 0;
      resampler = undefined;
    },
    get position() {
      return position();
    },
  };
}
