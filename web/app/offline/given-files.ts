/** Files that come to the page from the system: opened with it, or shared with it by another app. */
import { NAME_HEADER, SHARED_CACHE } from '../../offline/protocol.ts';

interface LaunchQueue {
  setConsumer(take: (params: { readonly files: readonly FileSystemFileHandle[] }) => void): void;
}

/** Calls `give` with files, now or whenever they come. */
export function takeGiven(give: (files: readonly File[]) => void): void {
  if ('launchQueue' in window) {
    (window.launchQueue as LaunchQueue).setConsumer(({ files }) => {
      if (files.length > 0) void opened(files).then(give);
    });
  }
  void shared().then((files) => {
    if (files.length > 0) give(files);
  });
}

async function opened(handles: readonly FileSystemFileHandle[]): Promise<File[]> {
  const files = await Promise.allSettled(handles.map((handle) => handle.getFile()));
  return files.flatMap((file) => {
    if (file.status === 'fulfilled') return [file.value];
    console.warn('A file that was to be opened is not there any more.', file.reason);
    return [];
  });
}

/** What the service worker put aside. Each is taken once. */
async function shared(): Promise<File[]> {
  // Undefined on pages that are not secure.
  const storage: CacheStorage | undefined = globalThis.caches;
  if (storage === undefined) return [];
  const files: File[] = [];
  try {
    if (!(await storage.has(SHARED_CACHE))) return [];
    const cache = await storage.open(SHARED_CACHE);
    for (const key of await cache.keys()) {
      const response = await cache.match(key);
      if (response === undefined || !(await cache.delete(key))) continue;
      const blob = await response.blob();
      const name = decodeURIComponent(response.headers.get(NAME_HEADER) ?? '');
      files.push(new File([blob], name, { type: blob.type }));
    }
    await storage.delete(SHARED_CACHE);
  } catch (thrown) {
    console.warn('What was shared with this page could not be read.', thrown);
  }
  return files;
}
