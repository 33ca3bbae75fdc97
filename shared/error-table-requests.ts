/** The part of the one table (error-table.ts) about requests to a server. */
export const REQUEST_ERRORS = {
  bad_request: {
    status: 400,
    retryable: false,
    message: 'The request is not valid.',
    next: 'Put it right as the message says; nothing was read.',
  },
  too_fast: {
    status: 429,
    retryable: true,
    message: 'Sound comes faster than it is read.',
    next: 'What was sent is kept and read. Send it no faster than it was spoken.',
  },
  origin_refused: {
    status: 403,
    retryable: false,
    message: 'Pages of another site may not use this server.',
    next: 'Ask whoever runs it to allow that site (ASR_CORS_ORIGINS).',
  },
  host_refused: {
    status: 421,
    retryable: false,
    message: 'This server is not asked by this name.',
    next: 'Use localhost or its address; whoever runs it can allow the name (SOTTO_HOSTS).',
  },
  not_found: {
    status: 404,
    retryable: false,
    message: 'There is nothing at this address.',
    next: 'Check the address; /docs lists what there is.',
  },
  job_unknown: {
    status: 404,
    retryable: false,
    message: 'There is no job of that number; it may have been forgotten.',
    next: 'Send the recording again.',
  },
  conflict: {
    status: 409,
    retryable: false,
    message: 'This idempotency key was used for another request.',
    next: 'Use a new key for each request.',
  },
  upload_timeout: {
    status: 408,
    retryable: true,
    message: 'The upload took too long.',
    next: 'Nothing of it was kept. Try again on a better connection, or with a smaller file.',
  },
  too_large: {
    status: 413,
    retryable: false,
    message: 'The file is larger than this server takes.',
    next: 'Send its sound alone (Opus, MP3), or cut it into parts.',
  },
  too_long: {
    status: 413,
    retryable: false,
    message: 'The recording is longer than this server reads.',
    next: 'Cut it into parts.',
  },
  decoder_failed: {
    status: 422,
    retryable: false,
    message: 'The file stops the decoder, or keeps it busy without end.',
    next: 'Convert it to WAV, MP3 or FLAC and try again.',
  },
} as const;
