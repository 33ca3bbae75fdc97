/** The middle passes of the 400-point FFT in frame-power.ts (Stockham, complex, double precision) and their tables. */

/** One value a sample or bin, real and imaginary parts apart, [400]. */
export interface Plane {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** cos and -sin of 2 pi p k / length for p < length / radix and k = 1 .. radix - 1, [p, k, 2]. */
export function twiddles(length: number, radix: number): Float64Array {
  const table = new Float64Array((length / radix) * (radix - 1) * 2);
  let at = 0;
  for (let p = 0; p < length / radix; p++) {
    for (let k = 1; k < radix; k++) {
      const angle = (-2 * Math.PI * p * k) / length;
      table[at++] = Math.cos(angle);
      table[at++] = Math.sin(angle);
    }
  }
  return table;
}

const TWIDDLES_80 = twiddles(80, 5);
const TWIDDLES_16 = twiddles(16, 4);
export const COS1 = Math.cos((2 * Math.PI) / 5);
export const COS2 = Math.cos((4 * Math.PI) / 5);
export const SIN1 = Math.sin((2 * Math.PI) / 5);
export const SIN2 = Math.sin((4 * Math.PI) / 5);

/** 16 twiddles, each shared by 5 butterflies; length 80. */
export function radix5({ re: xr, im: xi }: Plane, { re, im }: Plane): void {
  const turn = TWIDDLES_80;
  for (let p = 0, t = 0; p < 16; p++, t += 8) {
    const c1 = turn[t]!;
    const s1 = turn[t + 1]!;
    const c2 = turn[t + 2]!;
    const s2 = turn[t + 3]!;
    const c3 = turn[t + 4]!;
    const s3 = turn[t + 5]!;
    const c4 = turn[t + 6]!;
    const s4 = turn[t + 7]!;
    for (let q = 0; q < 5; q++) {
      const x = p * 5 + q;
      const o = p * 25 + q;
      const aR = xr[x]!;
      const aI = xi[x]!;
      const bR = xr[x + 80]!;
      const bI = xi[x + 80]!;
      const cR = xr[x + 160]!;
      const cI = xi[x + 160]!;
      const dR = xr[x + 240]!;
      const dI = xi[x + 240]!;
      const eR = xr[x + 320]!;
      const eI = xi[x + 320]!;
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
      re[o] = aR + addBeR + addCdR;
      im[o] = aI + addBeI + addCdI;
      re[o + 5] = r1 * c1 - i1 * s1;
      im[o + 5] = r1 * s1 + i1 * c1;
      re[o + 10] = r2 * c2 - i2 * s2;
      im[o + 10] = r2 * s2 + i2 * c2;
      re[o + 15] = r3 * c3 - i3 * s3;
      im[o + 15] = r3 * s3 + i3 * c3;
      re[o + 20] = r4 * c4 - i4 * s4;
      im[o + 20] = r4 * s4 + i4 * c4;
    }
  }
}

/** 4 twiddles, each shared by 25 butterflies; length 16. */
export function radix4({ re: xr, im: xi }: Plane, { re, im }: Plane): void {
  const turn = TWIDDLES_16;
  for (let p = 0, t = 0; p < 4; p++, t += 6) {
    const c1 = turn[t]!;
    const s1 = turn[t + 1]!;
    const c2 = turn[t + 2]!;
    const s2 = turn[t + 3]!;
    const c3 = turn[t + 4]!;
    const s3 = turn[t + 5]!;
    for (let q = 0; q < 25; q++) {
      const x = p * 25 + q;
      const o = p * 100 + q;
      const aR = xr[x]!;
      const aI = xi[x]!;
      const bR = xr[x + 100]!;
      const bI = xi[x + 100]!;
      const cR = xr[x + 200]!;
      const cI = xi[x + 200]!;
      const dR = xr[x + 300]!;
      const dI = xi[x + 300]!;
      const addAcR = aR + cR;
      const addAcI = aI + cI;
      const subAcR = aR - cR;
      const subAcI = aI - cI;
      const addBdR = bR + dR;
      const addBdI = bI + dI;
      const subBdR = bR - dR;
      const subBdI = bI - dI;
      const r1 = subAcR + subBdI;
      const i1 = subAcI - subBdR;
      const r2 = addAcR - addBdR;
      const i2 = addAcI - addBdI;
      const r3 = subAcR - subBdI;
      const i3 = subAcI + subBdR;
      re[o] = addAcR + addBdR;
      im[o] = addAcI + addBdI;
      re[o + 25] = r1 * c1 - i1 * s1;
      im[o + 25] = r1 * s1 + i1 * c1;
      re[o + 50] = r2 * c2 - i2 * s2;
      im[o + 50] = r2 * s2 + i2 * c2;
      re[o + 75] = r3 * c3 - i3 * s3;
      im[o + 75] = r3 * s3 + i3 * c3;
    }
  }
}
