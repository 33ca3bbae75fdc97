/** What an operator can set where many machines share a queue. */
import { resolve } from 'node:path';
import type { BlobPlace } from './cluster/blobs.ts';
import { numberFrom, SettingError, type SettingValues } from './settings.ts';

const NONE = 'none';

export const CLUSTER_SETTINGS = {
  redisUrl: {
    variable: 'ASR_REDIS_URL',
    fallback: NONE,
    help: 'Redis that several machines share, as --redis: redis://… or rediss://…; none: this machine alone',
    hidden: true,
    read: readRedisUrl,
  },
  name: {
    variable: 'ASR_CLUSTER',
    fallback: 'sotto',
    help: 'name of this cluster in Redis, where several share one',
    read: readName,
  },
  blobs: {
    variable: 'ASR_BLOBS',
    fallback: NONE,
    help: 'where recordings lie for all machines: a folder that all of them have, or s3://BUCKET/PREFIX',
    read: readBlobs,
  },
  s3Endpoint: {
    variable: 'ASR_S3_ENDPOINT',
    fallback: NONE,
    help: "address of an S3 service that is not Amazon's",
    read: (text: string): string | undefined => (text === NONE ? undefined : text),
  },
  drainMs: {
    variable: 'ASR_WORKER_DRAIN_SECONDS',
    fallback: '20',
    help: 'a worker that is asked to end reads on for so long, then another goes on',
    read: numberFrom({ from: 0, to: 86_400, unit: 1_000 }),
  },
  liveHost: {
    variable: 'ASR_LIVE_HOST',
    fallback: 'HOST',
    help: 'address on which a worker takes windows of live sessions from ingresses: HOST is that of the rest',
    read: (text: string): string | undefined => (text === 'HOST' ? undefined : text),
  },
  livePort: {
    variable: 'ASR_LIVE_PORT',
    fallback: '0',
    help: 'its port; 0: any free one',
    read: numberFrom({ from: 0, to: 65_535 }),
  },
  liveAddress: {
    variable: 'ASR_LIVE_ADDRESS',
    fallback: NONE,
    help: 'how ingresses reach it, where that is another: ws://host:port or wss://…',
    read: readLiveAddress,
  },
} as const;

export type ClusterSettings = SettingValues<typeof CLUSTER_SETTINGS>;

/** Throws SettingError. */
export function readRedisUrl(text: string): string | undefined {
  if (text === NONE) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['redis:', 'rediss:'].includes(url.protocol) || url.hostname === '') {
    throw new SettingError('an address such as redis://host:6379, or none');
  }
  return text;
}

function readName(text: string): string {
  if (!/^[\w-]{1,40}$/.test(text)) throw new SettingError('letters, digits, - and _');
  return text;
}

function readBlobs(text: string): BlobPlace | undefined {
  if (text === NONE) return undefined;
  if (!text.startsWith('s3:')) return { kind: 'folder', folder: resolve(text) };
  const [, bucket, prefix = ''] = /^s3:\/\/([a-z0-9][a-z0-9.-]+)(?:\/(.*))?$/.exec(text) ?? [];
  if (bucket === undefined) throw new SettingError('a folder, or s3://BUCKET/PREFIX');
  return { kind: 's3', bucket, prefix: prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/` };
}

function readLiveAddress(text: string): string | undefined {
  if (text === NONE) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['ws:', 'wss:'].includes(url.protocol)) {
    throw new SettingError('an address such as ws://host:port, or none');
  }
  return text.replace(/\/+$/, '');
}
