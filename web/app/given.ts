/** What a person gives the page, as sources. Pure. */
import type { Source } from '../client/transcriber.ts';

export function fileSources(files: Iterable<File>): Source[] {
  return Array.from(files, (file) => ({ kind: 'file', file, name: file.name }));
}

/** The source at a web address; undefined when the text is not one. */
export function urlSource(text: string): Source | undefined {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) return undefined;
  return { kind: 'url', url: url.href, name: nameOf(url) };
}

/** The last part of the path, readable; the host when there is none. */
function nameOf(url: URL): string {
  const last = url.pathname.split('/').filter(Boolean).at(-1);
  if (last === undefined) return url.host;
  try {
    return decodeURIComponent(last);
  } catch {
    return last; // a stray percent sign: shown as it is written
  }
}
