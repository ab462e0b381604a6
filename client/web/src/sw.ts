// The service worker: the shell of the page and small pictures without a connection, and what other apps share.
//
// Never kept: the API's answers (the page does that, per person), originals, previews and films.

/// <reference lib="webworker" />

import { putIn } from './offline/inbox';
import { FOR_GUEST, THUMBNAILS } from './offline/names';

declare const self: ServiceWorkerGlobalScope;

/** Put in by the build: what the shell is made of, and a name for exactly this. */
declare const __MANTEL_SHELL__: readonly string[];
declare const __MANTEL_VERSION__: string;

const SHELL = `shell-${__MANTEL_VERSION__}`;
/** A line that is slow rather than broken: the shell that is here shows meanwhile. */
const SLOW_MS = 3000;
const KEPT = new Set(__MANTEL_SHELL__);
const THUMBNAILS_KEPT = 600;
/** The small picture of a photo or video, wherever media come from: `…/med_…/r2-0/thumbnail`. */
const THUMBNAIL = /\/med_[^/]+\/[^/]+\/thumbnail$/;
/** Not pages of this client. */
const OTHERS = /^\/(graphi?ql|config\.json|sw\.js)/;

/** Whether media may be looked into from here; elsewhere they show, but cannot be kept. */
let readable = true;
/** Counts who was signed in: what was asked for before is not kept for whoever comes after. */
let era = 0;

self.addEventListener('install', event => {
  event.waitUntil(fill());
});

self.addEventListener('activate', event => {
  event.waitUntil(tidy());
});

self.addEventListener('message', event => {
  if (event.data === 'take over') void self.skipWaiting();
  if (event.data === 'forget') {
    era += 1;
    event.waitUntil(caches.delete(THUMBNAILS));
  }
});

self.addEventListener('fetch', event => {
  const { request } = event;
  const url = new URL(request.url);
  const own = url.origin === location.origin;
  if (own && request.method === 'POST' && url.pathname === '/share') return event.respondWith(takeShared(request));
  if (request.method !== 'GET') return;
  if (own && request.mode === 'navigate' && !OTHERS.test(url.pathname)) return event.respondWith(page(event));
  if (own && KEPT.has(url.pathname)) return event.respondWith(asset(request));
  if (request.destination === 'image' && url.hash !== FOR_GUEST && THUMBNAIL.test(url.pathname)) return event.respondWith(thumbnail(event, url));
});

async function fill(): Promise<void> {
  const cache = await caches.open(SHELL);
  // Names of assets change with what is in them, so whatever the browser has of them is right; that is not so of others.
  const fresh = ['/', ...__MANTEL_SHELL__.filter(path => !path.startsWith('/assets/'))];
  await cache.addAll(fresh.map(path => new Request(path, { cache: 'reload' })));
  await cache.addAll(__MANTEL_SHELL__.filter(path => path.startsWith('/assets/')));
}

async function tidy(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(names.filter(name => name.startsWith('shell-') && name !== SHELL).map(name => caches.delete(name)));
  await self.clients.claim();
}

/** The page from the network; where that takes too long, or fails, from here. */
async function page(event: FetchEvent): Promise<Response> {
  const fresh = fetch(event.request);
  // It may still come, or fail, after the answer was given.
  event.waitUntil(fresh.catch(() => {}));
  const slow = new Promise<null>(resolve => setTimeout(resolve, SLOW_MS, null));
  const first = await Promise.race([fresh, slow]).catch(() => null);
  // A proxy that stands before Mantel while it starts answers with pages of its own.
  if (first && first.status < 500) return first;
  return await caches.match('/', { cacheName: SHELL }) ?? first ?? fresh;
}

async function asset(request: Request): Promise<Response> {
  return await caches.match(request, { cacheName: SHELL }) ?? fetch(request);
}

/** Online always from the network, where the signature is checked; from here only where the network fails. */
async function thumbnail(event: FetchEvent, url: URL): Promise<Response> {
  const { request } = event;
  if (!readable) return fetch(request);
  const asked = era;
  // The signature changes from hour to hour, the picture does not.
  const key = url.origin + url.pathname;
  try {
    // As `cors`, so that the answer can be looked into: of others, browsers reckon megabytes for each that is kept.
    const response = await fetch(url, { mode: 'cors', credentials: 'omit', signal: request.signal });
    if (response.ok) event.waitUntil(keep(key, response.clone(), asked).catch(() => {}));
    return response;
  } catch {
    const kept = await caches.match(key, { cacheName: THUMBNAILS });
    if (kept) return kept;
    const response = await fetch(request);
    readable = false;
    return response;
  }
}

async function keep(key: string, response: Response, asked: number): Promise<void> {
  if (asked !== era) return;
  const cache = await caches.open(THUMBNAILS);
  // What is kept anew goes to the end: those at the beginning were not looked at for longest.
  await cache.put(key, response);
  if (asked !== era) return void await caches.delete(THUMBNAILS);
  const keys = await cache.keys();
  await Promise.all(keys.slice(0, Math.max(0, keys.length - THUMBNAILS_KEPT)).map(old => cache.delete(old)));
}

/** Keeps what another app shared until the page asks where it is to go. */
async function takeShared(request: Request): Promise<Response> {
  const form = await request.formData();
  const files = form.getAll('files').filter(entry => entry instanceof File && entry.size > 0) as File[];
  try {
    await putIn(files, Date.now());
    return Response.redirect('/share', 303);
  } catch {
    return Response.redirect('/share?full', 303);
  }
}
