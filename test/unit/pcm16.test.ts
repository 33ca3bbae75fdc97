import { describe, expect, test } from 'vitest';
import { fromPcm16, ontoPcm16Grid, shiftOf, toPcm16 } from '../../shared/audio/pcm16.ts';
import { loadTestEngine } from '../support/models.ts';
import { sentenceWindows } from '../support/sentence-windows.ts';
import { wordErrors } from '../support/wer.ts';

describe('16-bit samples', () => {
  test('what lies on the grid arrives as the very same numbers; what is outside is clipped', () => {
    const samples = Float32Array.from({ length: 4_001 }, (_, i) => Math.sin(i / 7) * (i / 3_000));
    const there = ontoPcm16Grid(samples.slice());
    expect(shiftOf(samples)).toBe(0);
    expect(fromPcm16(toPcm16(there))).toEqual(there);
    expect(fromPcm16(toPcm16(samples))).toEqual(there);
    for (const loud of [0.4, 0.01, 1e-4, 1e-6, 0]) {
      const quiet = samples.map((sample) => sample * loud);
      const grid = ontoPcm16Grid(quiet.slice());
      const shift = shiftOf(grid);
      expect(fromPcm16(toPcm16(grid, shift), shift), `at ${loud}`).toEqual(grid);
    }
    expect(Math.max(...there)).toBe(32_767 / 32_768);
    expect(Math.min(...there)).toBe(-1);
    const off = there.map((sample, i) => Math.abs(sample - Math.max(-1, Math.min(1, samples[i] ?? 0))));
    expect(Math.max(...off)).toBeLessThanOrEqual(1 / 32_768);
    expect(() => fromPcm16(new Uint8Array(3))).toThrow(RangeError);
  });

  /**
   * A small model's text hangs on the last bit: of these windows some read otherwise once rounded. So every rung reads
   * the rounded ones (shared/speech/cutter.ts); this is what that costs: nothing that a word error rate shows.
   */
  test('windows on the grid are read as well as those between its steps, loud or forty decibels quieter', async () => {
    const engine = await loadTestEngine('sotto-demo-en', 'q8');
    const read = async (samples: Float32Array) => {
      const options = { task: 'transcribe', language: 'en' } as const;
      const [reading] = await engine.run({ windows: [{ samples }], options });
      return reading?.segments.map(({ text }) => text).join('') ?? '';
    };
    const windows = (await sentenceWindows()).slice(0, 10);
    try {
      for (const loud of [1, 0.01]) {
        let off = 0;
        let words = 0;
        for (const { text, samples } of windows) {
          const scaled = between(samples).map((sample) => sample * loud);
          const [plain, rounded] = [await read(scaled), await read(ontoPcm16Grid(scaled.slice()))];
          const { errors, total } = wordErrors(text, rounded);
          off += errors - wordErrors(text, plain).errors;
          words += total;
        }
        expect(words).toBeGreaterThan(50);
        expect(Math.abs(off) / words, `${off} of ${words} words at ${loud}`).toBeLessThanOrEqual(0.04);
      }
    } finally {
      await engine.dispose();
    }
  });
});

/** A quarter of a sample later, so that no sample lies on the grid by chance. */
const between = (samples: Float32Array) =>
  samples.map((sample, index) => 0.75 * sample + 0.25 * (samples[index + 1] ?? 0));
