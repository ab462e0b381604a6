// The service worker: keeps the shell of the page.

/// <reference lib="webworker" />
export {};
declare const self: ServiceWorkerGlobalScope;

const SHELL = '__MANTEL_SHELL__'.split(' ');

self.addEventListener('install', event => {
  event.waitUntil(caches.open('shell').then(cache => cache.addAll(['/', ...SHELL])));
});
