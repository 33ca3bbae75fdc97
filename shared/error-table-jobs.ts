/** What can go wrong with jobs that outlive their request. Part of the one table in error-table.ts. */
export const JOB_ERRORS = {
  job_unfinished: {
    status: 409,
    retryable: true,
    message: 'The job is not finished yet.',
    next: 'Ask again later, or follow its events.',
  },
  address_refused: {
    status: 400,
    retryable: false,
    message: 'This server does not read from that address.',
    next: 'Name a public http(s) address, or send the file itself.',
  },
  source_failed: {
    status: 502,
    retryable: true,
    message: 'The server could not fetch the recording from its address.',
    next: 'Check the address, or send the file itself.',
  },
} as const;
