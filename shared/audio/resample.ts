/**
 * Any sample rate to 16 kHz, streaming: a polyphase windowed-sinc (Kaiser) FIR filter, linear phase, its delay
 * taken out. Feeding it in chunks gives exactly the samples that feeding it whole gives.
 *
 * Design (Oppenheim & Schafer, Kaiser's formulas): the stop band is 70 dB down and begins at 8.4 kHz, the pass band
 * ends at 7 kHz; what lies between folds no lower than 7.6 kHz, above what speech models listen to.
 */
import { SAMPLE_RATE } from './pcm.ts';

const ATTENUATION_DB = 70;
const PASS_HZ = 7_000;
const STOP_HZ = 8_400;
/** going up, only images fold, far from what is kept: a gentler slope costs half */
const STOP_UP = 9_200;

export interface Resampler {
  /** Output samples that these input samples complete; may be empty. The input is not kept. */
  push(samples: Float32Array): Float32Array;
  /** The rest: in all round(inputs * 16000 / rate) samples were given. Then as new. */
  flush(): Float32Array;
}

/** `rate` in hertz, 1000 to 768000. Throws RangeError outside. */
export function createResampler(rate: number): Resampler {
  if (!Number.isInteger(rate) || rate < 1_000 || rate > 768_000) throw new RangeError(`sample rate ${rate}`);
  return rate === SAMPLE_RATE ? passThrough() : polyphase(rate);
}

function passThrough(): Resampler {
  return { push: (samples) => samples.slice(), flush: () => new Float32Array(0) };
}

function polyphase(rate: number): Resampler {
  const divisor = gcd(rate, SAMPLE_RATE);
  /** output n is at input position n * step / phases */
  const phases = SAMPLE_RATE / divisor;
  const step = rate / divisor;
  const { taps, half, table } = design(rate, phases);

  let history = new Float32Array(4096);
  /** history[0] is input number `first`; before the source there are zeros */
  let first = -half;
  let held = half;
  let received = 0;
  let produced = 0;

  const append = (samples: Float32Array): void => {
    if (held + samples.length > history.length) {
      const grown = new Float32Array(Math.max(history.length * 2, held + samples.length));
      grown.set(history.subarray(0, held));
      history = grown;
    }
    history.set(samples, held);
    held += samples.length;
  };

  const drop = (count: number): void => {
    history.copyWithin(0, count, held);
    held -= count;
    first += count;
  };

  /** outputs numbered `produced` up to `end` */
  const produce = (end: number): Float32Array => {
    const out = new Float32Array(Math.max(0, end - produced));
    for (let i = 0; i < out.length; i++) {
      const position = (produced + i) * step;
      const whole = Math.floor(position / phases);
      const row = (position - whole * phases) * taps;
      // taps cover inputs whole - half + 1 ... whole + half
      out[i] = dot(table, row, history, whole - half + 1 - first, taps);
    }
    produced += out.length;
    const keepFrom = Math.floor((produced * step) / phases) - half + 1;
    if (keepFrom > first) drop(Math.min(keepFrom - first, held));
    return out;
  };

  return {
    push(samples) {
      append(samples);
      received += samples.length;
      // the last output whose newest tap, whole + half, was received
      return produce(Math.floor(((received - half) * phases - 1) / step) + 1);
    },
    flush() {
      append(new Float32Array(half + step + 1));
      const out = produce(Math.round((received * phases) / step));
      history.fill(0);
      first = -half;
      held = half;
      received = 0;
      produced = 0;
      return out;
    },
  };
}

function dot(table: Float32Array, row: number, input: Float32Array, from: number, taps: number): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let k = 0; k < taps; k += 4) {
    a += table[row + k]! * input[from + k]!;
    b += table[row + k + 1]! * input[from + k + 1]!;
    c += table[row + k + 2]! * input[from + k + 2]!;
    d += table[row + k + 3]! * input[from + k + 3]!;
  }
  return a + b + (c + d);
}

interface Design {
  /** coefficients a phase, a multiple of 4 */
  readonly taps: number;
  readonly half: number;
  /** [phases][taps] */
  readonly table: Float32Array;
}

function design(rate: number, phases: number): Design {
  // going up, the images to be rejected begin at half the input's rate
  const scale = Math.min(1, rate / SAMPLE_RATE);
  const pass = (PASS_HZ * scale) / rate;
  const stop = ((scale < 1 ? STOP_UP : STOP_HZ) * scale) / rate;
  const length = (ATTENUATION_DB - 8) / (2.285 * 2 * Math.PI * (stop - pass));
  const half = 2 * Math.ceil(length / 4);
  const taps = 2 * half;
  const cutoff = pass + stop;
  const beta = 0.1102 * (ATTENUATION_DB - 8.7);
  const table = new Float32Array(phases * taps);
  for (let phase = 0; phase < phases; phase++) {
    const row = table.subarray(phase * taps, (phase + 1) * taps);
    let sum = 0;
    for (let k = 0; k < taps; k++) {
      const x = k - half + 1 - phase / phases;
      const window = bessel0(beta * Math.sqrt(Math.max(0, 1 - (x / half) ** 2)));
      row[k] = sinc(cutoff * x) * window;
      sum += row[k]!;
    }
    // every phase passes a constant unchanged
    for (let k = 0; k < taps; k++) row[k]! /= sum;
  }
  return { taps, half, table };
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** Modified Bessel function of the first kind, order 0, by its power series. */
function bessel0(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > 1e-12 * sum; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
