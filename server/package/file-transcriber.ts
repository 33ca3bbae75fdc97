import { fileURLToPath } from 'node:url';
import type { Task } from '../../shared/asr/engine.ts';
import type { Segment } from '../../shared/transcript/transcript.ts';
import { serviceOptions } from '../machine.ts';
import type { TranscribeResult } from '../service/port.ts';
import { createTranscriptionService } from '../service/service.ts';
import { configOf, type SottoOptions } from './options.ts';

export type FileTranscriberOptions = Pick<SottoOptions, 'models' | 'asr'>;

export interface FileOptions {
  readonly task?: Task;
  /** what is spoken, ISO 639-1; `auto`, or nothing: the model finds out */
  readonly language?: string;
  /** what it may be about, or how it is to be written */
  readonly prompt?: string;
  /** words and names that are likely to be said */
  readonly terms?: readonly string[];
  /** `word`: words with times, where the model tells them */
  readonly times?: 'word';
  /** ends it; it rejects with `cancelled` */
  readonly signal?: AbortSignal;
  /** final segments as they come, in order */
  readonly onSegments?: (segments: readonly Segment[]) => void;
  /** in seconds of sound */
  readonly onProgress?: (progress: { doneSeconds: number; totalSeconds: number | undefined }) => void;
}

/** Reads files of this machine, one after another, in processes of its own. */
export interface FileTranscriber {
  /** Reads a file to its end, in its turn; a path, or a `file:` URL. Rejects with a SottoError. */
  transcribe(file: string | URL, options?: FileOptions): Promise<TranscribeResult>;
  /** Ends what runs, and the processes. Idempotent. */
  close(): Promise<void>;
}

/** The server's own path without HTTP. Throws StartError or a SottoError; the engine starts in the background. */
export async function createTranscriber(options: FileTranscriberOptions = {}): Promise<FileTranscriber> {
  const config = configOf({ ...options, asr: { spares: 0, ...options.asr } });
  const service = await createTranscriptionService(serviceOptions(config));
  const never = new AbortController().signal;
  return {
    transcribe(file, { signal = never, onSegments, onProgress, ...read } = {}) {
      const { task = 'transcribe', language = 'auto', ...more } = read;
      return service.reserve({ force: true }).transcribe({
        path: typeof file === 'string' ? file : fileURLToPath(file),
        model: config.asr.model,
        options: { task, ...(language === 'auto' ? {} : { language }), ...more },
        signal,
        maxWaitMs: Number.POSITIVE_INFINITY,
        ...(onSegments === undefined ? {} : { onSegments }),
        ...(onProgress === undefined ? {} : { onProgress }),
      });
    },
    close: () => service.close(),
  };
}
