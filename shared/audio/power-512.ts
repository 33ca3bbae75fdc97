/** Power spectrum of 512 real samples: a radix-2 FFT (Cooley and Tukey, 1965), in place, in double precision. */

export const LENGTH = 512;
/** frequencies: 0 to half the sample rate, evenly spaced */
export const BINS_512 = LENGTH / 2 + 1;
const BITS = 9;

const COS = Float64Array.from({ length: LENGTH / 2 }, (_, i) => Math.cos((2 * Math.PI * i) / LENGTH));
const SIN = Float64Array.from({ length: LENGTH / 2 }, (_, i) => -Math.sin((2 * Math.PI * i) / LENGTH));
const REVERSED = Uint16Array.from({ length: LENGTH }, (_, i) => {
  let reversed = 0;
  for (let bit = 0; bit < BITS; bit++) reversed |= ((i >> bit) & 1) << (BITS - 1 - bit);
  return reversed;
});

/** Writes |X[k]|^2 of `frame` [512] to `power` [257], unscaled; `frame` stays as it is. */
export function createPower512(): (frame: Float64Array, power: Float64Array) => void {
  const re = new Float64Array(LENGTH);
  const im = new Float64Array(LENGTH);
  return (frame, power) => {
    for (let i = 0; i < LENGTH; i++) re[i] = frame[REVERSED[i]!]!;
    im.fill(0);
    for (let half = 1; half < LENGTH; half *= 2) butterflies(re, im, half);
    for (let k = 0; k < BINS_512; k++) power[k] = re[k]! ** 2 + im[k]! ** 2;
  };
}

/** Joins transforms of `half` points to transforms of twice as many. */
function butterflies(re: Float64Array, im: Float64Array, half: number): void {
  const turn = LENGTH / (2 * half);
  for (let start = 0; start < LENGTH; start += 2 * half) {
    for (let k = 0; k < half; k++) {
      const a = start + k;
      const b = a + half;
      const c = COS[k * turn]!;
      const s = SIN[k * turn]!;
      const r = re[b]! * c - im[b]! * s;
      const i = re[b]! * s + im[b]! * c;
      re[b] = re[a]! - r;
      im[b] = im[a]! - i;
      re[a] = re[a]! + r;
      im[a] = im[a]! + i;
    }
  }
}
