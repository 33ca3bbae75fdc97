/** One line a job for the log: what an operator needs, nothing of what was said, nor of the file. */
import type { SottoError } from '../../shared/errors.ts';
import type { TranscribeResult } from '../service/port.ts';
import type { TranscriptionParameters } from './transcription-fields.ts';
import type { Upload } from './upload.ts';

export interface JobFacts {
  readonly task: string;
  readonly startedAt: number;
  readonly upload: Pick<Upload, 'bytes'> | undefined;
  readonly parameters: TranscriptionParameters | undefined;
  /** id of the key that asked */
  readonly key?: string | undefined;
}

export type JobEnd =
  | { readonly name: 'done'; readonly result: TranscribeResult }
  | { readonly name: 'accepted' }
  | { readonly name: 'failed'; readonly error: SottoError };

/** `now` and `startedAt` on one clock, in milliseconds. */
export function jobLine({ task, startedAt, upload, parameters, key }: JobFacts, end: JobEnd, now: number) {
  return {
    task,
    end: end.name,
    totalMs: Math.round(now - startedAt),
    ...(key === undefined ? {} : { key }),
    ...(upload === undefined ? {} : { bytes: upload.bytes }),
    ...(parameters === undefined
      ? {}
      : { model: parameters.model, format: parameters.responseFormat, stream: parameters.stream }),
    ...(end.name === 'failed' ? { code: end.error.code } : {}),
    ...(end.name === 'done' ? doneLine(end.result) : {}),
  };
}

function doneLine({ timings, duration, leftOut, endedEarly }: TranscribeResult) {
  return {
    waitMs: Math.round(timings.waitMs),
    decodeMs: Math.round(timings.decodeMs),
    inferenceMs: Math.round(timings.inferenceMs),
    audioSeconds: Math.round(duration * 10) / 10,
    ...(leftOut.length > 0 ? { leftOut: leftOut.length } : {}),
    ...(endedEarly === undefined ? {} : { endedEarly: endedEarly.code }),
  };
}
