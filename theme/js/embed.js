// For other sites: a calculator as an element, in a frame that is as high as it has to be.
//
//   <script type="module" src="https://…/embed.js"></script>
//   <tilskudd-kalkulator ordning="…" lang="nb"><a href="…">…</a></tilskudd-kalkulator>
//
// The content of the element is shown where scripts don't run, and where no calculator answers. The
// page's policy must allow scripts and frames of this site, but nothing inline.
//
// The build defines FRAME_TITLES, {nb: title, nn: title}: the title of a frame until its calculator
// has sent its own name. Nothing here depends on which calculators there are.

const { origin: SITE } = new URL(import.meta.url);
const TYPE = "tilskuddsstigen:height";
// The height of a frame until the calculator has sent its own.
const FIRST_HEIGHT = 1200;
// How long a calculator may take to answer, in ms: once it is loaded, and since it came into view
// where nothing is ever loaded (without a network, not all browsers tell of an error page).
const ANSWER_PATIENCE = 3000;
const LOAD_PATIENCE = 30000;
// The slugs that the build allows.
const NAME = /^[a-z0-9]+(-[a-z0-9]+)*$/;
// The permissions that calculators need. A frame can't navigate the page: links open a new tab.
const ALLOWED = [
  "downloads", "forms", "modals", "popups", "popups-to-escape-sandbox", "same-origin", "scripts",
];

const style = new CSSStyleSheet();
style.replaceSync(
  ":host{display:block}:host([hidden]){display:none}iframe{display:block;width:100%;border:0}" +
    // Not display:none: it keeps its width, and so can still tell its height.
    "iframe[inert]{height:0;visibility:hidden}" +
    // A link is not taken away from a reader who is on it.
    "slot[hidden]:focus-within{display:contents}",
);

class Calculator extends HTMLElement {
  static observedAttributes = ["ordning", "lang"];
  #slot = document.createElement("slot");
  /** @type {HTMLIFrameElement | null} */
  #frame = null;
  #timer;
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
    const slug = this.getAttribute("ordning") ?? "";
    const lang = this.closest("[lang]")?.lang.startsWith("nn") ? "nn" : "nb";
    const isName = NAME.test(slug);
    this.#frame = isName ? this.#makeFrame(slug, lang) : null;
    /** @type {ShadowRoot} */ (this.shadowRoot).replaceChildren(this.#slot, this.#frame ?? "");
    this.#turnTo(isName);
  }

  #makeFrame(slug, lang) {
    const frame = Object.assign(document.createElement("iframe"), {
      title: FRAME_TITLES[lang],
      loading: "lazy",
      referrerPolicy: "no-referrer",
      height: FIRST_HEIGHT,
      src: `${SITE}${lang === "nn" ? "/nn" : ""}/innebygd/${slug}/`,
    });
    if (SITE !== origin) {
      frame.sandbox.add(...ALLOWED.map((name) => `allow-${name}`));
    }
    const view = new IntersectionObserver((seen) => {
      if (seen.some(({ isIntersecting }) => isIntersecting)) {
        view.disconnect();
        this.#wait(LOAD_PATIENCE);
      }
    });
    view.observe(frame);
    frame.addEventListener("load", () => {
      view.disconnect();
      this.#wait(ANSWER_PATIENCE);
      /** @type {Window} */ (frame.contentWindow).postMessage({ type: TYPE }, SITE);
    });
    // Firefox, where the page's policy doesn't let the frame in.
    frame.addEventListener("error", () => {
      view.disconnect();
      this.#turnTo(false);
    });
    return frame;
  }

  #wait(patience) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#turnTo(false), patience);
  }

  /**
   * Show the frame or the content of the element: only one of them can be seen, heard or used.
   * The frame stays in its place, so that it can answer late.
   */
  #turnTo(isFrame) {
    clearTimeout(this.#timer);
    this.#slot.hidden = isFrame;
    if (this.#frame) {
      this.#frame.inert = !isFrame;
    }
  }

  /** @param {any} event a message to the page, which may be from anywhere */
  handleEvent({ source, origin, data }) {
    const isMine = source && source === this.#frame?.contentWindow && origin === SITE;
    if (isMine && data?.type === TYPE && data.height > 0) {
      const frame = /** @type {any} */ (this.#frame);
      frame.height = Math.ceil(data.height);
      frame.title = data.title || frame.title;
      this.#turnTo(true);
    }
  }
}

if (!customElements.get("tilskudd-kalkulator")) {
  customElements.define("tilskudd-kalkulator", Calculator);
}
