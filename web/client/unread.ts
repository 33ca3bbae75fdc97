/** Speech that has no final text yet: bounded, and kept as a recording of its own when it cannot be read now. */
import { SAMPLE_RATE } from '../../shared/audio/pcm.ts';
import { wavHeader, writeWav } from '../../shared/audio/wav.ts';
import type { SpeechWindow } from '../../shared/speech/window.ts';

export interface Unread {
  add(window: SpeechWindow): void;
  /** final text reaches so far, in seconds of the source: what ends before is let go */
  readUntil(seconds: number): void;
  /** resolves once when more waits than there is room for; what waits is kept all the same */
  readonly full: Promise<void>;
  /** seconds of sound that wait */
  readonly seconds: number;
  /** what waits, in order, as a WAV of the very same samples; undefined when nothing does */
  recording(): Blob | undefined;
}

/** Longer pauses between windows are cut to this: enough to be heard as pauses. Seconds. */
const LONGEST_PAUSE = 2;

const SHAPE = { sampleRate: SAMPLE_RATE, channels: 1, format: 'float32' } as const;

export function createUnread(limitSeconds: number): Unread {
  let windows: readonly SpeechWindow[] = [];
  let tellFull = () => {};
  const full = new Promise<void>((resolve) => {
    tellFull = resolve;
  });
  const secondsOf = () => windows.reduce((sum, { start, end }) => sum + (end - start), 0);
  return {
    full,
    add(window) {
      windows = [...windows, window];
      if (secondsOf() > limitSeconds) tellFull();
    },
    readUntil(seconds) {
      windows = windows.filter(({ end }) => end > seconds);
    },
    get seconds() {
      return secondsOf();
    },
    recording() {
      const parts = pieces(windows);
      const frames = parts.reduce((sum, part) => sum + part.length, 0);
      if (frames === 0) return undefined;
      const sound = parts.map((part) => writeWav(part, SHAPE).subarray(HEADER_BYTES));
      return new Blob([wavHeader(SHAPE, frames), ...sound], { type: 'audio/wav' });
    },
  };
}

const HEADER_BYTES = wavHeader(SHAPE, 0).length;

/** Windows and the pauses between them, each stretch of sound once where windows overlap. */
function pieces(windows: readonly SpeechWindow[]): Float32Array[] {
  const parts: Float32Array[] = [];
  let until: number | undefined;
  for (const { start, end, samples } of windows) {
    const gap = until === undefined ? 0 : start - until;
    if (gap > 0) parts.push(new Float32Array(Math.round(Math.min(gap, LONGEST_PAUSE) * SAMPLE_RATE)));
    parts.push(gap < 0 ? samples.subarray(Math.round(-gap * SAMPLE_RATE)) : samples);
    until = Math.max(until ?? 0, end);
  }
  return parts;
}
