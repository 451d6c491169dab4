// The page without a connection. What the page is made of is kept when this
// version is installed, except the page that exported models are put into, which is kept when it
// is first used; weights are kept when they are first used, and outlive
// versions because their address is their hash; the catalogue is asked for anew
// whenever there is a connection. Whatever else the server says, about jobs and
// files, passes by: nothing of it is kept.
"use strict";

const shell = "wafer-shell-{{.Version}}";
const weights = "wafer-weights";
const files = {{.ResourcesToCache}};

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches.open(shell).then((cache) => cache.addAll(files)).then(() => self.skipWaiting())
  );
});

self.addEventListener("activate", (event) => {
  const old = (names) => names.filter((name) => name.startsWith("wafer-shell-") && name !== shell);
  event.waitUntil(
    caches.keys().then((names) => Promise.all(old(names).map((name) => caches.delete(name))))
      .then(() => self.clients.claim())
  );
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith("/weights/")) event.respondWith(keptForGood(event.request));
  else if (url.pathname === "/api/models") event.respondWith(freshOrKept(event.request));
  else if (url.pathname.startsWith("/api/")) return;
  else event.respondWith(shellFirst(event.request, url));
});

async function keptForGood(request) {
  const cache = await caches.open(weights);
  const found = await cache.match(request.url);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.status === 200) cache.put(request.url, answer.clone());
  return answer;
}

async function freshOrKept(request) {
  const cache = await caches.open(weights);
  try {
    const answer = await fetch(request);
    if (answer.status === 200) cache.put(request.url, answer.clone());
    return answer;
  } catch (error) {
    const found = await cache.match(request.url);
    if (found) return found;
    throw error;
  }
}

// A page is the same file whatever its query says: the query is the place inside it.
async function shellFirst(request, url) {
  const cache = await caches.open(shell);
  const found = await cache.match(request, { ignoreSearch: request.mode === "navigate" });
  if (found) return found;
  const answer = await fetch(request);
  if (answer.status === 200 && /^\/(static|web)\//.test(url.pathname)) cache.put(request, answer.clone());
  return answer;
}
