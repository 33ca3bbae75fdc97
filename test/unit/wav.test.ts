import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLevelMeter, createSilenceDetector, rms } from '../../shared/audio/level.ts';
import { readWav, wavHeader, writeWav } from '../../shared/audio/wav.ts';
import { decodeAudio } from '../../shared/media/decode.ts';
import { joined } from '../support/pcm.ts';

const MONO = { sampleRate: 16_000, channels: 1 } as const;

describe('WAVE', () => {
  test('what was written is read again', () => {
    const sample = fc.float({ min: -1, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(sample), fc.constantFrom(8_000, 16_000, 48_000), (values, sampleRate) => {
        const samples = Float32Array.from(values);
        const exact = readWav(writeWav(samples, { sampleRate, channels: 1, format: 'float32' }));
        expect(exact).toEqual({ sampleRate, channels: 1, format: 'float32', samples });
        const coarse = readWav(writeWav(samples, { sampleRate, channels: 1, format: 'pcm16' }));
        samples.forEach((x, i) => {
          expect(Math.abs(coarse.samples[i]! - x)).toBeLessThanOrEqual(1 / 32_768);
        });
      }),
    );
  });

  test('a decoder that is not ours reads it', async () => {
    const samples = Float32Array.from({ length: 4_000 }, (_, i) => 0.9 * Math.sin(i / 7));
    for (const format of ['pcm16', 'float32'] as const) {
      const heard = await joined(
        decodeAudio({ kind: 'blob', blob: new Blob([writeWav(samples, { ...MONO, format })]) }),
      );
      expect(heard.length).toBe(samples.length);
      samples.forEach((x, i) => {
        expect(heard[i]).toBeCloseTo(x, 4);
      });
    }
  });

  test('clips, skips other chunks, reads a cut file as far as it goes, refuses the rest', () => {
    const loud = readWav(writeWav(Float32Array.of(2, -2), { ...MONO, format: 'pcm16' })).samples;
    expect([...loud]).toEqual([32_767 / 32_768, -1]);
    const file = writeWav(Float32Array.of(0.5, 0.25), { ...MONO, format: 'float32' });
    const list = new Uint8Array([...new TextEncoder().encode('LIST'), 3, 0, 0, 0, 1, 2, 3, 0]);
    const withList = new Uint8Array([...file.subarray(0, 36), ...list, ...file.subarray(36)]);
    expect([...readWav(withList).samples]).toEqual([0.5, 0.25]);
    expect([...readWav(file.subarray(0, 49)).samples]).toEqual([0.5]);
    for (const bad of [
      new Uint8Array(3),
      new Uint8Array(60),
      wavHeader({ ...MONO, format: 'pcm16' }, 0).subarray(0, 36),
    ]) {
      expect(() => readWav(bad)).toThrow(RangeError);
    }
  });
});

describe('level', () => {
  test('root mean square, ten readings a second whatever the chunks', () => {
    expect(rms(Float32Array.of(1, -1, 1, -1))).toBe(1);
    expect(rms(new Float32Array(0))).toBe(0);
    const samples = new Float32Array(16_000).fill(0.5);
    const whole = createLevelMeter()(samples);
    expect(whole.length).toBe(10);
    expect(whole[9]).toEqual({ rms: 0.5, seconds: 1 });
    const meter = createLevelMeter();
    const pieces = [];
    for (let at = 0; at < samples.length; at += 777) pieces.push(...meter(samples.subarray(at, at + 777)));
    expect(pieces).toEqual(whole);
  });

  test('digital silence is told once after three seconds, and its end', () => {
    const detect = createSilenceDetector();
    const second = new Float32Array(16_000);
    const told = [1, 2, 3, 4, 5].map(() => detect(second).map((change) => change.type));
    expect(told).toEqual([[], [], ['digital-silence'], [], []]);
    const quiet = new Float32Array(16_000).fill(1e-4);
    expect(detect(quiet)).toEqual([{ type: 'sound-again' }]);
    expect(detect(quiet)).toEqual([]);
    expect([1, 2, 3].flatMap(() => detect(second))).toEqual([{ type: 'digital-silence', seconds: 3 }]);
  });
});
