/** Ten minutes of known speech, as samples and as a file. */
import { SAMPLE_RATE } from '../../shared/audio/pcm.ts';
import { writeWav } from '../../shared/audio/wav.ts';
import { concat, loadFixture } from '../support/pcm.ts';

const FILE = 'long-3min.flac';
export const LONG_SECONDS = 600;

/** A fixture over and over until it is as long as asked. */
export async function longSound(seconds: number): Promise<Float32Array> {
  const once = await loadFixture(FILE);
  const length = seconds * SAMPLE_RATE;
  const times = Math.ceil(length / once.length);
  return concat(Array.from({ length: times }, () => once)).subarray(0, length);
}

export function wavOf(samples: Float32Array): Uint8Array<ArrayBuffer> {
  return writeWav(samples, { sampleRate: SAMPLE_RATE, channels: 1, format: 'pcm16' });
}
