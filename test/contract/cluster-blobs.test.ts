/** Recordings for other machines: in a folder, and in a bucket of a real server with the S3 API. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Blobs } from '../../server/cluster/blobs.ts';
import { openBlobs } from '../../server/cluster/open-blobs.ts';
import { type S3Server, startS3 } from '../support/s3-server.ts';

let folder: string;
let s3: S3Server;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sotto-blobs-'));
  s3 = await startS3(join(folder, 's3'), 'recordings');
  // As the SDK takes them from an operator.
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: 'S3RVER',
    AWS_SECRET_ACCESS_KEY: 'S3RVER',
    AWS_REGION: 'us-east-1',
  });
});
afterAll(async () => {
  await s3.stop();
  await rm(folder, { recursive: true });
});

const KINDS: readonly [string, () => Promise<Blobs>][] = [
  [
    'a folder',
    () =>
      openBlobs({
        place: { kind: 'folder', folder: join(folder, 'blobs') },
        s3Endpoint: undefined,
        tempFolder: folder,
      }),
  ],
  [
    'S3',
    () =>
      openBlobs({
        place: { kind: 's3', bucket: 'recordings', prefix: 'sotto/' },
        s3Endpoint: s3.endpoint,
        tempFolder: folder,
      }),
  ],
];

describe.each(KINDS)('%s', (_name, open) => {
  const signal = new AbortController().signal;

  it('gives back what was put, however large, and keeps the original', async () => {
    const blobs = await open();
    const path = join(folder, 'upload');
    const bytes = randomBytes(3_000_000);
    await writeFile(path, bytes);
    await blobs.put('job_a', path);
    // Of an ingress: its upload is deleted when its answer is sent.
    await rm(path);
    for (const _ of [1, 2]) {
      const blob = await blobs.open('job_a', signal);
      expect((await readFile(blob.path)).equals(bytes)).toBe(true);
      await blob.done();
    }
    await writeFile(path, 'other');
    await blobs.put('job_a', path);
    const other = await blobs.open('job_a', signal);
    expect(await readFile(other.path, 'utf8')).toBe('other');
    await other.done();
    await blobs.remove('job_a');
    await blobs.remove('job_a');
    await expect(blobs.open('job_a', signal)).rejects.toMatchObject({ code: 'file_unreadable' });
    // Nothing of it is left on this machine.
    expect((await readdir(folder)).filter((name) => name.includes('job_a'))).toEqual([]);
    expect(await readFile(path, 'utf8')).toBe('other');
  });

  it('knows what lies there for long', async () => {
    const blobs = await open();
    const path = join(folder, 'upload');
    await writeFile(path, 'x');
    await blobs.put('job_old', path);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect(await blobs.older(1_000)).toEqual(['job_old']);
    expect(await blobs.older(60_000)).toEqual([]);
    await blobs.remove('job_old');
    expect(await blobs.older(0)).toEqual([]);
  });
});
