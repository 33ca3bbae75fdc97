/** Multipart uploads: the file into the spool, the fields into a map, within bounds of size, number and time. */
import type { FastifyRequest } from 'fastify';
import { ApiError } from './api-error.ts';
import { watchBody } from './body-watch.ts';
import { largestFor } from './caller.ts';
import { readParts } from './multipart-parts.ts';
import type { Spool } from './spool.ts';

export interface UploadLimits {
  /** where the file is put */
  readonly spool: Spool;
  /** of the file */
  readonly maxBytes: number;
  /** the whole upload, in milliseconds */
  readonly totalMs: number;
  /** the longest time without a byte, in milliseconds */
  readonly idleMs: number;
}

export interface Upload {
  /** of the spooled file, readable by this process's user only */
  readonly path: string;
  /** as the caller called it: never logged, never used as a path */
  readonly name: string;
  /** of the file, > 0 */
  readonly bytes: number;
  /** of the file, hex */
  readonly sha256: string;
  /** values in the order in which they came, by the name in the form: `timestamp_granularities[]` keeps its brackets */
  readonly fields: ReadonlyMap<string, readonly string[]>;
  /** Deletes the file. Idempotent; does nothing after `keep`. */
  discard(): Promise<void>;
  /** From now on the file is the caller's to delete; it must be moved out of the spool before the server closes. */
  keep(): string;
}

/**
 * Reads the whole body. Throws `bad_request` (naming `file` where that is what is wrong), `empty_file`, `too_large`
 * (at once where the length was announced), `upload_timeout`, or `cancelled` when the client went away; nothing is
 * left in the spool then. What has not arrived of a refused body is not read here.
 */
export async function receiveUpload(request: FastifyRequest, limits: UploadLimits): Promise<Upload> {
  if (!request.isMultipart()) {
    throw new ApiError('bad_request', 'the body must be a form (multipart/form-data)', {
      param: 'content-type',
      wireCode: 'unsupported_media_type',
      status: 415,
    });
  }
  const bounds = { ...limits, maxBytes: largestFor(request, limits.maxBytes) };
  const watch = watchBody(request.raw, bounds);
  const parts = readParts(request, bounds);
  try {
    return await Promise.race([parts.upload, watch.broken]);
  } catch (error) {
    request.raw.unpipe();
    await parts.abandon();
    throw error;
  } finally {
    watch.stop();
  }
}
