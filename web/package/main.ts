/** The package's main entry, `import … from 'sotto'`: nothing of it acts on import, so it can be read anywhere. */
export { type ModelEntry, OFFERED } from '../../shared/asr/catalogue.ts';
export type { EngineInfo, LoadProgress, Task } from '../../shared/asr/engine.ts';
export { ERRORS, type ErrorCode, type ErrorWire, SottoError } from '../../shared/errors.ts';
export * from '../../shared/formats/index.ts';
export { createAdmission } from '../../shared/queue/admission.ts';
export { createBatcher } from '../../shared/queue/batcher.ts';
export type * from '../../shared/queue/port.ts';
export { plainText, type Segment, type Transcript } from '../../shared/transcript/transcript.ts';
export type { LadderStep, ServerPlace } from '../client/rungs.ts';
export type * from '../client/transcriber.ts';
export { transcriptOf } from '../client/transcript-of.ts';
export { createTranscriber, type TranscriberOptions } from './create-transcriber.ts';
