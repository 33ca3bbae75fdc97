/**
 * A browser starts no worker from another origin, but lets one of the page's own import a module from there: so a
 * line of script stands between. The page's policy must allow `worker-src blob:` then, and the other site must allow
 * its scripts to be imported (CORS). `address` is absolute.
 */
export function startWorker(address: string, name: string): Worker {
  const { href, origin } = new URL(address);
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
