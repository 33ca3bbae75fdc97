/** Entry of the service worker: the app without a network, and one version of it at a time. */
import { answerFor } from './answer.ts';
import { fill } from './fill.ts';
import { app, config, keepConfig, page, shared, used } from './give.ts';
import { type Build, type ToServiceWorker, USED_CACHE } from './protocol.ts';
import { toLetGo } from './versions.ts';

declare const self: ServiceWorkerGlobalScope;
/** put here by the build (vite.service-worker.ts) */
declare const SOTTO_BUILD: Build;

const { version, named, ort } = SOTTO_BUILD;

// No skipWaiting: a new version waits until a page says `apply`.
self.addEventListener('install', (event) => event.waitUntil(Promise.all([fill(SOTTO_BUILD), keepConfig()])));

self.addEventListener('activate', (event) =>
  event.waitUntil(
    (async () => {
      await self.clients.claim();
      await tidy();
    })(),
  ),
);

self.addEventListener('message', (event) => {
  const { type } = event.data as ToServiceWorker;
  event.waitUntil(type === 'apply' ? self.skipWaiting() : tidy());
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const asked = { url: request.url, method: request.method, opens: request.mode === 'navigate' };
  const later = (work: Promise<void>) => event.waitUntil(work);
  switch (answerFor(asked, { origin: self.location.origin, named: Object.keys(named) })) {
    case 'page':
      return event.respondWith(page(SOTTO_BUILD, request, later));
    case 'app':
      return event.respondWith(app(version, request));
    case 'used':
      return event.respondWith(used(request, later));
    case 'config':
      return event.respondWith(config(request, later));
    case 'shared':
      return event.respondWith(shared(request));
    case 'network':
      return;
  }
});

async function tidy(): Promise<void> {
  const pages = (await self.clients.matchAll({ type: 'window', includeUncontrolled: true })).length;
  for (const name of toLetGo(await caches.keys(), version, pages)) await caches.delete(name);
  if (pages > 1) return;
  // Another version's engine, 14 to 27 MB.
  const cache = await caches.open(USED_CACHE);
  for (const request of await cache.keys()) {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith('/ort/') && !pathname.startsWith(ort)) await cache.delete(request);
  }
}
