/** A WAV that grows on disk: 16 kHz mono, 16 bits, what the model hears. */
import { SAMPLE_RATE } from '../../../shared/audio/pcm.ts';
import { createResampler } from '../../../shared/audio/resample.ts';
import { wavHeader, writeWav } from '../../../shared/audio/wav.ts';

/** Of FileSystemSyncAccessHandle. */
export interface SoundFile {
  write(bytes: Uint8Array<ArrayBuffer>, options: { readonly at: number }): number;
  truncate(bytes: number): void;
  getSize(): number;
  flush(): void;
}

const SHAPE = { sampleRate: SAMPLE_RATE, channels: 1, format: 'pcm16' } as const;
const FRAME_BYTES = 2;
export const HEADER_BYTES = wavHeader(SHAPE, 0).length;
/** What a crash may cost, in seconds of sound. */
const FLUSH_EVERY = 0.5;

export const secondsOf = (bytes: number): number =>
  Math.max(0, Math.floor((bytes - HEADER_BYTES) / FRAME_BYTES)) / SAMPLE_RATE;

export interface WavWriter {
  /** samples at the rate it was made for; throws what the disk throws */
  push(samples: Float32Array): void;
  /** Writes what the resampler held back, and the header. */
  finish(): void;
  /** Header and whole frames of what is there. */
  readonly bytes: number;
}

/** On an empty file. */
export function createWavWriter(file: SoundFile, rate: number): WavWriter {
  const resampler = createResampler(rate);
  let bytes = HEADER_BYTES;
  let flushed = bytes;
  write(file, wavHeader(SHAPE, 0), 0);

  function put(samples: Float32Array): void {
    if (samples.length === 0) return;
    const sound = writeWav(samples, SHAPE).subarray(HEADER_BYTES);
    write(file, sound, bytes);
    bytes += sound.length;
    if (bytes - flushed >= FLUSH_EVERY * SAMPLE_RATE * FRAME_BYTES) {
      file.flush();
      flushed = bytes;
    }
  }
  return {
    get bytes() {
      return bytes;
    },
    push: (samples) => put(resampler.push(samples)),
    finish() {
      put(resampler.flush());
      repairWav(file);
    },
  };
}

/** The header says what is there; half a frame at the end is cut off. Returns the file's size. */
export function repairWav(file: SoundFile): number {
  const frames = Math.max(0, Math.floor((file.getSize() - HEADER_BYTES) / FRAME_BYTES));
  const size = HEADER_BYTES + frames * FRAME_BYTES;
  file.truncate(size);
  write(file, wavHeader(SHAPE, frames), 0);
  file.flush();
  return size;
}

/** A disk that is full writes less than it was asked to, or throws. */
export function write(file: SoundFile, bytes: Uint8Array<ArrayBuffer>, at: number): void {
  if (file.write(bytes, { at }) < bytes.length) {
    throw new DOMException('The device has no room left.', 'QuotaExceededError');
  }
}
