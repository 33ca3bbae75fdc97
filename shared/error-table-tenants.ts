/** What can go wrong with keys and their limits. Part of the one table in error-table.ts. */
export const TENANT_ERRORS = {
  key_missing: {
    status: 401,
    retryable: false,
    message: 'This server needs a key.',
    next: 'Send one (Authorization: Bearer …); whoever runs the server gives them.',
  },
  key_refused: {
    status: 401,
    retryable: false,
    message: 'This key is not valid.',
    next: 'It may be mistyped, over or revoked. Use another.',
  },
  scope_missing: {
    status: 403,
    retryable: false,
    message: 'This key may not do that.',
    next: 'Use one that may, or ask whoever runs the server.',
  },
  rate_limited: {
    status: 429,
    retryable: true,
    message: 'There were too many requests with this key in the last minute.',
    next: 'Try again after the time in Retry-After; nothing was read.',
  },
  too_many_jobs: {
    status: 429,
    retryable: true,
    message: 'As many recordings as this key may have at once are waiting or being read.',
    next: 'Try again when one of them has finished; nothing of this one was read.',
  },
  too_many_sessions: {
    status: 429,
    retryable: true,
    message: 'As many live sessions as this key may have at once are open.',
    next: 'Close one, or try again later.',
  },
  quota_used: {
    status: 429,
    retryable: true,
    message: 'This key has no audio left for today.',
    next: 'Text that was finished is kept. It goes on after midnight (UTC), see Retry-After.',
  },
  key_unknown: {
    status: 404,
    retryable: false,
    message: 'There is no key of that id.',
    next: 'List the keys to see which there are.',
  },
} as const;
