/** What `serve` and `worker` have where many machines share a queue, from settings. */
import { tmpdir } from 'node:os';
import { SottoError } from '../shared/errors.ts';
import type { Blobs } from './cluster/blobs.ts';
import { type Ingress, openIngress } from './cluster/ingress.ts';
import { openBlobs } from './cluster/open-blobs.ts';
import { type Config, StartError } from './config.ts';
import type { JobLog } from './jobs/job-log.ts';

/** Throws StartError where Redis or the place of recordings cannot be had. */
export async function ingressOf(config: Config, redisUrl: string, log: JobLog): Promise<Ingress> {
  const { asr, cluster, jobs } = config;
  const blobs = await blobsOf(config);
  const opening = openIngress({
    ...{ redisUrl, blobs, log, name: cluster.name },
    ...{ queueMax: asr.queueMax, maxWaitMs: asr.maxWaitMs, ttlMs: jobs.ttlMs },
    ...{ allowPrivateUrls: jobs.allowPrivateUrls, webhookSecret: jobs.webhookSecret },
  });
  return opening.catch((error: unknown) => {
    throw redisError(error);
  });
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
