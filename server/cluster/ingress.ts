/** An ingress: service and jobs over Redis, with all that runs beside them. */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { toSottoError } from '../../shared/errors.ts';
import { realClock } from '../../shared/queue/port.ts';
import type { JobLog } from '../jobs/job-log.ts';
import { createOutbound } from '../jobs/outbound.ts';
import type { Jobs } from '../jobs/port.ts';
import type { Blobs } from './blobs.ts';
import { createChangeFeed } from './change-feed.ts';
import { createClusterJobs } from './cluster-jobs.ts';
import { type ClusterService, createClusterService } from './cluster-service.ts';
import { createClusterStore } from './cluster-store.ts';
import { createClusterWebhooks } from './cluster-webhooks.ts';
import { clusterKeys } from './keys.ts';
import type { LiveSessions } from './live-sessions.ts';
import { createPresence, type Presence } from './presence.ts';
import { openQueue } from './queue.ts';
import { checkRedis, connectRedis, type RedisLink, type RedisState, type RedisWarning } from './redis.ts';
import { createSweeper } from './sweeper.ts';

export interface IngressOptions {
  readonly redisUrl: string;
  /** of the cluster */
  readonly name: string;
  readonly blobs: Blobs;
  readonly queueMax: number;
  readonly maxTenants: number;
  readonly maxWaitMs: number;
  readonly ttlMs: number;
  readonly allowPrivateUrls: boolean;
  readonly webhookSecret: string | undefined;
  readonly log: JobLog;
  /** live sessions, made with what an ingress has */
  readonly sessions?: (parts: IngressCore) => LiveSessions;
}

/** What else may be built upon. */
export interface IngressCore {
  readonly link: RedisLink;
  readonly presence: Presence;
}

export interface ClusterHealth {
  readonly redis: RedisState['name'];
  readonly warnings: readonly RedisWarning[];
  readonly workers: number;
  readonly slots: number;
  /** live sessions open here; and of all workers' places, how many there are and how many are taken */
  readonly sessions: number;
  readonly session_places: number | null;
  readonly session_places_taken: number | null;
}

export interface Ingress extends IngressCore {
  readonly service: ClusterService;
  readonly jobs: Jobs;
  health(): ClusterHealth;
  /** Jobs go on; requests of clients end with `closed`. Idempotent. */
  close(): Promise<void>;
}

/** How long the start waits for Redis. */
const START_MS = 15_000;

/** Unique among all that run, and of some use to whoever reads it. */
export const processId = (): string => `${hostname()}-${randomBytes(6).toString('hex')}`;

/** Rejects `cluster_unavailable` where Redis is not there. */
export async function openIngress(options: IngressOptions): Promise<Ingress> {
  const { log, blobs } = options;
  const keys = clusterKeys(options.name);
  const link = connectRedis(options.redisUrl, 'bounded');
  let warnings: readonly RedisWarning[] = [];
  try {
    await link.ready(START_MS);
    warnings = await checkRedis(link.redis);
  } catch (error) {
    link.close();
    throw toSottoError(error, 'cluster_unavailable');
  }
  for (const { text } of warnings) log.error({ warning: text }, 'cluster: Redis');
  const feed = createChangeFeed(connectRedis(options.redisUrl, 'patient'), keys.changes, log);
  const store = createClusterStore(link.redis, keys);
  const queue = openQueue(link.redis, keys.prefix, (error) => log.info({ err: error }, 'cluster: the queue'));
  const presence = createPresence(processId(), store, log);
  await presence.look();
  const live = options.sessions?.({ link, presence });
  await live?.look();
  const service = createClusterService({
    ...{ store, queue, feed, presence, blobs, log, redis: link.state },
    queueMax: options.queueMax,
    maxTenants: options.maxTenants,
    maxWaitMs: options.maxWaitMs,
    ...(live === undefined ? {} : { openSession: live.open }),
  });
  const outbound = createOutbound({ allowPrivate: options.allowPrivateUrls });
  const jobs = createClusterJobs({
    ...{ store, queue, feed, blobs, outbound, log, etaMs: service.etaMs },
    webhookSecret: options.webhookSecret,
    ttlMs: options.ttlMs,
  });
  const webhooks = createClusterWebhooks({
    ...{ store, feed, outbound, log, clock: realClock, wall: Date.now },
    secret: options.webhookSecret,
  });
  const sweeper = createSweeper({ store, queue, blobs, log });
  let closing: Promise<void> | undefined;

  return {
    service,
    jobs,
    link,
    presence,
    health: () => ({
      redis: link.state().name,
      warnings,
      workers: presence.workers.length,
      slots: presence.slots,
      sessions: live?.count ?? 0,
      session_places: live?.places?.all ?? null,
      session_places_taken: live?.places?.taken ?? null,
    }),
    close() {
      closing ??= (async () => {
        await Promise.all([service.close(), live?.close()]);
        await Promise.all([webhooks.close(), sweeper.close()]);
        await presence.close();
        feed.close();
        await queue
          .close()
          .catch((error: unknown) => log.info({ err: toSottoError(error) }, 'cluster: closing'));
        link.close();
      })();
      return closing;
    },
  };
}
