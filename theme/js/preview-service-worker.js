// Served by the preview at /sw.js, for a browser that has had the published site on the same port:
// takes away all that it kept, and itself, so that nothing old is ever shown.

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(leave()));

async function leave() {
  const names = (await caches.keys()).filter((name) => name.startsWith("tilskuddsstigen-"));
  await Promise.all(names.map((name) => caches.delete(name)));
  await self.registration.unregister();
  // Pages that an earlier version gave; those that the preview gave are not among them.
  const pages = await self.clients.matchAll({ type: "window" });
  await Promise.all(pages.map((page) => page.navigate(page.url)));
}
