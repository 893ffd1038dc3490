// Caches the pages that a reader has read, so that they can be read again without a network.
//
// - Pages come from the network, and from the cache only where the network does not answer: a
//   publish shows at the next visit.
// - Files of /assets/ and /runtime/ never change: their addresses carry a hash of their content.
//   Cached files are used without a request. So a page always gets the files that it was built
//   with; versions never mix. WebAssembly is left to the browser while there is a network: for
//   files in its own cache, the browser stores the compiled code too.
// - The search index comes from the network; without a network, from the cache of its last use.
// - Each publish has a service worker of its own version. While it installs, it fetches all cached
//   pages anew. When the last page of the version before is closed, the new version takes over, and
//   deletes files that only the old version used.
//
// Whatever goes wrong with the cache, the network is asked instead. Without both, SITE has a page:
// browsers store this script apart from the cache.
//
// The build puts SITE before this: {version, files: {address: the start of its SHA-256}, pages: the
// HTML in bokmål and in nynorsk}.

import { WORKBOOK } from "./python.js";

const CACHES = "tilskuddsstigen-";
const PAGES = `${CACHES}pages-${SITE.version}`;
// Common to all versions: one address, one content.
const FILES = `${CACHES}files`;
const MOST_PAGES = 200;
// Images, of 300 kB at most: cached when a page shows them. SITE lists none of them.
const MOST_IMAGES = 50;
// A reader who has the page already waits so long for a slow network.
const PATIENCE = 4000;
const OFFLINE = "/uten-nett/";

const pathOf = (url) => new URL(url, self.location.href).pathname;
const isRuntime = (path) => path.startsWith("/runtime/");
// Few readers download workbooks: the files for workbooks are cached after the first download.
const isWorkbook = (path) => path.endsWith(`/${WORKBOOK}`);
const isImage = (path) => /\.(png|jpe?g|webp)$/.test(path);
const isFile = (path) => path.startsWith("/assets/") || isRuntime(path);

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("message", (event) => {
  if (event.data.type === "keep") {
    event.waitUntil(Promise.allSettled(event.data.urls.map(keep)));
  }
});
self.addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  if (method !== "GET" || new URL(url).origin !== self.location.origin) {
    return;
  }
  if (mode === "navigate") {
    const network = fetchPage(event);
    event.waitUntil(network.catch(() => {}));
    event.respondWith(getPage(url, network));
  } else if (isFile(pathOf(url)) && !isForBrowser(event.request)) {
    event.respondWith(getFile(event));
  } else if (pathOf(url).startsWith("/pagefind/")) {
    event.respondWith(getPart(event));
  }
});

/** The calculators' worker says "reload" when what it first got was not whole, or did not come. */
function isForBrowser({ url, cache }) {
  return pathOf(url).endsWith(".wasm") && navigator.onLine && cache !== "reload";
}

// --- Versions --------------------------------------------------------------------------------

const pageCaches = async () =>
  (await caches.keys()).filter((name) => name.startsWith(`${CACHES}pages-`));

/** All or nothing: where something does not come, the version before stays, until the next try. */
async function install() {
  const paths = new Set([OFFLINE, `/nn${OFFLINE}`]);
  for (const name of await pageCaches()) {
    for (const { url } of await (await caches.open(name)).keys()) {
      paths.add(pathOf(url));
    }
  }
  // Fonts are cached when they are used: most pages need only one of them.
  const cached = await (await caches.open(FILES)).keys();
  const has = (kind) => cached.some(({ url }) => kind(pathOf(url)));
  const mayFetch = !navigator.connection?.saveData;
  const [wantsRuntime, wantsWorkbook] = [isRuntime, isWorkbook].map((kind) => mayFetch && has(kind));
  const files = Object.keys(SITE.files).filter((path) => {
    if (isWorkbook(path)) {
      return wantsWorkbook;
    }
    return isRuntime(path) ? wantsRuntime : !path.endsWith(".woff2");
  });
  await Promise.all([...paths, ...files].map(keep));
}

async function activate() {
  for (const name of await pageCaches()) {
    if (name !== PAGES) {
      await caches.delete(name);
    }
  }
  const files = await caches.open(FILES);
  const cached = await files.keys();
  const images = cached.filter(({ url }) => isImage(pathOf(url))).slice(-MOST_IMAGES);
  for (const request of cached) {
    if (!(pathOf(request.url) in SITE.files) && !images.includes(request)) {
      await files.delete(request);
    }
  }
  await self.registration.navigationPreload?.enable();
  await self.clients.claim();
}

// --- Keeping ---------------------------------------------------------------------------------

/** Fetch a page or file of this site and cache it. Throws where the server does not answer. */
async function keep(url) {
  const path = pathOf(url);
  if (isFile(path)) {
    const cached = await find(FILES, path);
    if (!cached || !(await isWhole(path, cached))) {
      await putFile(path, await fetch(path, cached && { cache: "reload" }));
    }
    return;
  }
  const response = await fetch(path, { cache: "no-cache" });
  if (response.status >= 500) {
    throw new Error(`${path}: ${response.status}`);
  }
  await putPage(path, response);
}

async function putFile(path, response) {
  if (response.status === 200) {
    await (await caches.open(FILES)).put(path, response);
  }
}

/** Cache a page, also for a version that waits to take over. Other answers are not cached. */
async function putPage(path, response) {
  const isHtml = response.headers.get("Content-Type")?.startsWith("text/html");
  if (response.status !== 200 || response.redirected || !isHtml) {
    return;
  }
  for (const name of new Set([PAGES, ...(await pageCaches())])) {
    const pages = await caches.open(name);
    await pages.put(path, response.clone());
    const [oldest, ...others] = await pages.keys();
    if (others.length >= MOST_PAGES) {
      await pages.delete(oldest);
    }
  }
}

// --- Giving ----------------------------------------------------------------------------------

/** The cached answer of this address, if any; a cache that can't be read has none. */
async function find(cache, path) {
  try {
    return await (await caches.open(cache)).match(path, { ignoreVary: true });
  } catch {
    return undefined;
  }
}

async function getFile(event) {
  const { request } = event;
  const path = pathOf(request.url);
  const found = await find(FILES, path);
  const cached = found && (await isWhole(path, found.clone())) ? found : undefined;
  const mustBeNew = request.cache === "reload" || (found && !cached);
  if (cached && !mustBeNew) {
    return cached;
  }
  try {
    const response = await fetch(path, { cache: mustBeNew ? "reload" : "default" });
    // The runtime is big, and the reader waits for it: it is cached afterwards, when Python runs.
    if (!isRuntime(path) || isWorkbook(path)) {
      event.waitUntil(putFile(path, response.clone()).catch(() => {}));
    }
    return response;
  } catch (error) {
    if (cached) {
      return cached;
    }
    throw error;
  }
}

/** A part of the search index. A new version of this script deletes its cached parts. */
async function getPart(event) {
  const path = pathOf(event.request.url);
  try {
    const response = await fetch(event.request);
    event.waitUntil(putFile(path, response.clone()).catch(() => {}));
    return response;
  } catch {
    return (await find(FILES, path)) ?? Response.error();
  }
}

/** Has a file the content of the build? Files of other versions can't be checked. */
async function isWhole(path, response) {
  const expected = SITE.files[path];
  if (!expected) {
    return true;
  }
  try {
    const digest = await crypto.subtle.digest("SHA-256", await response.arrayBuffer());
    const hash = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0"));
    return hash.join("").startsWith(expected);
  } catch {
    return false;
  }
}

async function fetchPage(event) {
  const response = (await event.preloadResponse) ?? (await fetch(event.request));
  const copy = response.clone();
  event.waitUntil(putPage(pathOf(event.request.url), copy).catch(() => {}));
  return response;
}

async function getPage(url, network) {
  const late = new Promise((resolve) => {
    setTimeout(resolve, PATIENCE);
  });
  const first = await Promise.race([network, late]).catch(() => undefined);
  if (first?.status < 500) {
    return first;
  }
  const path = pathOf(url);
  return (await findPage(path)) ?? first ?? network.catch(() => explain(path));
}

async function findPage(path) {
  const cached = await find(PAGES, path);
  const text = await cached?.clone().text().catch(() => "");
  return text?.trimEnd().endsWith("</html>") ? cached : undefined;
}

async function explain(path) {
  const isNynorsk = path.startsWith("/nn/");
  const page = await findPage(isNynorsk ? `/nn${OFFLINE}` : OFFLINE);
  const type = "text/html;charset=utf-8";
  return page ?? new Response(new Blob([SITE.pages[isNynorsk ? 1 : 0]], { type }));
}
