import type { Source } from '../client/transcriber.ts';

/** What `transcribe` takes; a stream is read until its sound ends or `stop` is called. */
export type Given = Blob | URL | string | MediaStream;

export function sourceOf(given: Given): Source {
  if (given instanceof Blob) {
    return { kind: 'file', file: given, name: given instanceof File ? given.name : 'recording' };
  }
  if (given instanceof MediaStream) return { kind: 'live', stream: given, name: 'stream' };
  const url = new URL(given, document.baseURI);
  return { kind: 'url', url: url.href, name: url.pathname.split('/').at(-1) || url.host };
}

/** What a media element plays: its address, or its stream. Undefined where it has neither. */
export function sourceOfMedia(media: HTMLMediaElement): Source | undefined {
  if (media.srcObject instanceof MediaStream) return { ...sourceOf(media.srcObject), name: 'media' };
  return media.currentSrc === '' ? undefined : sourceOf(media.currentSrc);
}
