import { CLUSTER_ERRORS } from './error-table-cluster.ts';
import { EMBED_ERRORS } from './error-table-embed.ts';
import { JOB_ERRORS } from './error-table-jobs.ts';
import { LADDER_ERRORS } from './error-table-ladder.ts';
import { REQUEST_ERRORS } from './error-table-requests.ts';
import { TENANT_ERRORS } from './error-table-tenants.ts';

/**
 * The one table of what can go wrong, the same on the page, in a worker and on the wire.
 *
 * `status` is the HTTP status when it crosses the server; `retryable` says whether the very same request can
 * succeed later; `message` says in one English sentence what happened, and `next` what is safe and what to do.
 * The page localises both by code.
 */
export const ERRORS = {
  // Input
  not_media: {
    status: 415,
    retryable: false,
    message: 'This is not an audio or video file that can be read.',
    next: 'Choose a recording such as WAV, MP3, M4A, FLAC, OGG, WebM or MP4.',
  },
  empty_file: {
    status: 400,
    retryable: false,
    message: 'The file is empty (zero bytes).',
    next: 'Check that it was copied completely, then choose it again.',
  },
  corrupt_media: {
    status: 422,
    retryable: false,
    message: 'The file is damaged and could not be read to its end.',
    next: 'Everything read so far is kept. Try the original file or another copy.',
  },
  no_audio_track: {
    status: 422,
    retryable: false,
    message: 'The file has no audio track.',
    next: 'Choose a file with sound.',
  },
  protected_media: {
    status: 422,
    retryable: false,
    message: 'The file is protected (DRM) and cannot be decoded.',
    next: 'Choose an unprotected copy.',
  },
  codec_unsupported: {
    status: 415,
    retryable: false,
    message: 'The sound in this file is in a format that cannot be decoded here.',
    next: 'Convert it to WAV, MP3 or FLAC; on a page, another browser may decode it.',
  },
  source_unreachable: {
    status: 502,
    retryable: true,
    message: 'The address could not be read.',
    next: 'Check the address; the other site must allow reading from this page (CORS). Or download the file and drop it here.',
  },
  file_unreadable: {
    status: 400,
    retryable: true,
    message: 'The file could not be read from disk; it may have moved or changed.',
    next: 'Choose it again.',
  },
  // Microphone
  microphone_refused: {
    status: 403,
    retryable: true,
    message: 'The browser was not allowed to use the microphone.',
    next: 'Allow the microphone for this page in the address bar, then press record again.',
  },
  microphone_missing: {
    status: 404,
    retryable: true,
    message: 'No microphone was found.',
    next: 'Connect a microphone, then press record again.',
  },
  microphone_lost: {
    status: 410,
    retryable: true,
    message: 'The microphone was taken away.',
    next: 'What was said is kept. Reconnect it and press record to go on.',
  },
  microphone_failed: {
    status: 500,
    retryable: true,
    message: 'The microphone could not be started.',
    next: 'Close other programs that use it, then press record again.',
  },
  // Model
  model_unknown: {
    status: 404,
    retryable: false,
    message: 'There is no model of that name.',
    next: 'Choose a model from the list.',
  },
  model_offline: {
    status: 503,
    retryable: true,
    message: 'The model could not be downloaded: there is no connection.',
    next: 'Files already downloaded are kept. Connect and try again, or use a model that is on this device.',
  },
  model_not_found: {
    status: 404,
    retryable: false,
    message: 'A file of the model is missing at its source.',
    next: 'Choose another model, or ask whoever runs this site.',
  },
  model_incomplete: {
    status: 502,
    retryable: true,
    message: 'A file of the model arrived damaged or incomplete.',
    next: 'It was thrown away. Try again.',
  },
  model_source_failed: {
    status: 502,
    retryable: true,
    message: 'The source of the model answered with an error.',
    next: 'Try again in a while; files already downloaded are kept.',
  },
  model_load_failed: {
    status: 500,
    retryable: true,
    message: 'The model could not be started here.',
    next: 'Try a smaller model.',
  },
  // Engine
  no_adapter: {
    status: 503,
    retryable: false,
    message: 'This browser offers no GPU to web pages (no WebGPU adapter).',
    next: 'It goes on without: slower, the same text.',
  },
  self_test_failed: {
    status: 500,
    retryable: false,
    message: 'The GPU computed a wrong result for a known clip.',
    next: 'It is not used; the next way is tried.',
  },
  device_lost: {
    status: 503,
    retryable: true,
    message: 'The GPU was lost.',
    next: 'Finished text is kept; the rest is read again.',
  },
  engine_exited: {
    status: 503,
    retryable: true,
    message: 'The engine stopped unexpectedly.',
    next: 'Finished text is kept; it is started again.',
  },
  engine_timeout: {
    status: 503,
    retryable: true,
    message: 'The engine did not answer in time.',
    next: 'Finished text is kept; it is started again.',
  },
  engine_blocked: {
    status: 500,
    retryable: false,
    message: "The engine's script could not be loaded.",
    next: 'Check that no extension or policy blocks scripts of this site, then reload.',
  },
  engine_unavailable: {
    status: 503,
    retryable: true,
    message: 'No way to run the model worked here.',
    next: 'Reload the page, try another browser, or a smaller model. Your recording is kept.',
  },
  ...EMBED_ERRORS,
  ...LADDER_ERRORS,
  out_of_memory: {
    status: 507,
    retryable: true,
    message: 'There was not enough memory.',
    next: 'Close other tabs, or choose a smaller model. Finished text is kept.',
  },
  poison: {
    status: 422,
    retryable: false,
    message: 'A stretch of this audio stops the engine each time and was left out.',
    next: 'The rest is complete; try another model for that stretch.',
  },
  ...REQUEST_ERRORS,
  ...TENANT_ERRORS,
  ...JOB_ERRORS,
  ...CLUSTER_ERRORS,
  // Queue
  queue_full: {
    status: 503,
    retryable: true,
    message: 'The queue is full.',
    next: 'Try again when something has finished.',
  },
  queue_timeout: {
    status: 503,
    retryable: true,
    message: 'It waited too long for its turn.',
    next: 'Try again.',
  },
  cancelled: { status: 499, retryable: true, message: 'Cancelled.', next: 'Text that was finished is kept.' },
  closed: { status: 503, retryable: true, message: 'It is shutting down.', next: 'Try again in a while.' },
  internal: {
    status: 500,
    retryable: true,
    message: 'Something went wrong inside.',
    next: 'Finished text is kept. Try again; if it stays, please report it.',
  },
} as const satisfies Record<string, { status: number; retryable: boolean; message: string; next: string }>;
