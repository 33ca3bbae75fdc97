import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPeakMeter, PEAKS_PER_SECOND } from '../../shared/audio/peaks.ts';
import { PeakList } from '../../web/app/recording/peak-list.ts';
import { isInView, marksOf, moved, zoomed } from '../../web/app/recording/wave-view.ts';

const byte = (peak: number) => Math.round(255 * Math.sqrt(peak));

describe('peaks', () => {
  it('are the root of the largest sample, either way, of each fiftieth of a second', () => {
    const meter = createPeakMeter();
    const sound = new Float32Array(16_000);
    sound[5] = -0.25;
    sound[319] = 0.1;
    sound[320] = 0.5;
    sound[15_999] = 3; // beyond full scale
    const peaks = meter.push(sound);
    expect(peaks.length).toBe(PEAKS_PER_SECOND);
    expect([peaks[0], peaks[1], peaks[2], peaks[49]]).toEqual([byte(0.25), byte(0.5), 0, 255]);
    expect(meter.flush().length).toBe(0);
  });

  it('do not depend on the chunks', () => {
    const sample = fc.float({ min: -1, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(sample, { maxLength: 400 }),
        fc.array(fc.nat(90), { minLength: 1, maxLength: 20 }),
        (samples, sizes) => {
          const sound = Float32Array.from(samples);
          const at = createPeakMeter(32);
          const whole = [...at.push(sound), ...at.flush()];
          const meter = createPeakMeter(32);
          const pieces: number[] = [];
          let from = 0;
          for (const size of [...sizes, sound.length]) {
            pieces.push(...meter.push(sound.subarray(from, from + size)));
            from += size;
          }
          pieces.push(...meter.flush());
          expect(pieces).toEqual(whole);
          expect(whole.length).toBe(Math.ceil(sound.length / 32));
          const loudest = sound.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
          expect(Math.max(0, ...whole)).toBe(byte(loudest));
        },
      ),
    );
  });
});

describe('a list of peaks', () => {
  it('grows, and knows the height of any stretch', () => {
    const list = new PeakList();
    const all = Uint8Array.from({ length: 10_000 }, (_, index) => (index * 37) % 251);
    for (let at = 0; at < all.length; at += 333) list.append(all.subarray(at, at + 333));
    expect([list.length, list.seconds, list.loudest]).toEqual([10_000, 200, 250]);
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 199, noNaN: true }),
        fc.double({ min: 0, max: 50, noNaN: true }),
        (from, wide) => {
          const first = Math.floor(from * PEAKS_PER_SECOND);
          const last = Math.max(first + 1, Math.floor((from + wide) * PEAKS_PER_SECOND));
          const part = all.subarray(first, last);
          const mean = part.reduce((sum, peak) => sum + peak, 0) / part.length;
          expect(list.height(from, from + wide)).toBeCloseTo((Math.max(...part) + mean) / 2);
        },
      ),
    );
    expect(list.height(200, 201)).toBeUndefined();
  });
});

describe('what is in view', () => {
  const room = fc.record({
    duration: fc.double({ min: 0.5, max: 36_000, noNaN: true }),
    width: fc.integer({ min: 100, max: 3000 }),
  });
  const share = fc.double({ min: 0, max: 1, noNaN: true });

  it('stays within the sound however it is zoomed and moved, and the moment under the pointer where it is', () => {
    fc.assert(
      fc.property(
        room,
        fc.array(fc.tuple(fc.double({ min: 0.1, max: 10, noNaN: true }), share, share), { maxLength: 8 }),
        (given, steps) => {
          let view = { from: 0, seconds: given.duration };
          for (const [factor, at, by] of steps) {
            view = moved(
              zoomed(view, factor, view.from + at * view.seconds, given),
              (by - 0.5) * view.seconds,
              given,
            );
            expect(view.from).toBeGreaterThanOrEqual(0);
            expect(view.from + view.seconds).toBeLessThanOrEqual(given.duration * (1 + 1e-9));
            expect(view.seconds).toBeGreaterThanOrEqual(
              Math.min(given.duration, given.width / 150) * (1 - 1e-9),
            );
          }
        },
      ),
    );
    const ten = { duration: 600, width: 1000 };
    const close = zoomed({ from: 100, seconds: 200 }, 4, 150, ten);
    expect(close).toEqual({ from: 137.5, seconds: 50 });
    expect((150 - close.from) / close.seconds).toBeCloseTo((150 - 100) / 200);
  });

  it('is marked at round moments that do not crowd', () => {
    expect(marksOf({ from: 0, seconds: 190 }, 1000)).toEqual([
      0, 15, 30, 45, 60, 75, 90, 105, 120, 135, 150, 165, 180,
    ]);
    expect(marksOf({ from: 7.2, seconds: 8 }, 1000)).toEqual([8, 9, 10, 11, 12, 13, 14, 15]);
    fc.assert(
      fc.property(room, ({ duration, width }) => {
        const marks = marksOf({ from: 0, seconds: duration }, width);
        expect(
          marks.every((mark) => mark === 0 || isInView({ from: 0, seconds: duration + 1e-6 }, mark)),
        ).toBe(true);
        expect(marks.length).toBeLessThanOrEqual(width / 76 + 1);
      }),
    );
  });
});
