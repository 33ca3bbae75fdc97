/** Where the parts that run beside this script come from, and how they are started on a page of any origin. */

import earUrl from '../ear/main.ts?worker&url';
import engineUrl from '../engine/main.ts?worker&url';

/**
 * The site that serves Sotto: the one this script came from, which need not be the page's. Models it has are at
 * `models/` below it, the voice activity model at `vad/`.
 */
export function ownSite(): string {
  const script = import.meta.url;
  return new URL('../', script).href;
}

export const engineWorker = (): Worker => startWorker(engineUrl, 'sotto-engine');
export const earWorker = (): Worker => startWorker(earUrl, 'sotto-ear');

/**
 * A browser starts no worker from another origin, but lets one of the page's own import a module from there: so a
 * line of script stands between. The page's policy must allow `worker-src blob:` then, and the other site must allow
 * its scripts to be imported (CORS).
 */
function startWorker(url: string, name: string): Worker {
  const { href, origin } = new URL(url, import.meta.url);
  if (origin === location.origin) return new Worker(href, { type: 'module', name });
  const line = URL.createObjectURL(
    new Blob([`import ${JSON.stringify(href)};`], { type: 'text/javascript' }),
  );
  const worker = new Worker(line, { type: 'module', name });
  // By its first word, or its end, the worker has read the line.
  const forget = () => URL.revokeObjectURL(line);
  worker.addEventListener('message', forget, { once: true });
  worker.addEventListener('error', forget, { once: true });
  return worker;
}
