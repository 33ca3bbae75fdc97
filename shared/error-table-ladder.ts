/** Why the work moves from one place to the next, beside what an engine dies of; part of ERRORS. */
export const LADDER_ERRORS = {
  model_too_big: {
    status: 507,
    retryable: false,
    message: 'The model is too big for this device.',
    next: 'The next way is tried. A smaller model may fit.',
  },
  too_slow: {
    status: 503,
    retryable: true,
    message: 'This device reads more slowly than you speak.',
    next: 'The next way is tried; what was said is kept and read.',
  },
  server_unreachable: {
    status: 503,
    retryable: true,
    message: 'The server that was to read the sound could not be reached.',
    next: 'Finished text is kept, and sound without text too. It goes on here if it can; or try again.',
  },
  server_declined: {
    status: 403,
    retryable: true,
    message: 'The sound stays on this device, as you chose.',
    next: 'You can change that where it says where it may be read.',
  },
} as const;
