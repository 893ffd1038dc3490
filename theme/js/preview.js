// Only in the preview (builder/preview): shows what was saved as soon as it was, at the same place
// of the page, and keeps the bar as the editor left it. The script has no texts: they are in the
// page.

const here = document.querySelector("script[data-preview]");
const { events } = here.dataset;
const isFailed = "failed" in here.dataset;
const gone = () => document.querySelector("[data-preview-gone]");

// The version that is shown, and how often checks had found something new by then.
let { version, finds } = here.dataset;
let source;
let waiting;
// When something was last typed.
let typed = 0;

// The waits before a silent preview is asked again, and before the page says that it is silent.
const AGAIN = 1000;
const PATIENCE = 3000;
const TYPING = 1000;
// A page with a calculator gets its last size when Python is there.
const SETTLING = 5000;

/** Values that this tab remembers until it is closed; the browser may refuse to store them. */
const memory = {
  get(name) {
    try {
      return sessionStorage.getItem(`forhandsvisning-${name}`);
    } catch {
      return null;
    }
  },
  set(name, value) {
    try {
      sessionStorage.setItem(`forhandsvisning-${name}`, value);
    } catch {
      // Then the page comes back at its top, and the bar folded.
    }
  },
};

// --- Saved files -----------------------------------------------------------------------------

function listen() {
  source?.close();
  source = new EventSource(`${events}?${new URLSearchParams({ versjon: version, funn: finds })}`);
  source.addEventListener("open", () => say(false));
  source.addEventListener("page", reload);
  source.addEventListener("finds", ({ data }) => {
    finds = data;
    renewBar();
  });
  source.addEventListener("style", ({ data, lastEventId }) => {
    version = lastEventId;
    changeStyle(data);
  });
  source.addEventListener("error", () => {
    waiting ??= setTimeout(() => say(true), PATIENCE);
    // Some browsers give up where nobody answers.
    if (source.readyState === EventSource.CLOSED) {
      setTimeout(show, AGAIN);
    }
  });
}

/** A browser has few connections for each server: only tabs that are seen take one. */
function show() {
  if (document.hidden) {
    stop();
  } else {
    listen();
  }
}

function stop() {
  source?.close();
  say(false);
}

function say(isGone) {
  clearTimeout(waiting);
  waiting = undefined;
  const place = gone();
  if (place) {
    place.textContent = isGone ? place.dataset.text : "";
  }
}

function reload() {
  source.close();
  // Calculators keep what was typed, but not at every key.
  const rest = typed + TYPING - Date.now();
  if (rest > 0) {
    setTimeout(reload, rest);
    return;
  }
  // A page that is wrong is another page: the place on the right one stays remembered.
  if (!isFailed) {
    memory.set("sted", JSON.stringify({ path: location.pathname, top: scrollY }));
  }
  location.reload();
}

/** Go back to where the page was, and stay there until all of it has its size. */
function goBack() {
  const { path, top } = JSON.parse(memory.get("sted") ?? "{}");
  memory.set("sted", "{}");
  if (path !== location.pathname) {
    return;
  }
  const watcher = new ResizeObserver(() => scrollTo({ top, behavior: "instant" }));
  watcher.observe(document.documentElement);
  // The editor has the last word.
  const leave = () => watcher.disconnect();
  for (const sign of ["wheel", "touchstart", "pointerdown", "keydown"]) {
    addEventListener(sign, leave, { once: true, passive: true });
  }
  setTimeout(leave, SETTLING);
}

/** Put the new style sheet in the place of the one before, once it is there. */
function changeStyle(href) {
  /** @type {HTMLLinkElement} */
  const before = document.querySelector('link[rel="stylesheet"]');
  const after = /** @type {HTMLLinkElement} */ (before.cloneNode());
  after.href = href;
  after.addEventListener("load", () => before.remove(), { once: true });
  before.after(after);
}

// --- The bar ---------------------------------------------------------------------------------

function prepareBar() {
  const bar = document.querySelector("[data-preview-bar]");
  if (!bar) {
    return;
  }
  /** @type {HTMLDetailsElement} */
  const details = bar.querySelector("[data-preview-details]");
  bar.hidden = memory.get("skjult") === "ja";
  details.open = memory.get("apen") === "ja";
  details.addEventListener("toggle", () => memory.set("apen", details.open ? "ja" : "nei"));
  bar.querySelector("[data-preview-hide]").addEventListener("click", () => {
    memory.set("skjult", "ja");
    bar.hidden = true;
  });
}

/** Take the bar of the page as it would be now; the page itself is the same. */
function renewBar() {
  const request = new XMLHttpRequest();
  request.open("GET", location.pathname);
  request.responseType = "document";
  request.addEventListener("load", () => {
    const before = document.querySelector("[data-preview-bar]");
    const after = request.response?.querySelector("[data-preview-bar]");
    if (!before || !after) {
      return;
    }
    if (before.contains(document.activeElement)) {
      // Not under the hands of somebody who is in it.
      before.addEventListener("focusout", renewBar, { once: true });
    } else {
      before.replaceWith(document.adoptNode(after));
      prepareBar();
    }
  });
  request.send();
}

prepareBar();
if (!isFailed) {
  // After what the page's own scripts put in.
  addEventListener("load", goBack, { once: true });
}
addEventListener("input", () => (typed = Date.now()), { passive: true });
document.addEventListener("visibilitychange", show);
addEventListener("pagehide", stop);
addEventListener("pageshow", ({ persisted }) => persisted && show());
show();
