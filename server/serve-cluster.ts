/** What `serve` and `worker` have where many machines share a queue, from settings. */
import { tmpdir } from 'node:os';
import { SottoError } from '../shared/errors.ts';
import type { Blobs } from './cluster/blobs.ts';
import { type Ingress, type IngressCore, openIngress } from './cluster/ingress.ts';
import { clusterKeys } from './cluster/keys.ts';
import { createLivePlaces } from './cluster/live-places.ts';
import { createLiveSessions } from './cluster/live-sessions.ts';
import { announceLive } from './cluster/live-worker.ts';
import { openBlobs } from './cluster/open-blobs.ts';
import type { OpenWorker } from './cluster/open-worker.ts';
import { connectRedis, type RedisLink } from './cluster/redis.ts';
import { createRedisKeyStore } from './cluster/redis-key-store.ts';
import { createRedisLimitStore } from './cluster/redis-limit-store.ts';
import { createRedisSecrets } from './cluster/redis-secrets.ts';
import { type Config, StartError } from './config.ts';
import type { JobLog } from './jobs/job-log.ts';
import { liveAddress } from './live-address.ts';
import type { Secrets } from './realtime/secrets.ts';
import { openWindowListener } from './realtime/window-listener.ts';
import type { TranscriptionService } from './service/port.ts';
import type { SharedTenants } from './tenancy-services.ts';
import type { KeyStore, LimitStore } from './tenants/port.ts';

/** Throws StartError where Redis or the place of recordings cannot be had. */
export async function ingressOf(config: Config, redisUrl: string, log: JobLog): Promise<Ingress> {
  const { asr, cluster, jobs, tenants } = config;
  const blobs = await blobsOf(config);
  const opening = openIngress({
    ...{ redisUrl, blobs, log, name: cluster.name },
    ...{ queueMax: asr.queueMax, maxTenants: tenants.maxTenants },
    ...{ maxWaitMs: asr.maxWaitMs, ttlMs: jobs.ttlMs },
    ...{ allowPrivateUrls: jobs.allowPrivateUrls, webhookSecret: jobs.webhookSecret },
    sessions: ({ link }: Pick<IngressCore, 'link'>) =>
      createLiveSessions({ places: createLivePlaces(link.redis, clusterKeys(cluster.name).prefix), log }),
  });
  return opening.catch((error: unknown) => {
    throw redisError(error);
  });
}

/** What Redis has to know of the settings. */
interface OfCluster {
  readonly cluster: Pick<Config['cluster'], 'name'>;
}

/** Counters of tenants that all machines share. */
export const limitsOf = ({ cluster }: OfCluster, { redis }: RedisLink): LimitStore =>
  createRedisLimitStore({ redis, prefix: `${cluster.name}:limits` });

/** Their keys as well. */
export const tenantsOf = (config: OfCluster, link: RedisLink): SharedTenants => ({
  keys: keyStoreOf(config, link),
  limits: limitsOf(config, link),
});

const keyStoreOf = ({ cluster }: OfCluster, { redis }: RedisLink): KeyStore =>
  createRedisKeyStore({ redis, prefix: `${clusterKeys(cluster.name).prefix}:keys` });

/** Client secrets that are valid at every ingress. */
export const secretsOf = ({ cluster }: OfCluster, { redis }: RedisLink): Secrets =>
  createRedisSecrets({ redis, prefix: `${clusterKeys(cluster.name).prefix}:guests` });

/** Keys without an ingress, for the command line. Throws StartError where Redis cannot be reached. */
export async function keysIn(
  config: OfCluster,
  redisUrl: string,
): Promise<{ readonly keys: KeyStore; close(): void }> {
  const link = connectRedis(redisUrl, 'bounded');
  await link.ready(START_MS).catch((error: unknown) => {
    link.close();
    throw redisError(error);
  });
  return { keys: keyStoreOf(config, link), close: link.close };
}

const START_MS = 15_000;

/** Opens a worker's own door, and says where it is. Throws StartError where its address cannot be had. */
export async function openLive(
  config: Pick<Config, 'cluster' | 'realtime' | 'host'>,
  redisUrl: string,
  { id }: Pick<OpenWorker, 'id'>,
  service: TranscriptionService,
  log: JobLog,
): Promise<{ close(): Promise<void> }> {
  const { cluster, realtime } = config;
  const { liveHost: host = config.host, livePort: port } = cluster;
  // Of its own: what a worker says otherwise waits for Redis, this fails in time.
  const link = connectRedis(redisUrl, 'bounded');
  await link.ready(START_MS).catch((error: unknown) => {
    link.close();
    throw redisError(error);
  });
  const places = createLivePlaces(link.redis, clusterKeys(cluster.name).prefix);
  const listener = await openWindowListener({
    ...{ service, host, port, settings: realtime },
    holds: (lease) => places.holds(id, lease),
  }).catch((error: unknown) => {
    link.close();
    if (!(error instanceof Error && 'code' in error)) throw error;
    throw new StartError(
      `A worker cannot listen on ${host}:${port} (${error.code}): see ASR_LIVE_HOST and ASR_LIVE_PORT.`,
    );
  });
  const address = cluster.liveAddress ?? liveAddress(host, listener.port);
  const announced = await announceLive({
    places,
    id,
    address,
    service,
    maxSessions: realtime.maxSessions,
    log,
  });
  return {
    async close() {
      await announced.close();
      await listener.close();
      link.close();
    },
  };
}

export async function blobsOf({ cluster, http }: Config): Promise<Blobs> {
  const { blobs: place, s3Endpoint } = cluster;
  if (place === undefined) {
    throw new StartError(
      'With --redis, ASR_BLOBS must name a folder that all machines share, or s3://BUCKET/PREFIX: recordings lie there.',
    );
  }
  try {
    return await openBlobs({ place, s3Endpoint, tempFolder: http.spoolParent || tmpdir() });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    throw new StartError(`Recordings cannot be kept at ASR_BLOBS (${error.code}): name another place.`);
  }
}

export function redisError(error: unknown): unknown {
  if (!(error instanceof SottoError && error.code === 'cluster_unavailable')) return error;
  const why = error.detail === undefined ? '' : ` (${error.detail})`;
  return new StartError(`Redis cannot be reached${why}: check --redis or ASR_REDIS_URL.`);
}
