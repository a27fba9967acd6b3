// A phone without a network still opens the page on which work is written down: the newest copy of it and of its style and
// scripts is kept on the phone (worklog.js puts them there, and takes them away when nobody is signed in). Nothing else is.
const KEEP = 'worklog';

async function pageOf(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await (await caches.open(KEEP)).match('/worklog');
    if (kept) return kept;
    throw error;
  }
}

async function partOf(request) {
  const kept = await (await caches.open(KEEP)).match(request);
  return kept ?? fetch(request);
}

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (request.mode === 'navigate' && url.pathname === '/worklog') event.respondWith(pageOf(request));
  else if (url.pathname.startsWith('/static/')) event.respondWith(partOf(request));
});
