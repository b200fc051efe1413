// Keeps the whole site on the device, so that it opens without a network after the first visit. The build puts the list of
// files and a version in; another version is another cache, and the old one goes when nobody uses it any more.

const VERSION = '__VERSION__';
const FILES = JSON.parse('__FILES__');
const CACHE = `drydock-${VERSION}`;
/** A page is taken from the network while that answers within so many milliseconds, so that readers get what is new. */
const PATIENCE_MS = 3000;
/** So many files at a time, so that what the reader waits for is not held up. */
const AT_ONCE = 4;

self.addEventListener('install', (event) => {
  self.skipWaiting();
  event.waitUntil(fill());
});

self.addEventListener('activate', (event) => {
  event.waitUntil(takeOver());
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  event.respondWith(request.mode === 'navigate' ? page(request) : asset(request));
});

async function fill() {
  const cache = await caches.open(CACHE);
  const left = [...FILES];
  const work = async () => {
    for (let file = left.shift(); file !== undefined; file = left.shift()) {
      const url = new URL(file, self.registration.scope);
      if ((await cache.match(url)) === undefined) await cache.add(url);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

async function takeOver() {
  for (const name of await caches.keys()) {
    if (name.startsWith('drydock-') && name !== CACHE) await caches.delete(name);
  }
  await self.clients.claim();
}

/** Files with a hash in their name never change. */
async function asset(request) {
  return (await caches.match(request, { ignoreSearch: true })) ?? fetch(request);
}

async function page(request) {
  const kept = await caches.match(request, { ignoreSearch: true });
  if (kept === undefined) return fetch(request).catch(() => lost());
  const late = new Promise((resolve) => setTimeout(() => resolve(kept), PATIENCE_MS));
  return Promise.race([fetch(request).catch(() => kept), late]);
}

async function lost() {
  const page = await caches.match(new URL('404.html', self.registration.scope));
  return page ?? Response.error();
}
