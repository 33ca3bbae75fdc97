/** What of a kept recording is still to be read. */
import { SAMPLE_RATE } from '../../shared/audio/pcm.ts';
import { wavHeader } from '../../shared/audio/wav.ts';
import type { Source } from '../client/transcriber.ts';
import type { JobJournal, Recording } from './port.ts';
import type { SoundStore } from './sound-store.ts';

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

/** `nothing`: all of it has text; undefined: it is not here any more. */
export async function restOf(
  { id, kind, name, url, sound }: Recording,
  { readUntil }: JobJournal,
  sounds: Pick<SoundStore, 'open'> | undefined,
): Promise<{ readonly source: Source; readonly at: number } | 'nothing' | undefined> {
  if (kind === 'url') return url === undefined ? undefined : { source: { kind, url, name }, at: 0 };
  const file = sound === 'none' ? undefined : await sounds?.open(id);
  if (file === undefined) return undefined;
  if (kind === 'file') return { source: { kind, file, name }, at: 0 };
  const rest = captureFrom(file, readUntil);
  return rest === undefined ? 'nothing' : { source: { kind: 'file', file: rest, name }, at: readUntil };
}
