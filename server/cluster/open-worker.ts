/** A worker: the machine's own service, and what ties it to the queue. */
import { join } from 'node:path';
import { toSottoError } from '../../shared/errors.ts';
import { realClock } from '../../shared/queue/port.ts';
import { createFetchSource } from '../jobs/fetch-source.ts';
import type { JobLog } from '../jobs/job-log.ts';
import { createOutbound } from '../jobs/outbound.ts';
import type { TranscriptionService } from '../service/port.ts';
import type { LimitStore } from '../tenants/port.ts';
import type { Blobs } from './blobs.ts';
import { createChangeFeed } from './change-feed.ts';
import { createClusterStore } from './cluster-store.ts';
import { startClusterWorker } from './cluster-worker.ts';
import { processId } from './ingress.ts';
import { clusterKeys } from './keys.ts';
import { checkRedis, connectRedis, type RedisLink } from './redis.ts';

export interface WorkerOptions {
  readonly redisUrl: string;
  /** of the cluster */
  readonly name: string;
  readonly blobs: Blobs;
  readonly service: TranscriptionService;
  /** jobs at once */
  readonly slots: number;
  /** see ClusterWorkerParts */
  readonly turnMs?: number;
  readonly ttlMs: number;
  readonly maxBytes: number;
  readonly fetchMs: number;
  readonly allowPrivateUrls: boolean;
  /** of recordings on their way from an address */
  readonly tempFolder: string;
  readonly log: JobLog;
  /** where tenants' audio is counted */
  readonly limits?: ((link: RedisLink) => Pick<LimitStore, 'settleAudio'>) | undefined;
}

export interface OpenWorker {
  readonly id: string;
  /** as IngressCore, for what else may be built upon it */
  readonly link: RedisLink;
  /** Reads on for so long, then puts back what it has. Idempotent. The service is the caller's to close. */
  close(graceMs: number): Promise<void>;
}

const START_MS = 60_000;

/** Rejects `cluster_unavailable` where Redis is not there. */
export async function openWorker(options: WorkerOptions): Promise<OpenWorker> {
  const { log, redisUrl } = options;
  const keys = clusterKeys(options.name);
  const link = connectRedis(redisUrl, 'patient');
  try {
    await link.ready(START_MS);
    for (const { text } of await checkRedis(link.redis)) log.error({ warning: text }, 'cluster: Redis');
  } catch (error) {
    link.close();
    throw toSottoError(error, 'cluster_unavailable');
  }
  const queueLink = connectRedis(redisUrl, 'patient');
  const feed = createChangeFeed(connectRedis(redisUrl, 'patient'), keys.changes, log);
  const id = processId();
  const limits = { maxBytes: options.maxBytes, totalMs: options.fetchMs };
  const worker = startClusterWorker({
    ...{ worker: id, prefix: keys.prefix, link: queueLink, feed, log },
    store: createClusterStore(link.redis, keys),
    service: options.service,
    blobs: options.blobs,
    fetchSource: createFetchSource(
      createOutbound({ allowPrivate: options.allowPrivateUrls }),
      limits,
      realClock,
    ),
    partOf: (job) => join(options.tempFolder, `sotto-${id}-${job}.part`),
    slots: options.slots,
    ...(options.turnMs === undefined ? {} : { turnMs: options.turnMs }),
    ttlMs: options.ttlMs,
    limits: options.limits?.(link),
  });
  let closing: Promise<void> | undefined;
  return {
    id,
    link,
    close(graceMs) {
      closing ??= (async () => {
        await worker.close(graceMs);
        feed.close();
        queueLink.close();
        link.close();
      })();
      return closing;
    },
  };
}
