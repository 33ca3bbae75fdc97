import { extname } from 'node:path';
import type { FastifyReply } from 'fastify';

const IMMUTABLE = 'public, max-age=31536000, immutable';
const REVALIDATE = 'public, max-age=0, must-revalidate';
const NO_CACHE = 'no-cache';

/** Folders of files, as opposed to pages: what is missing in them is never answered with HTML. */
export const FILE_FOLDERS = ['/assets/', '/embed/', '/lib/', '/ort/', '/vad/', '/models/'] as const;

/** Names in them stay when what they name changes. */
const CHANGING: readonly string[] = ['/embed/', '/lib/'];

/**
 * How long a found file may be kept. Files with their hash or version in their path never change. A model's
 * files keep their names when the model changes, so they are asked for again (a 304 when unchanged) unless the
 * request names the version it means: `/models/ID/FILE?v=REVISION`.
 */
export function cacheControl(url: string): string {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  const folder = FILE_FOLDERS.find((prefix) => pathname.startsWith(prefix));
  if (folder === undefined || CHANGING.includes(folder)) return NO_CACHE;
  if (folder === '/models/' && !searchParams.get('v')) return REVALIDATE;
  return IMMUTABLE;
}

/** Media types that the static plugin does not know, or calls by an older name. */
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.onnx': 'application/octet-stream',
  '.onnx_data': 'application/octet-stream',
};

/** Pages of other origins that embed Sotto load these from here; nothing in them is anybody's secret. */
export const FOR_EVERYONE = {
  'access-control-allow-origin': '*',
  // Readers of parts of a file must see which part they got.
  'access-control-expose-headers': 'content-length, content-range, etag',
  'cross-origin-resource-policy': 'cross-origin',
} as const;

/** Lies in one of the folders, found or not. */
export const isFile = (url: string): boolean => FILE_FOLDERS.some((folder) => url.startsWith(folder));

export function setFileHeaders(reply: FastifyReply, path: string): void {
  reply.header('cache-control', cacheControl(reply.request.url));
  const type = MEDIA_TYPES[extname(path)];
  if (type !== undefined) reply.header('content-type', type);
  if (isFile(reply.request.url)) reply.headers(FOR_EVERYONE);
}
