// For other sites: a calculator as an element, in a frame that is as high as it has to be.
//
//   <script type="module" src="https://…/embed.js"></script>
//   <tilskudd-kalkulator ordning="…" lang="nb"><a href="…">…</a></tilskudd-kalkulator>
//
// What stands inside the element is shown where scripts don't run, or the calculator isn't known.
// Works where the page's policy lets in scripts and frames of this site, and nothing inline.
//
// The build puts CALCULATORS in: {slug: {nb: title, nn: title}}.

const { origin: SITE } = new URL(import.meta.url);
const TYPE = "tilskuddsstigen:height";
// Until the calculator has told.
const FIRST_HEIGHT = 1200;
// What calculators need. Not the way to take the reader elsewhere: links open in a new tab.
const ALLOWED = [
  "downloads", "forms", "modals", "popups", "popups-to-escape-sandbox", "same-origin", "scripts",
];

const style = new CSSStyleSheet();
style.replaceSync(
  ":host{display:block}:host([hidden]){display:none}iframe{display:block;width:100%;border:0}",
);

class Calculator extends HTMLElement {
  static observedAttributes = ["ordning", "lang"];
  #frame;
  #isHere = false;

  constructor() {
    super();
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [style];
  }

  connectedCallback() {
    this.#isHere = true;
    addEventListener("message", this);
    this.#show();
  }

  disconnectedCallback() {
    this.#isHere = false;
    removeEventListener("message", this);
  }

  attributeChangedCallback(_name, before, after) {
    if (this.#isHere && before !== after) {
      this.#show();
    }
  }

  /** Always a new frame: a new address in the old one would be a step for the back button. */
  #show() {
    const slug = this.getAttribute("ordning");
    const lang = this.closest("[lang]")?.lang.startsWith("nn") ? "nn" : "nb";
    const isKnown = Object.hasOwn(CALCULATORS, slug);
    this.#frame = document.createElement(isKnown ? "iframe" : "slot");
    if (isKnown) {
      Object.assign(this.#frame, {
        title: CALCULATORS[slug][lang],
        loading: "lazy",
        referrerPolicy: "no-referrer",
        height: FIRST_HEIGHT,
        src: `${SITE}${lang === "nn" ? "/nn" : ""}/innebygd/${slug}/`,
      });
      if (SITE !== origin) {
        this.#frame.sandbox.add(...ALLOWED.map((name) => `allow-${name}`));
      }
      this.#frame.addEventListener("load", ({ target }) => {
        target.contentWindow.postMessage({ type: TYPE }, SITE);
      });
    }
    this.shadowRoot.replaceChildren(this.#frame);
  }

  handleEvent({ source, origin, data }) {
    const isMine = source && source === this.#frame.contentWindow && origin === SITE;
    if (isMine && data?.type === TYPE && data.height > 0) {
      this.#frame.height = Math.ceil(data.height);
    }
  }
}

if (!customElements.get("tilskudd-kalkulator")) {
  customElements.define("tilskudd-kalkulator", Calculator);
}
