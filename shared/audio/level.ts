/** Loudness for the meter, and whether a device gives nothing but zeros. Both count samples, not time. */
import { SAMPLE_RATE } from './pcm.ts';

/** Root mean square, in [0, 1] for samples in [-1, 1]; 0 for none. */
export function rms(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return samples.length === 0 ? 0 : Math.sqrt(sum / samples.length);
}

export interface LevelReading {
  readonly rms: number;
  /** seconds of the source up to the reading's end */
  readonly seconds: number;
}

/** One reading for each 0.1 s of sound, however it is chunked. */
export function createLevelMeter(every = SAMPLE_RATE / 10): (samples: Float32Array) => LevelReading[] {
  let sum = 0;
  let counted = 0;
  let position = 0;
  return (samples) => {
    const readings: LevelReading[] = [];
    for (const sample of samples) {
      sum += sample * sample;
      position++;
      if (++counted < every) continue;
      readings.push({ rms: Math.min(1, Math.sqrt(sum / every)), seconds: position / SAMPLE_RATE });
      sum = 0;
      counted = 0;
    }
    return readings;
  };
}

/** Below this a sample is no sound of any room: a muted or wrong input. */
const NOTHING = 1e-6;

export type SilenceChange =
  | { readonly type: 'digital-silence'; readonly seconds: number }
  | { readonly type: 'sound-again' };

/** Tells once when `after` seconds were digital silence (NaN counts as such), and once when sound is back. */
export function createSilenceDetector(after = 3): (samples: Float32Array) => SilenceChange[] {
  const limit = Math.round(after * SAMPLE_RATE);
  let run = 0;
  return (samples) => {
    const changes: SilenceChange[] = [];
    for (const sample of samples) {
      if (Math.abs(sample) >= NOTHING) {
        if (run >= limit) changes.push({ type: 'sound-again' });
        run = 0;
      } else if (++run === limit) {
        changes.push({ type: 'digital-silence', seconds: after });
      }
    }
    return changes;
  };
}
