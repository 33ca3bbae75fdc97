import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createResampler } from '../../shared/audio/resample.ts';
import { concat } from '../support/pcm.ts';

const RATES = [8_000, 11_025, 12_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000, 192_000];

function sine(rate: number, hertz: number, seconds: number): Float32Array {
  return Float32Array.from({ length: Math.round(rate * seconds) }, (_, i) =>
    Math.sin((2 * Math.PI * hertz * i) / rate),
  );
}

function resampled(rate: number, samples: Float32Array): Float32Array {
  const resampler = createResampler(rate);
  return concat([resampler.push(samples), resampler.flush()]);
}

/** Power in dB relative to a full sine, edges left out. */
function power(samples: Float32Array): number {
  const inner = samples.subarray(2_000, samples.length - 2_000);
  return 10 * Math.log10(inner.reduce((sum, x) => sum + x * x, 0) / inner.length / 0.5 + 1e-20);
}

describe('createResampler', () => {
  test.each(RATES)('%i Hz: length, no delay, flat where speech is', (rate) => {
    for (const hertz of [100, 1_000, Math.min(6_500, rate * 0.4)]) {
      const out = resampled(rate, sine(rate, hertz, 1));
      expect(out.length).toBe(16_000);
      const exact = sine(16_000, hertz, 1);
      let worst = 0;
      for (let i = 2_000; i < 14_000; i++) worst = Math.max(worst, Math.abs(out[i]! - exact[i]!));
      expect(worst).toBeLessThan(0.002);
    }
  });

  test.each(RATES.filter((rate) => rate > 17_000))('%i Hz: what would fold is 60 dB down', (rate) => {
    for (const hertz of [8_400, 9_000, 10_500, 15_000, 20_000, 40_000, 80_000]) {
      if (hertz < rate / 2) expect(power(resampled(rate, sine(rate, hertz, 1)))).toBeLessThan(-60);
    }
  });

  test('from 8 kHz no image appears above 4 kHz', () => {
    const out = resampled(8_000, sine(8_000, 3_000, 1));
    const exact = sine(16_000, 3_000, 1);
    expect(power(out.map((x, i) => x - exact[i]!))).toBeLessThan(-60);
  });

  test('chunks give exactly what the whole gives, of the right length', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...RATES, 16_000),
        fc.array(fc.nat({ max: 3_000 }), { maxLength: 12 }),
        fc.integer(),
        (rate, lengths, seed) => {
          let state = seed | 1;
          const chunks = lengths.map((length) =>
            Float32Array.from({ length }, () => {
              state = (Math.imul(state, 1_103_515_245) + 12_345) | 0;
              return state / 2 ** 31;
            }),
          );
          const whole = resampled(rate, concat(chunks));
          const resampler = createResampler(rate);
          const pieces = concat([...chunks.map((chunk) => resampler.push(chunk)), resampler.flush()]);
          expect(pieces).toEqual(whole);
          const total = lengths.reduce((sum, length) => sum + length, 0);
          expect(Math.abs(whole.length - (total * 16_000) / rate)).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('16 kHz passes through as a copy, and flush makes it new', () => {
    const samples = sine(16_000, 440, 0.1);
    expect(resampled(16_000, samples)).toEqual(samples);
    const resampler = createResampler(44_100);
    const first = concat([resampler.push(sine(44_100, 440, 0.1)), resampler.flush()]);
    const second = concat([resampler.push(sine(44_100, 440, 0.1)), resampler.flush()]);
    expect(second).toEqual(first);
  });

  test('rates that no sound has are refused', () => {
    for (const rate of [0, -1, 44_100.5, Number.NaN, 10 ** 7])
      expect(() => createResampler(rate)).toThrow(RangeError);
  });
});
