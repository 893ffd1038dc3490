// A calculator in a frame tells the page around it how high it is, so that the frame can be made to
// fit: to the page that asks for it, a number of CSS pixels, and nothing else.

const TYPE = "tilskuddsstigen:height";
const root = document.documentElement;
let asker;

function tell() {
  const height = Math.ceil(root.getBoundingClientRect().height);
  parent.postMessage({ type: TYPE, height }, asker);
}

addEventListener("message", ({ source, origin, data }) => {
  if (source !== parent || parent === window || data?.type !== TYPE) {
    return;
  }
  // A page without an origin of its own ("null") can be answered only like this.
  const isFirst = !asker;
  asker = origin === "null" ? "*" : origin;
  if (isFirst) {
    // Tells at once, and at every change.
    new ResizeObserver(tell).observe(root);
  } else {
    tell();
  }
});
