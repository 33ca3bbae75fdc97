/**
 * Power spectra of windowed real frames of 400 samples, two at a time, in double precision.
 *
 * Both frames ride in one complex transform, one as its real and one as its imaginary part. It is Stockham's
 * self-sorting FFT (Van Loan, Computational Frameworks for the FFT, 1992, section 1.7) in passes of radix 5, 5, 4, 4;
 * the first also applies the window and the last also tells the frames apart, so no pass only moves data.
 */

import { COS1, COS2, type Plane, radix4, radix5, SIN1, SIN2, twiddles } from './fft-passes.ts';

/** samples a frame */
export const FRAME = 400;
/** frequencies of a frame: 0 to half the sample rate, evenly spaced */
export const BINS = FRAME / 2 + 1;

/**
 * Writes |X[k]|^2 of the Hann-windowed frames that begin at `first` and `second` in `signal` to `powerFirst` and
 * `powerSecond`, [BINS] each, unscaled.
 */
export type FramePower = (
  signal: Float32Array,
  first: number,
  second: number,
  powerFirst: Float64Array,
  powerSecond: Float64Array,
) => void;

export function createFramePower(): FramePower {
  const one: Plane = { re: new Float64Array(FRAME), im: new Float64Array(FRAME) };
  const two: Plane = { re: new Float64Array(FRAME), im: new Float64Array(FRAME) };
  return (signal, first, second, powerFirst, powerSecond) => {
    windowedRadix5(signal, first, second, one);
    radix5(one, two);
    radix4(two, one);
    separatingRadix4(one, powerFirst, powerSecond);
  };
}

/** Periodic. */
const HANN = Float64Array.from({ length: FRAME }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / FRAME));

const TWIDDLES_400 = twiddles(400, 5);

/** 80 butterflies over the two frames times the window; length 400, each with a twiddle of its own. */
function windowedRadix5(signal: Float32Array, first: number, second: number, { re, im }: Plane): void {
  const turn = TWIDDLES_400;
  for (let p = 0, t = 0, o = 0; p < 80; p++, t += 8, o += 5) {
    const f = first + p;
    const s = second + p;
    const aR = signal[f]! * HANN[p]!;
    const aI = signal[s]! * HANN[p]!;
    const bR = signal[f + 80]! * HANN[p + 80]!;
    const bI = signal[s + 80]! * HANN[p + 80]!;
    const cR = signal[f + 160]! * HANN[p + 160]!;
    const cI = signal[s + 160]! * HANN[p + 160]!;
    const dR = signal[f + 240]! * HANN[p + 240]!;
    const dI = signal[s + 240]! * HANN[p + 240]!;
    const eR = signal[f + 320]! * HANN[p + 320]!;
    const eI = signal[s + 320]! * HANN[p + 320]!;
    const addBeR = bR + eR;
    const addBeI = bI + eI;
    const subBeR = bR - eR;
    const subBeI = bI - eI;
    const addCdR = cR + dR;
    const addCdI = cI + dI;
    const subCdR = cR - dR;
    const subCdI = cI - dI;
    const even1R = aR + COS1 * addBeR + COS2 * addCdR;
    const even1I = aI + COS1 * addBeI + COS2 * addCdI;
    const even2R = aR + COS2 * addBeR + COS1 * addCdR;
    const even2I = aI + COS2 * addBeI + COS1 * addCdI;
    const odd1R = SIN1 * subBeR + SIN2 * subCdR;
    const odd1I = SIN1 * subBeI + SIN2 * subCdI;
    const odd2R = SIN2 * subBeR - SIN1 * subCdR;
    const odd2I = SIN2 * subBeI - SIN1 * subCdI;
    const r1 = even1R + odd1I;
    const i1 = even1I - odd1R;
    const r2 = even2R + odd2I;
    const i2 = even2I - odd2R;
    const r3 = even2R - odd2I;
    const i3 = even2I + odd2R;
    const r4 = even1R - odd1I;
    const i4 = even1I + odd1R;
    const c1 = turn[t]!;
    const s1 = turn[t + 1]!;
    const c2 = turn[t + 2]!;
    const s2 = turn[t + 3]!;
    const c3 = turn[t + 4]!;
    const s3 = turn[t + 5]!;
    const c4 = turn[t + 6]!;
    const s4 = turn[t + 7]!;
    re[o] = aR + addBeR + addCdR;
    im[o] = aI + addBeI + addCdI;
    re[o + 1] = r1 * c1 - i1 * s1;
    im[o + 1] = r1 * s1 + i1 * c1;
    re[o + 2] = r2 * c2 - i2 * s2;
    im[o + 2] = r2 * s2 + i2 * c2;
    re[o + 3] = r3 * c3 - i3 * s3;
    im[o + 3] = r3 * s3 + i3 * c3;
    re[o + 4] = r4 * c4 - i4 * s4;
    im[o + 4] = r4 * s4 + i4 * c4;
  }
}

/**
 * The last 100 butterflies (length 4, no twiddles). Butterfly q gives Z at q, q + 100, q + 200, q + 300, whose mirrors
 * 400 - k come from butterfly 100 - q: both are done together and nothing is stored but powers.
 */
function separatingRadix4({ re: xr, im: xi }: Plane, first: Float64Array, second: Float64Array): void {
  for (let q = 0; q <= 50; q++) {
    const aR = xr[q]!;
    const aI = xi[q]!;
    const bR = xr[q + 100]!;
    const bI = xi[q + 100]!;
    const cR = xr[q + 200]!;
    const cI = xi[q + 200]!;
    const dR = xr[q + 300]!;
    const dI = xi[q + 300]!;
    const addAcR = aR + cR;
    const addAcI = aI + cI;
    const subAcR = aR - cR;
    const subAcI = aI - cI;
    const addBdR = bR + dR;
    const addBdI = bI + dI;
    const subBdR = bR - dR;
    const subBdI = bI - dI;
    if (q === 0) {
      // 0 and 200 are their own mirrors, 100 and 300 each other's.
      first[0] = (addAcR + addBdR) ** 2;
      second[0] = (addAcI + addBdI) ** 2;
      first[200] = (addAcR - addBdR) ** 2;
      second[200] = (addAcI - addBdI) ** 2;
      separate(100, subAcR + subBdI, subAcI - subBdR, subAcR - subBdI, subAcI + subBdR, first, second);
      continue;
    }
    const m = 100 - q;
    const aRm = xr[m]!;
    const aIm = xi[m]!;
    const bRm = xr[m + 100]!;
    const bIm = xi[m + 100]!;
    const cRm = xr[m + 200]!;
    const cIm = xi[m + 200]!;
    const dRm = xr[m + 300]!;
    const dIm = xi[m + 300]!;
    const addAcRm = aRm + cRm;
    const addAcIm = aIm + cIm;
    const subAcRm = aRm - cRm;
    const subAcIm = aIm - cIm;
    const addBdRm = bRm + dRm;
    const addBdIm = bIm + dIm;
    const subBdRm = bRm - dRm;
    const subBdIm = bIm - dIm;
    separate(q, addAcR + addBdR, addAcI + addBdI, subAcRm - subBdIm, subAcIm + subBdRm, first, second);
    separate(q + 100, subAcR + subBdI, subAcI - subBdR, addAcRm - addBdRm, addAcIm - addBdIm, first, second);
    separate(m, addAcRm + addBdRm, addAcIm + addBdIm, subAcR - subBdI, subAcI + subBdR, first, second);
    separate(m + 100, subAcRm + subBdIm, subAcIm - subBdRm, addAcR - addBdR, addAcI - addBdI, first, second);
  }
}

/** Powers at bin k of the two frames in Z = A + iB, from Z[k] = (r, i) and its mirror Z[400 - k] = (mr, mi). */
function separate(
  k: number,
  r: number,
  i: number,
  mr: number,
  mi: number,
  first: Float64Array,
  second: Float64Array,
): void {
  const aR = r + mr;
  const aI = i - mi;
  const bR = i + mi;
  const bI = mr - r;
  first[k] = 0.25 * (aR * aR + aI * aI);
  second[k] = 0.25 * (bR * bR + bI * bI);
}
