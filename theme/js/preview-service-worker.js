// Served by the preview at /sw.js, for a browser that has had the published site on the same port:
// replaces that site's service worker, deletes its caches, and caches nothing.

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(throwAway()));

async function throwAway() {
  const names = (await caches.keys()).filter((name) => name.startsWith("tilskuddsstigen-"));
  await Promise.all(names.map((name) => caches.delete(name)));
  // The pages that the other one watched over; those of the preview have none.
  const pages = await self.clients.matchAll({ type: "window" });
  // Not waited for: a page comes only when this is over.
  pages.forEach((page) => page.navigate(page.url));
}
