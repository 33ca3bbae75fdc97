/** Where recorded sound comes from. */
export type MediaSource = BlobMediaSource | UrlMediaSource;

/** A file of the visitor, or on the server a file on disk behind `openAsBlob`. */
export interface BlobMediaSource {
  readonly kind: 'blob';
  readonly blob: Blob;
}

export interface UrlMediaSource {
  readonly kind: 'url';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly credentials?: 'omit' | 'same-origin' | 'include';
}

/** What is known once the file was opened. */
export interface MediaInfo {
  /** seconds, from the file's own words: may be a little off, undefined when it does not say */
  readonly durationSeconds: number | undefined;
  /** hertz */
  readonly sampleRate: number;
  readonly channels: number;
  /** e.g. `aac`, `opus`, `pcm-s16` */
  readonly codec: string;
  /** e.g. `MP4`, `WebM`, `WAVE` */
  readonly container: string;
}
