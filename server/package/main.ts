/** The package's entry for programs, `import … from 'sotto/server'`. */
export { type ModelEntry, OFFERED } from '../../shared/asr/catalogue.ts';
export { ERRORS, type ErrorCode, type ErrorWire, SottoError } from '../../shared/errors.ts';
export * from '../../shared/formats/index.ts';
export { plainText, type Segment, type Transcript } from '../../shared/transcript/transcript.ts';
export { type LogLevel, StartError } from '../config.ts';
export type { TranscribeResult } from '../service/port.ts';
export { buildServer } from './build-server.ts';
export {
  createTranscriber,
  type FileOptions,
  type FileTranscriber,
  type FileTranscriberOptions,
} from './file-transcriber.ts';
export type { Given, SottoOptions } from './options.ts';
export { sottoPlugin } from './plugin.ts';
