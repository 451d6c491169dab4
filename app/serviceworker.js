// The page without a connection. What the page is made of is kept when this
// version is installed, except the page that exported models are put into, which is kept when it
// is first used; that of the version before stays, for tabs that still run it. Weights are kept when they are
// first used, if they have the hash that their address says, and outlive
// versions; the catalogue is asked for anew
// whenever there is a connection, and forgotten when somebody signs out, since it may name
// models of people who signed in. Whatever else the server says, about jobs and
// files, passes by: nothing of it is kept.
"use strict";

const shell = "wafer-shell-{{.Version}}";
const prefix = "wafer-shell-";
const weights = "wafer-weights";
const files = {{.ResourcesToCache}};

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches.open(shell).then((cache) => cache.addAll(files)).then(() => self.skipWaiting())
  );
});

self.addEventListener("activate", (event) => event.waitUntil(clean().then(() => self.clients.claim())));

// Names come in the order in which the caches were made.
async function clean() {
  const others = (await caches.keys()).filter((name) => name.startsWith(prefix) && name !== shell);
  await Promise.all(others.slice(0, -1).map((name) => caches.delete(name)));
}

self.addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (url.pathname === "/api/session" && request.method === "DELETE") event.waitUntil(forget());
  if (request.method !== "GET") return;
  if (url.pathname.startsWith("/weights/")) event.respondWith(keptForGood(event, url.pathname));
  else if (url.pathname === "/api/models") event.respondWith(freshOrKept(request));
  else if (url.pathname.startsWith("/api/")) return;
  else event.respondWith(shellFirst(request, url));
});

async function keptForGood(event, path) {
  const cache = await caches.open(weights);
  const found = await cache.match(path);
  if (found && await isWhole(found.clone(), path)) return found;
  if (found) await cache.delete(path);
  const answer = await fetch(event.request);
  if (answer.status === 200) event.waitUntil(keep(cache, path, answer.clone()));
  return answer;
}

async function keep(cache, path, answer) {
  const { headers } = answer;
  const copy = new Response(await answer.arrayBuffer(), { headers });
  if (await isWhole(copy.clone(), path)) await cache.put(path, copy);
}

// The last part of the address of weights is their SHA-256.
async function isWhole(answer, path) {
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", await answer.arrayBuffer()));
  return path.endsWith("/" + Array.from(sum, (b) => b.toString(16).padStart(2, "0")).join(""));
}

// How often somebody signed out: what was asked before is not kept after.
let forgotten = 0;

async function forget() {
  forgotten++;
  await (await caches.open(weights)).delete("/api/models");
}

async function freshOrKept(request) {
  const cache = await caches.open(weights), before = forgotten;
  try {
    const answer = await fetch(request);
    if (answer.status === 200 && forgotten === before) cache.put(request.url, answer.clone());
    return answer;
  } catch (error) {
    const found = await cache.match(request.url);
    if (found) return found;
    throw error;
  }
}

// A page is the same file whatever its query says: the query is the place inside it. What this version does not have
// may be of the version before.
async function shellFirst(request, url) {
  const cache = await caches.open(shell);
  const found = await cache.match(request, { ignoreSearch: request.mode === "navigate" }) ||
    await caches.match(request);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.status === 200 && /^\/(static|web)\//.test(url.pathname)) cache.put(request, answer.clone());
  return answer;
}
