// A calculator in a frame tells the page around it how high it is and what it is called, so that the
// frame can be made to fit and be named: to the page that asks for it, a number of CSS pixels and
// the name, and nothing else.

const TYPE = "tilskuddsstigen:height";
const root = document.documentElement;
const title = document.querySelector("h1").textContent;
let asker;

function tell() {
  const height = Math.ceil(root.getBoundingClientRect().height);
  parent.postMessage({ type: TYPE, height, title }, asker);
}

addEventListener("message", ({ source, origin, data }) => {
  if (source !== parent || parent === window || data?.type !== TYPE) {
    return;
  }
  // A page without an origin of its own ("null") can be answered only like this.
  const isFirst = !asker;
  asker = origin === "null" ? "*" : origin;
  // Not left to the observer: it is silent while the frame is out of view.
  tell();
  if (isFirst) {
    new ResizeObserver(tell).observe(root);
  }
});
