/** Brings a whole version of the app onto the device. */
import type { Build } from './protocol.ts';
import { cacheOf, versionsIn } from './versions.ts';

const AT_ONCE = 4;
const TOO_LONG_MS = 120_000;

/** Throws when a file could not be had, or is not this version's; what came stays for the next attempt. */
export async function fill({ version, hashed, named }: Build): Promise<void> {
  const cache = await caches.open(cacheOf(version));
  const wanted = [...hashed, ...Object.keys(named)];
  const next = async (): Promise<void> => {
    for (let path = wanted.shift(); path !== undefined; path = wanted.shift()) {
      if ((await cache.match(path)) === undefined) await cache.put(path, await bring(path, named[path]));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
}

/** `digest`: of a file that keeps its name while what it holds changes. Throws when it is not that one. */
export async function bring(path: string, digest: string | undefined): Promise<Response> {
  const earlier = digest === undefined ? await fromEarlier(path) : undefined;
  if (earlier !== undefined) return earlier;
  const response = await fetch(path, {
    cache: digest === undefined ? 'default' : 'no-cache',
    signal: AbortSignal.timeout(TOO_LONG_MS),
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  // In the middle of a rollout the page of another version may come.
  if (digest !== undefined && (await sha256(response.clone())) !== digest) {
    throw new Error(`${path} is of another version`);
  }
  return response;
}

/** A hashed name says what is in it, whichever version brought it here. */
export async function fromEarlier(path: string): Promise<Response | undefined> {
  for (const name of versionsIn(await caches.keys())) {
    const found = await (await caches.open(name)).match(path);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function sha256(response: Response): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', await response.arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
