/** What can go wrong where many machines share a queue. Part of the one table in error-table.ts. */
export const CLUSTER_ERRORS = {
  cluster_unavailable: {
    status: 503,
    retryable: true,
    message: 'The queue that the machines share cannot be reached.',
    next: 'What was accepted is kept. Try again in a while.',
  },
} as const;
