/** Recordings in a bucket of any service with Amazon's S3 API. Keys and region come the AWS SDK's usual ways. */
import { createReadStream, createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { SottoError, toSottoError } from '../../shared/errors.ts';
import type { Blobs } from './blobs.ts';

export interface S3Options {
  readonly bucket: string;
  /** ends with a slash, or is empty */
  readonly prefix: string;
  readonly endpoint: string | undefined;
  readonly tempFolder: string;
}

export function s3Blobs({ bucket: Bucket, prefix, endpoint, tempFolder }: S3Options): Blobs {
  // Services other than Amazon's have no host for each bucket, and some no checksums.
  const own = endpoint === undefined ? {} : { endpoint, forcePathStyle: true };
  const client = new S3Client({
    ...own,
    maxAttempts: 4,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  const keyOf = (id: string) => `${prefix}${id}`;
  let opened = 0;

  return {
    async put(id, path) {
      const { size } = await stat(path);
      // One request with its length: it is there as a whole or not at all.
      await client.send(
        new PutObjectCommand({ Bucket, Key: keyOf(id), Body: createReadStream(path), ContentLength: size }),
      );
    },
    async open(id, signal) {
      const path = join(tempFolder, `sotto-${process.pid}-${opened++}-${id}`);
      const done = () => rm(path, { force: true });
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: keyOf(id) }), {
          abortSignal: signal,
        });
        if (!(Body instanceof Readable)) throw new SottoError('file_unreadable', 'S3 gave no body');
        await pipeline(Body, createWriteStream(path, { flags: 'wx', mode: 0o600 }), { signal });
        return { path, done };
      } catch (error) {
        await done();
        if (signal.aborted) throw toSottoError(signal.reason);
        throw toSottoError(error, 'file_unreadable');
      }
    },
    async remove(id) {
      await client.send(new DeleteObjectCommand({ Bucket, Key: keyOf(id) }));
    },
    async older(ms) {
      const before = Date.now() - ms;
      const ids: string[] = [];
      let next: string | undefined;
      do {
        const page = await client.send(
          new ListObjectsV2Command({
            Bucket,
            Prefix: prefix,
            ...(next === undefined ? {} : { ContinuationToken: next }),
          }),
        );
        for (const { Key = '', LastModified } of page.Contents ?? []) {
          if (LastModified !== undefined && LastModified.getTime() < before)
            ids.push(Key.slice(prefix.length));
        }
        next = page.IsTruncated === true ? page.NextContinuationToken : undefined;
      } while (next !== undefined);
      return ids;
    },
  };
}
