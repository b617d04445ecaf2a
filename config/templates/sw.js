/* Keeps the stations' files and screens, and gives them back where the network does not. */
const CACHE = "tracerie-{{ version }}";
const ASSETS = {{ assets|safe }};
const SHELL = /{{ shell|safe }}/;
const AWAY = "{{ away|safe }}";
const PATIENCE = 3000; // bad Wi-Fi hangs rather than fails

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(ASSETS)).then(() => self.skipWaiting()));
});

/* The cache before this one stays: a screen that it kept still asks for its files. */
async function tidy() {
  const ours = (await caches.keys()).filter((name) => name.startsWith("tracerie-"));
  const before = ours.filter((name) => name !== CACHE).slice(0, -1);
  await Promise.all(before.map((name) => caches.delete(name)));
  await self.clients.claim();
}

self.addEventListener("activate", (event) => event.waitUntil(tidy()));

async function kept(path) {
  const options = { ignoreVary: true, ignoreSearch: true };
  const cache = await caches.open(CACHE);
  return (await cache.match(path, options)) ?? caches.match(path, options);
}

async function screen(request, path) {
  try {
    const response = await fetch(request, { signal: AbortSignal.timeout(PATIENCE) });
    if (response.status >= 500) throw new Error(response.status);
    if (response.ok && response.type === "basic" && !response.redirected) {
      const cache = await caches.open(CACHE);
      await cache.put(path, response.clone());
    }
    return response;
  } catch (error) {
    return (await kept(path)) ?? away(error);
  }
}

async function away(error) {
  const page = await kept(AWAY);
  if (!page) throw error;
  return page;
}

/* A screen asks for its neighbours, before anybody needs one without a network. */
self.addEventListener("message", ({ data }) => {
  const paths = (data?.screens ?? []).filter((path) => SHELL.test(path));
  for (const path of paths) screen(new Request(path, { credentials: "same-origin" }), path).catch(() => {});
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (ASSETS.includes(pathname)) event.respondWith(kept(pathname).then((found) => found ?? fetch(request)));
  else if (request.mode !== "navigate") return;
  else if (SHELL.test(pathname)) event.respondWith(screen(request, pathname));
  else event.respondWith(fetch(request).catch(away));
});
