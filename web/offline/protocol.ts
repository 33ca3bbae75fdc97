/** What the app's pages and their service worker agree on. */

export const SERVICE_WORKER = '/sw.js';

/** One cache a version: `sotto-app-<version>`. */
export const APP_CACHES = 'sotto-app-';

/** What is kept once it was used: onnxruntime's files, the voice activity model, the site's configuration. */
export const USED_CACHE = 'sotto-used-1';

/** Files that another app shared with this one, until the page has taken them. */
export const SHARED_CACHE = 'sotto-shared-1';

/** Where the system sends shared files (web/app/manifest.webmanifest). */
export const SHARE_PATH = '/share';
export const SHARE_FIELD = 'files';
/** The shared file's own name, as encodeURIComponent writes it. */
export const NAME_HEADER = 'x-file-name';

/** `apply`: the version that waits takes over. `tidy`: let go what no page needs any more. */
export type ToServiceWorker = { readonly type: 'apply' } | { readonly type: 'tidy' };

/** What a build consists of, as far as it is kept for offline use. Paths begin with a slash. */
export interface Build {
  /** changes with anything below */
  readonly version: string;
  /** files whose names change with what they hold */
  readonly hashed: readonly string[];
  /** files that keep their names, with the SHA-256 of what they hold, 64 hex digits */
  readonly named: Readonly<Record<string, string>>;
  /** the folder of this build's onnxruntime, with a slash at its end */
  readonly ort: string;
}
