/** What of a kept recording is still to be read. */
import { SAMPLE_RATE } from '../../shared/audio/pcm.ts';
import { wavHeader } from '../../shared/audio/wav.ts';

const SHAPE = { sampleRate: SAMPLE_RATE, channels: 1, format: 'pcm16' } as const;
const HEADER_BYTES = wavHeader(SHAPE, 0).length;
const FRAME_BYTES = 2;

/** A capture from `seconds` on, as a WAV of its own; a view of the file, not a copy. Undefined when nothing is left. */
export function captureFrom(file: Blob, seconds: number): Blob | undefined {
  const first = Math.round(seconds * SAMPLE_RATE);
  const frames = Math.floor((file.size - HEADER_BYTES) / FRAME_BYTES) - first;
  if (frames <= 0) return undefined;
  const from = HEADER_BYTES + first * FRAME_BYTES;
  return new Blob([wavHeader(SHAPE, frames), file.slice(from, from + frames * FRAME_BYTES)], {
    type: 'audio/wav',
  });
}
