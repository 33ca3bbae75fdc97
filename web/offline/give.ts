/** The answers that the service worker gives. */

import { CONFIG } from './answer.ts';
import { bring, fromEarlier } from './fill.ts';
import { type Build, NAME_HEADER, SHARE_FIELD, SHARED_CACHE, USED_CACHE } from './protocol.ts';
import { cacheOf } from './versions.ts';

/** The network is asked no longer than this where an earlier answer is kept. */
const CONFIG_MS = 2_000;

/** Keeps the service worker running until it has settled. */
type Later = (work: Promise<void>) => void;

/** The browser may have cleared its storage: then the network has the page, as on the first visit. */
export async function page({ version, named }: Build, request: Request, later: Later): Promise<Response> {
  const cache = await caches.open(cacheOf(version));
  const kept = await cache.match('/');
  if (kept === undefined) return fetch(request);
  later(refresh(cache, named['/']));
  return kept;
}

/** The page of the same version may come with other headers by now, such as another content policy. */
async function refresh(cache: Cache, digest: string | undefined): Promise<void> {
  try {
    await cache.put('/', await bring('/', digest));
  } catch {
    return; // offline, or there is another version, which comes in its own way: what is kept stays
  }
}

export async function app(version: string, request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  const cache = await caches.open(cacheOf(version));
  return (await cache.match(pathname)) ?? (await fromEarlier(pathname)) ?? fetch(request);
}

export async function used(request: Request, later: Later): Promise<Response> {
  const cache = await caches.open(USED_CACHE);
  const found = await cache.match(request.url);
  if (found !== undefined) return found;
  const response = await fetch(request);
  if (response.status === 200) later(keep(cache, request.url, response.clone()));
  return response;
}

export async function config(request: Request, later: Later): Promise<Response> {
  const cache = await caches.open(USED_CACHE);
  const kept = await cache.match(request.url);
  if (kept === undefined) return used(request, later);
  try {
    const response = await fetch(request.url, { cache: 'no-store', signal: AbortSignal.timeout(CONFIG_MS) });
    if (!response.ok) return kept;
    later(keep(cache, request.url, response.clone()));
    return response;
  } catch {
    return kept; // offline, or slow: what it said last
  }
}

/** The first page was opened before the service worker could see what the site said to it. */
export async function keepConfig(): Promise<void> {
  const cache = await caches.open(USED_CACHE);
  if ((await cache.match(CONFIG)) === undefined) await cache.add(CONFIG);
}

/** Puts what was shared where the page finds it, and opens the page. */
export async function shared(request: Request): Promise<Response> {
  const cache = await caches.open(SHARED_CACHE);
  for (const file of (await request.formData()).getAll(SHARE_FIELD)) {
    if (typeof file === 'string') continue;
    const headers = {
      'content-type': file.type === '' ? 'application/octet-stream' : file.type,
      [NAME_HEADER]: encodeURIComponent(file.name),
    };
    await cache.put(`/${crypto.randomUUID()}`, new Response(file, { headers }));
  }
  return Response.redirect('/', 303);
}

async function keep(cache: Cache, url: string, response: Response): Promise<void> {
  try {
    await cache.put(url, response);
  } catch (thrown) {
    // No room: it works now, and needs the network the next time.
    console.warn(`${url} could not be kept on this device.`, thrown);
  }
}
