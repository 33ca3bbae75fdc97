/** The blobs that are configured; the S3 client is loaded for S3 only. */
import { type BlobPlace, type Blobs, folderBlobs } from './blobs.ts';

export interface BlobOptions {
  readonly place: BlobPlace;
  /** of an S3 service that is not Amazon's */
  readonly s3Endpoint: string | undefined;
  /** for copies of recordings that lie elsewhere */
  readonly tempFolder: string;
}

export async function openBlobs({ place, s3Endpoint, tempFolder }: BlobOptions): Promise<Blobs> {
  if (place.kind === 'folder') return folderBlobs(place.folder);
  const { s3Blobs } = await import('./s3-blobs.ts');
  return s3Blobs({ bucket: place.bucket, prefix: place.prefix, endpoint: s3Endpoint, tempFolder });
}
