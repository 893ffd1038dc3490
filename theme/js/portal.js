// Narrows the list of schemes in place, by several choices at once, and keeps it in order as days go
// by. Without this, each choice is a page of its own. Of a list in pages, a page has only a part: its
// schemes come and go as days do, and every choice leads to its own page.

import "./site.js";

const list = document.querySelector("[data-list]");
const count = document.querySelector("[data-list-count]");
const items = /** @type {HTMLElement[]} */ ([...list.children]);
/** @type {NodeListOf<HTMLAnchorElement>} */
const facets = document.querySelectorAll("[data-facet]");
const links = [...facets];
// A page of one choice leads to the front page, which has all schemes, for more.
const isPart = "part" in list.dataset;
const isWhole = !isPart && list.dataset.list === location.pathname;

const standing = (item) => item.querySelector("[data-rank]:not([hidden])");

/** The values of a facet that a scheme has now. */
function valuesOf(item, facet) {
  return facet === "status"
    ? [standing(item).firstElementChild.dataset.statusTag]
    : item.dataset[facet].split(" ");
}

const fits = (item, chosen) =>
  Object.entries(chosen).every(([facet, value]) => !value || valuesOf(item, facet).includes(value));

/** The chosen values, by facet; "all" is the empty text. */
function chosenNow() {
  const current = links.filter((link) => link.hasAttribute("aria-current"));
  return Object.fromEntries(current.map(({ dataset }) => [dataset.facet, dataset.value]));
}

function addressOf(chosen) {
  const words = Object.entries(chosen).filter(([, value]) => value);
  return list.dataset.list + (words.length ? `?${new URLSearchParams(words)}` : "");
}

function choose(chosen) {
  for (const link of links) {
    const { facet, value } = link.dataset;
    if ((chosen[facet] ?? "") === value) {
      link.setAttribute("aria-current", "true");
    } else {
      link.removeAttribute("aria-current");
    }
  }
  show();
}

function show() {
  const chosen = chosenNow();
  for (const item of items) {
    item.hidden = !fits(item, chosen);
  }
  if (isPart) {
    return;
  }
  for (const link of links) {
    const { facet, value } = link.dataset;
    const others = { ...chosen, [facet]: value };
    link.href = addressOf(others);
    const number = link.querySelector("[data-count]");
    if (number) {
      number.textContent = String(items.filter((item) => fits(item, others)).length);
    }
  }
  const { textOne, textMany } = count.dataset;
  const shown = items.filter((item) => !item.hidden).length;
  const text = shown === 1 ? textOne : textMany.replace("#", shown);
  if (count.textContent !== text) {
    count.textContent = text;
  }
}

/** The order may be another than on the day of the build. */
function sort() {
  const rank = (item) => standing(item).dataset.rank;
  const sorted = items.toSorted((a, b) => (rank(a) < rank(b) ? -1 : Number(rank(a) > rank(b))));
  if (sorted.some((item, place) => item !== list.children[place])) {
    list.append(...sorted);
  }
}

/** The choices that the address names; unknown values are ignored. */
function fromAddress() {
  const words = new URLSearchParams(location.search);
  const named = links.filter(({ dataset }) => words.get(dataset.facet) === dataset.value);
  return Object.fromEntries(named.map(({ dataset }) => [dataset.facet, dataset.value]));
}

if (isWhole) {
  for (const link of links) {
    link.addEventListener("click", (event) => {
      if (event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
        event.preventDefault();
        history.pushState(null, "", link.href);
        choose(fromAddress());
      }
    });
  }
  addEventListener("popstate", () => choose(fromAddress()));
  choose(fromAddress());
} else {
  show();
}
document.addEventListener("now", () => {
  sort();
  show();
});
