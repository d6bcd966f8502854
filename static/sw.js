// Keeps the hosted page for use without a network. The build writes the digest
// of all files and their list; a file whose SHA-256 differs is not kept, and
// without all of them there is no copy. A new version waits until the page
// says 'use'.
'use strict';
const VERSION = 'unbuilt';
const FILES = {}; // address -> SHA-256 in base64
const ROOT = new URL('./', location.href).href;

async function keep() {
  const cache = await caches.open(VERSION);
  await Promise.all(Object.entries(FILES).map(async ([name, digest]) => {
    const url = new URL(name, ROOT).href;
    const answer = await fetch(url, { integrity: `sha256-${digest}`, cache: 'no-cache' });
    if (!answer.ok) throw Error(`${name}: ${answer.status}`);
    await cache.put(url, answer);
  }));
}

async function dropOthers() {
  const names = await caches.keys();
  await Promise.all(names.filter(n => n !== VERSION).map(n => caches.delete(n)));
  await clients.claim();
}

async function answer(request) {
  const url = new URL(request.url);
  const name = url.href === ROOT ? `${ROOT}index.html` : url.origin + url.pathname;
  return await caches.match(name, { cacheName: VERSION }) ?? fetch(request);
}

addEventListener('install', event => event.waitUntil(keep()));
addEventListener('activate', event => event.waitUntil(dropOthers()));
addEventListener('message', event => { if (event.data === 'use') skipWaiting(); });
addEventListener('fetch', event => {
  if (event.request.method === 'GET' && event.request.url.startsWith(ROOT)) event.respondWith(answer(event.request));
});
