/** What of ours is what of the Web Speech API's. */
import type { ErrorCode } from '../../shared/errors.ts';
import type { SpeechRecognitionErrorCode } from './events.ts';

/** Every code that is not here has to do with the engine on this device: the service is not to be had. */
const CODES: Readonly<Partial<Record<ErrorCode, SpeechRecognitionErrorCode>>> = {
  cancelled: 'aborted',
  closed: 'aborted',
  microphone_refused: 'not-allowed',
  microphone_missing: 'audio-capture',
  microphone_lost: 'audio-capture',
  microphone_failed: 'audio-capture',
  no_audio_track: 'audio-capture',
  model_offline: 'network',
  model_not_found: 'network',
  model_source_failed: 'network',
  model_incomplete: 'network',
  engine_blocked: 'network',
};

export const speechErrorOf = (code: ErrorCode): SpeechRecognitionErrorCode =>
  CODES[code] ?? 'service-not-allowed';
