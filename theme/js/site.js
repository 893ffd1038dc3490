// The script of every page: shows the values that hold today, has the page cached for reading
// offline, fetches the calculators' Python ahead for a reader who is on the way to a calculator,
// and takes words to the search page. Nothing here is needed to read a page.
//
// The build defines RUNTIME_URLS: the addresses of the files that every answer needs.

import "./today.js";
import { ownScript } from "./trust.js";

// Addresses of pages with a calculator.
const CALCULATORS = /\/(kalkulator|egen-nedtrapping)\/$/;

let serviceWorker;
try {
  ({ serviceWorker } = navigator);
} catch {
  // In a frame on another site, where the browser keeps nothing for us.
}

/** Have these addresses cached for use offline, as soon as there is a service worker. */
export async function keep(urls) {
  const registration = await serviceWorker?.ready;
  registration?.active.postMessage({ type: "keep", urls });
}

/** Addresses of everything that the calculators' Python needs for an answer. */
export function runtimeUrls() {
  return RUNTIME_URLS.map((url) => new URL(url, document.baseURI).href);
}

/** Pointing at a link to a calculator, by mouse, finger or keyboard, is a sign of what comes. */
function watchLinks() {
  const signs = ["pointerover", "pointerdown", "focusin"];
  const react = ({ target }) => {
    const link = target.closest?.("a[href]");
    if (link?.origin === location.origin && CALCULATORS.test(link.pathname)) {
      signs.forEach((sign) => removeEventListener(sign, react));
      getRuntimeAhead();
    }
  };
  signs.forEach((sign) => addEventListener(sign, react, { passive: true }));
}

function getRuntimeAhead() {
  if (navigator.connection?.saveData) {
    return;
  }
  if (serviceWorker?.controller) {
    keep(runtimeUrls());
    return;
  }
  // Into the browser's own cache. Whether it works shows when it is needed.
  for (const url of runtimeUrls()) {
    fetch(url, { priority: "low" }).catch(() => {});
  }
}

async function startServiceWorker() {
  // The service worker has cached the files that it fetched itself.
  const isCached = Boolean(serviceWorker.controller);
  try {
    await serviceWorker.register(ownScript("/sw.js"), { updateViaCache: "none" });
  } catch (error) {
    console.info("Pages are not cached for reading offline:", error.message);
    return;
  }
  if (!isCached) {
    const loaded = performance.getEntriesByType("resource").map((entry) => entry.name);
    keep([location.href.replace(/#.*/, ""), ...loaded]);
  }
}

/** The words of a search go after #, in the part of the address that no server gets. */
function search(event) {
  const { action, dataset, elements } = event.target;
  if ("search" in dataset) {
    event.preventDefault();
    location.href = `${action}#q=${encodeURIComponent(elements.q.value)}`;
  }
}

watchLinks();
addEventListener("submit", search);
// Nothing is cached for a page in a frame on another site.
if (serviceWorker && top === self) {
  // Only when everything that the page itself needs has come.
  addEventListener("load", startServiceWorker, { once: true });
}
