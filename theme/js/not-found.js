// The page for what is not found. It leads on from addresses that are nearly right: what differs
// from a page's only in capitals, underscores, slashes or an ending goes there at once, and pages
// whose address is like the one asked for are suggested. All pages are in a list on this page.

import "./site.js";
import { ownHtml } from "./trust.js";

const MOST = 3;
// Of the letter pairs of both, so many must be common (0–1).
const LIKE_ENOUGH = 0.5;

/** An address as we would have written it. */
function tidy(path) {
  let text = path;
  try {
    text = decodeURIComponent(path);
  } catch {
    // As it stands: not every % begins a letter.
  }
  const plain = text
    .toLowerCase()
    .replace(/[øö]/g, "o")
    .replace(/[åä]/g, "a")
    .replaceAll("æ", "ae")
    .replace(/(index)?\.\w{2,5}$/, "")
    .replace(/[\s_+]+/g, "-")
    .replace(/\/+/g, "/");
  return plain.replace(/\/?$/, "/");
}

const pairs = (path) => {
  const text = ` ${path.replace(/^\/nn\//, "/").replace(/[/-]+/g, " ").trim()} `;
  return Array.from({ length: text.length - 1 }, (_, at) => text.slice(at, at + 2));
};

/** How alike two addresses are, 0–1: twice the letter pairs in common by those of both (Dice). */
function likeness(one, other) {
  const left = pairs(other);
  const all = left.length + pairs(one).length;
  const common = pairs(one).filter((pair) => {
    const at = left.indexOf(pair);
    return at >= 0 && left.splice(at, 1);
  });
  return (2 * common.length) / all;
}

/** On a host with one such page for both målformer: the one in the målform of the address. */
async function inRightLanguage() {
  const main = document.querySelector("[data-not-found]");
  const wanted = location.pathname.toLowerCase().startsWith("/nn/") ? "nn" : "nb";
  if (document.documentElement.lang === wanted) {
    return;
  }
  const response = await fetch(main.dataset.otherPage);
  const other = new DOMParser().parseFromString(ownHtml(await response.text()), "text/html");
  if (other.querySelector("[data-not-found]")) {
    document.documentElement.lang = wanted;
    document.title = other.title;
    document.body.replaceWith(other.body);
  }
}

function suggest() {
  const asked = tidy(location.pathname);
  const links = [...document.querySelectorAll("[data-all-pages] a")];
  const same = links.find(({ pathname }) => pathname === asked);
  if (same && same.pathname !== location.pathname) {
    location.replace(same.pathname + location.hash);
    return;
  }
  const found = links
    .map((link) => ({ link, score: likeness(asked, link.pathname) }))
    .filter(({ score }) => score >= LIKE_ENOUGH)
    .sort((one, other) => other.score - one.score)
    .slice(0, MOST);
  const section = document.querySelector("[data-suggestions]");
  section.hidden = found.length === 0;
  section.querySelector("ul").append(...found.map(({ link }) => suggestion(link)));
}

/** The link, with the name of the scheme that it stands under. */
function suggestion(link) {
  const item = document.createElement("li");
  const copy = link.cloneNode(true);
  copy.prepend(`${link.closest("section").querySelector("h3").textContent}: `);
  item.append(copy);
  return item;
}

inRightLanguage()
  .catch((error) => console.info("Stays in this language:", error.message))
  .finally(suggest);
