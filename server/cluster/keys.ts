/** Names in Redis. The braces put all of them into one slot of a Redis Cluster, so that scripts may touch several. */
import { randomBytes } from 'node:crypto';

export const QUEUE = 'transcribe';

/** Of a job or a request. */
export const newId = (): string => `job_${randomBytes(18).toString('base64url')}`;

export interface ClusterKeys {
  /** before every name of ours, and BullMQ's */
  readonly prefix: string;
  readonly text: (id: string) => string;
  readonly job: (id: string) => string;
  readonly idempotency: (hash: string) => string;
  readonly changes: string;
  readonly worker: (id: string) => string;
  readonly workers: string;
}

export function clusterKeys(name: string): ClusterKeys {
  const prefix = `{${name}}`;
  return {
    prefix,
    job: (id) => `${prefix}:job:${id}`,
    text: (id) => `${prefix}:text:${id}`,
    idempotency: (hash) => `${prefix}:key:${hash}`,
    changes: `${prefix}:changes`,
    worker: (id) => `${prefix}:worker:${id}`,
    workers: `${prefix}:workers`,
  };
}
