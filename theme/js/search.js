// The search page. Pagefind finds: its script, the index and the pages' texts come in parts, when
// the reader first uses the search. The words stay in the browser: they stand in the part of the
// address after #, which is never sent. (Addresses with ?q= are understood too: the form's own,
// where no script took it.)
//
// The script has no texts: they are on the form (data-text-*).

const AT_A_TIME = 10;
// A pause in the typing.
const PAUSE = 200;
// Tried on the questions in tests/browser/test_search.py: what a page is about, its title and scheme tell better
// than how often a word stands on it.
const RANKING = {
  pageLength: 0.75,
  termSaturation: 0.8,
  termFrequency: 0.5,
  metaWeights: { title: 5, scheme: 3, tracks: 3, lang: 0 },
};

/** @type {HTMLFormElement} */
const form = document.querySelector("[data-search-page]");
const input = /** @type {HTMLInputElement} */ (form.elements.namedItem("q"));
const { textOne, textMany, textNone, textError, textOtherLanguage, lang, index, parts } = form.dataset;
const status = document.querySelector("[data-search-status]");
const list = document.querySelector("[data-search-hits]");
const more = document.querySelector("[data-search-more]");
const allPages = document.querySelector("[data-all-pages]");

let pagefind;
// Searches are numbered: only the results of the newest are shown.
let newest = 0;
let waiting = [];
let typing;

async function start() {
  const options = { metaCacheTag: "", excerptLength: 25, ranking: RANKING };
  // On the page itself and not in a worker of Pagefind's: it takes a millisecond or two.
  const instance = (await import(index)).createInstance({ ...options, noWorker: true });
  // A large site has an index in parts, which lie together as if they were languages. Pagefind takes
  // an address that is written otherwise for another site's.
  const others = [...Array(Number(parts) - 1).keys()].map((part) =>
    instance.mergeIndex("/pagefind/./", { ...options, language: `${lang}-${part + 1}` }),
  );
  await Promise.all(others);
  return instance;
}

function load() {
  pagefind ??= start();
  return pagefind;
}

async function search() {
  clearTimeout(typing);
  newest += 1;
  const number = newest;
  const words = input.value.trim();
  const place = words && `#q=${encodeURIComponent(words)}`;
  history.replaceState(null, "", location.pathname + place);
  let results = [];
  let text = "";
  try {
    if (words) {
      ({ results } = await (await load()).search(words));
      const sentence = { 0: textNone, 1: textOne }[results.length] ?? textMany;
      text = sentence.replace("{count}", results.length).replace("{words}", () => words);
    }
    const pages = await get(results.slice(0, AT_A_TIME));
    if (number === newest) {
      show(pages, results.slice(AT_A_TIME), text);
    }
  } catch (error) {
    console.info("The search has no answer:", error.message);
    pagefind = undefined;
    if (number === newest) {
      show([], [], textError);
    }
  }
}

const get = (results) => Promise.all(results.map((result) => result.data()));

function show(pages, others, text) {
  status.textContent = text;
  list.replaceChildren(...pages.map(hit));
  list.hidden = pages.length === 0;
  waiting = others;
  more.hidden = others.length === 0;
  allPages.hidden = pages.length > 0;
}

async function showMore() {
  const pages = await get(waiting.splice(0, AT_A_TIME));
  const hits = pages.map(hit);
  list.append(...hits);
  more.hidden = waiting.length === 0;
  hits[0]?.querySelector("a").focus();
}

/** A page that was found: scheme and title as one link, and where the words stand. */
function hit({ url, excerpt, meta }) {
  const item = element("li", "search-hit");
  const link = element("a");
  link.href = url;
  const name = element("span", "", meta.title);
  if (meta.scheme) {
    link.append(element("span", "search-hit-scheme", meta.scheme), " ");
  }
  link.append(name);
  const text = element("p", "search-hit-text");
  text.append(...marked(excerpt));
  const title = element("h2", "search-hit-title");
  title.append(link);
  item.append(title, text);
  if (meta.lang !== lang) {
    name.lang = text.lang = meta.lang;
    item.append(element("p", "search-hit-language", textOtherLanguage));
  }
  return item;
}

/** Pagefind's excerpt as nodes: it is text but for <mark>, with < and > written otherwise. */
function marked(excerpt) {
  return excerpt.split(/<\/?mark>/).map((part, number) => {
    const text = part.replaceAll("&lt;", "<").replaceAll("&gt;", ">");
    return number % 2 ? element("mark", "", text) : text;
  });
}

function element(name, className = "", textContent = "") {
  return Object.assign(document.createElement(name), { className, textContent });
}

/** Search for the words in the address, if it has any. */
function readAddress() {
  const words = new URLSearchParams(location.hash.slice(1)).get("q");
  input.value = words ?? new URLSearchParams(location.search).get("q") ?? input.value;
  if (input.value) {
    search();
  }
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  await search();
  // From here on to what was found; a phone puts its keyboard away.
  status.focus();
});
input.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(search, PAUSE);
});
// So that the first answer doesn't have to wait.
input.addEventListener("focus", () => load().catch(() => {}), { once: true });
more.addEventListener("click", showMore);
addEventListener("hashchange", readAddress);
readAddress();
