// The page for addresses that are not found. From an address that differs from a page's address
// only in capitals, underscores, slashes or an ending, it leads to that page at once. For other
// addresses, it suggests pages with a similar address. All pages are in a list on this page; where
// schemes are many, they are in lists of names, which are got when somebody comes here.

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
  const other = await getDocument(main.dataset.otherPage);
  if (other.querySelector("[data-not-found]")) {
    document.documentElement.lang = wanted;
    document.title = other.title;
    document.body.replaceWith(other.body);
  }
}

async function getDocument(address) {
  const response = await fetch(address);
  return new DOMParser().parseFromString(ownHtml(await response.text()), "text/html");
}

/** The links to schemes that stand in lists of names. */
async function namesIn(addresses) {
  const lists = await Promise.all(addresses.map(getDocument));
  return lists.flatMap((list) => [...list.querySelectorAll("[data-names] a")]);
}

/** Whether there is such a page, which need not be in a list. */
const isThere = async (path) => (await fetch(path, { method: "HEAD" })).ok;

async function suggest() {
  const asked = tidy(location.pathname);
  const { names = "" } = document.querySelector("[data-not-found]").dataset;
  const lists = names.split(" ").filter(Boolean);
  /** @type {NodeListOf<HTMLAnchorElement>} */
  const listed = document.querySelectorAll("[data-all-pages] a");
  const links = [...listed];
  const isListed = links.some(({ pathname }) => pathname === asked);
  if (asked !== location.pathname && (isListed || (lists.length && (await isThere(asked))))) {
    location.replace(asked + location.hash);
    return;
  }
  links.push(...(await namesIn(lists)));
  const found = links
    .map((link) => ({ link, score: likeness(asked, link.pathname) }))
    .filter(({ score }) => score >= LIKE_ENOUGH)
    .sort((one, other) => other.score - one.score)
    .slice(0, MOST);
  const section = document.querySelector("[data-suggestions]");
  section.hidden = found.length === 0;
  section.querySelector("ul").append(...found.map(({ link }) => suggestion(link)));
}

/** The link, with the name of the scheme that it stands under, unless it is that name. */
function suggestion(link) {
  const item = document.createElement("li");
  const copy = document.importNode(link, true);
  const scheme = link.closest("section").querySelector("h3");
  if (scheme) {
    copy.prepend(`${scheme.textContent}: `);
  }
  item.append(copy);
  return item;
}

inRightLanguage()
  .catch((error) => console.info("Stays in this language:", error.message))
  .then(suggest)
  .catch((error) => console.info("No suggestions:", error.message));
