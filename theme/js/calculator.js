// The calculator's form. It knows no rule and no text: the rules are in Python, which runs in a
// worker, and the texts are on the form (data-text-*) or come with the answers.
//
// The page is complete before any of this runs. The first result on the page was computed at the
// build, from the form as it stands in the HTML, and stays until the reader changes an answer.
//
// Tools that not every visit needs (steps on narrow screens, sharing, downloads, comparing) are in
// calculator-tools.js. The page loads that module when a tool is about to be used. The module
// listens to the event "calculator" on the form, which tells of a new answer or state.

import { next, STATES } from "./calculator-states.js";
import { keep, runtimeUrls } from "./site.js";
import { ownHtml, ownScript } from "./trust.js";

// After so long without a sign of life from the worker, the page tells the reader.
const PATIENCE = 30_000;
// A pause in the typing. Screen readers hear of a new result only after the pause, and half a
// number ("6," on the way to "6,5") is not called a mistake before.
const PAUSE = 900;
// The time between two checks whether a button or key is still held down.
const PRESS = 50;
// The end of an address begins so where it has answers; the number is the version of their format.
const ANSWERS = "#svar=1";

/** Has this control, which has a name, its value of the HTML? */
function isUntouched(control) {
  if (control.options) {
    const chosen = [...control.options].findLastIndex((option) => option.defaultSelected);
    return control.selectedIndex === Math.max(chosen, 0);
  }
  return control.checked === control.defaultChecked && control.value === control.defaultValue;
}

/** @typedef {Calculator} PageCalculator for calculator-tools.js */

/**
 * @typedef {object} Answer of Python to a question about the result (calc/browser.py)
 * @property {string} html the result
 * @property {string} [summary] the result in a sentence
 * @property {string[]} [fields] the questions that are asked; without it, as before
 * @property {{field: string, text: string}[]} [problems] what is wrong with which answer
 * @property {string[]} [missing] the questions without an answer
 * @property {string} [rules_year] the year of the rules
 */

class Calculator {
  #output;
  #status;
  #shownAtFirst;
  #summary;
  #staticAnswer;
  // The answer that is shown; null while the page shows the answer of the build.
  /** @type {Answer | null} */
  #answer = null;
  #state = "static";
  /** @type {Worker | null} */
  worker = null;
  #roundsLeft;
  #news;
  /** @type {number | undefined} */
  #keeping;
  /** @type {number | undefined} */
  #watchdog;
  /** @type {number | undefined} */
  #announcement;
  /** @type {number | undefined} */
  #correction;
  /** @type {HTMLButtonElement | undefined} */
  #retry;
  /** @type {boolean | undefined} */
  #isDone;
  #opened;
  #more = "";
  /** @type {Promise<import("./calculator-tools.js").Tools> | null | undefined} */
  #tools;

  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.form = form;
    this.#output = form.querySelector("[data-result]");
    this.#status = form.querySelector("[data-status]");
    // The wrappers of the fields, by the name of their question.
    this.fields = new Map(
      [...form.querySelectorAll("[data-field-for]")].map((field) => [
        field.dataset.fieldFor,
        field,
      ]),
    );
    this.#shownAtFirst = [...this.fields.keys()].filter((name) => !this.fields.get(name)?.hidden);
    this.groups = [...form.querySelectorAll("[data-group]")];
    this.#summary = form.querySelector("[data-summary]");
    this.#staticAnswer = this.#output.innerHTML;
    // Fields that come into view may bring others with them, but not for ever.
    this.#roundsLeft = this.fields.size;

    // The result is long, and changes with every key. Reading all of it aloud each time would drown
    // the reader. Screen readers get the summary instead, after a pause; the result shows it, too.
    this.#output.setAttribute("aria-live", "off");
    this.#news = document.createElement("p");
    this.#news.className = "ds-sr-only";
    this.#news.setAttribute("role", "status");
    this.#output.before(this.#news);

    for (const sign of ["input", "change", "submit"]) {
      form.addEventListener(sign, (event) => {
        // Of these, only "submit" would do something by itself.
        event.preventDefault();
        this.change(event);
      });
    }
    // The controls have their old values until the event is over.
    form.addEventListener("reset", () => {
      const before = this.#isAsBuilt() || new FormData(form);
      setTimeout(() => this.#reset(before));
    });
    for (const sign of ["focusin", "pointerenter", "pointerdown"]) {
      form.addEventListener(sign, () => this.happen("start"), { once: true });
    }
    addEventListener("pagehide", () => this.happen("hide"));
    addEventListener("pageshow", (event) => event.persisted && this.happen("show"));
    addEventListener("beforeprint", () => this.#preparePrint());
    addEventListener("afterprint", () => this.#opened.forEach((fold) => (fold.open = false)));
    this.#prepareTools();
    this.#startWhenIdle();
  }

  // --- Python comes and goes ---------------------------------------------------------------

  /** Start before the reader asks for it, but after the page has been shown. */
  #startWhenIdle() {
    const start = () => {
      // For a reader who asks for less data, Python is loaded when the form is used. Browsers fill
      // in by themselves the answers from before a reload or a step back: then the form is in use.
      if (navigator.connection?.saveData && this.#isAsBuilt()) {
        return;
      }
      if (/** @type {any} */ (window).requestIdleCallback) {
        requestIdleCallback(() => this.happen("start"), { timeout: 2000 });
      } else {
        this.happen("start");
      }
    };
    // The next frame shows the page, and is over before a task that is asked for in it.
    requestAnimationFrame(() => setTimeout(start));
  }

  /** Is Python ready for requests? */
  get isReady() {
    return "ask" in STATES[this.#state].on;
  }

  /**
   * Handle an event: the table of states has the next state and the actions.
   *
   * @param {string} event
   * @param {Answer | string} [about] the answer, or why there is none
   */
  happen(event, about) {
    const [state, ...actions] = next(this.#state, event);
    this.#state = state;
    this.#report(STATES[state].shows);
    for (const action of actions) {
      this[action](about);
    }
  }

  /**
   * Show the state of the calculator on the page.
   *
   * @param {import("./calculator-states.js").State["shows"]} shown
   */
  #report(shown) {
    if (!shown || shown === this.form.dataset.state) {
      return;
    }
    this.form.dataset.state = shown;
    say(this.#status, /** @type {string} */ (this.form.getAttribute(`data-text-${shown}`)));
    this.#retry?.remove();
    if (shown === "error") {
      this.#retry = document.createElement("button");
      this.#retry.type = "button";
      this.#retry.className = "ds-button";
      this.#retry.textContent = this.form.dataset.textRetry;
      this.#retry.dataset.variant = "secondary";
      this.#retry.dataset.retry = "";
      this.#retry.addEventListener("click", () => {
        // The button goes away: the focus moves to the message.
        this.#status.tabIndex = -1;
        this.#status.focus();
        this.happen("retry");
      });
      this.#status.after(this.#retry);
    }
    this.#tell();
  }

  doubt() {
    this.#report("error");
  }

  /** Tell the tools that there is a new answer or state. */
  #tell() {
    this.form.dispatchEvent(new Event("calculator"));
  }

  start() {
    this.stop();
    try {
      const { worker: url, lang } = this.form.dataset;
      const worker = new Worker(ownScript(url), { type: "module" });
      this.worker = worker;
      for (const sign of ["message", "messageerror", "error"]) {
        worker.addEventListener(sign, (/** @type {any} */ { data, message }) => {
          // A worker that was stopped may have sent a message just before.
          if (worker === this.worker) {
            this.#receive(sign === "message" ? data : { type: "error", message: message ?? url });
          }
        });
      }
      worker.postMessage({
        type: "init",
        data: document.querySelector("#calculator-data").textContent,
        lang,
        request: this.#request(),
      });
      this.watch();
    } catch (error) {
      this.happen("error", error.message);
    }
  }

  stop() {
    this.#calmDown();
    clearTimeout(this.#watchdog);
    this.worker?.terminate();
    this.worker = null;
  }

  /** Begin to wait for a sign of life. A worker that takes longer may still start. */
  watch() {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => this.happen("late"), PATIENCE);
  }

  /** Python is ready: ask for the result of the answers that were typed meanwhile. */
  open() {
    keep([...runtimeUrls(), this.form.dataset.tools]);
    if (this.#answer || !this.#isAsBuilt()) {
      this.unfold(this.changed());
      this.happen("ask");
    }
  }

  #receive({ type, id, response, message }) {
    // A request with a name comes from the tools, which listen for its answer themselves.
    if (typeof id === "string") {
      return;
    }
    clearTimeout(this.#watchdog);
    const answer = JSON.parse(response ?? "{}");
    if (answer.html) {
      this.happen("answer", answer);
    } else {
      this.happen(id === undefined ? type : "refusal", message ?? response);
    }
  }

  // --- Questions ----------------------------------------------------------------------------

  /** The names of the controls whose value differs from the HTML. */
  changed() {
    return /** @type {HTMLInputElement[]} */ ([...this.form.elements])
      .filter((control) => control.name && !isUntouched(control))
      .map((control) => control.name);
  }

  #isAsBuilt() {
    return !this.changed().length;
  }

  /**
   * The answers in the fields that are shown.
   *
   * @returns {Record<string, string>}
   */
  answers() {
    const shown = [...new FormData(this.form)].filter(
      ([name]) => !this.fields.get(name)?.hidden,
    );
    return Object.fromEntries(/** @type {[string, string][]} */ (shown));
  }

  /** The answers as the end of an address: it stays in the browser, servers never see it. */
  fragment() {
    // An empty answer must be in the address too, where the form has a default answer.
    const told = Object.entries(this.answers()).filter(
      ([name, value]) => value || this.form.elements[name].defaultValue,
    );
    return `${ANSWERS}&${new URLSearchParams(told)}`.replaceAll("%2C", ",");
  }

  /**
   * Something was typed or chosen.
   *
   * @param {{type?: string}} [event] "input" while the reader is typing, and may not be done
   */
  change({ type } = {}) {
    this.#isDone = type !== "input";
    this.#roundsLeft = this.fields.size;
    // Not all browsers fill in the answers again when the page is reloaded. All browsers store this
    // state in the history, but only so many times a minute.
    clearTimeout(this.#keeping);
    this.#keeping = setTimeout(() => history.replaceState(this.fragment(), ""), PAUSE / 2);
    this.happen("start");
    if (this.isReady) {
      this.#calmDown();
      // Emptied first, so that screen readers read the same sentence again.
      say(this.#news, "");
      this.happen("ask");
    }
  }

  /** Ask for the result. One question at a time is on its way, so any number will do. */
  ask() {
    this.#calmDown();
    /** @type {Worker} */ (this.worker).postMessage({ type: "request", id: 0, request: this.#request() });
    this.watch();
  }

  #request() {
    const { calculator: scheme, lang } = this.form.dataset;
    return JSON.stringify({ v: 1, op: "estimate", scheme, lang, answers: this.answers() });
  }

  /** After a reset; `before` are the answers it took away, if it took any. */
  #reset(before) {
    if (before !== true) {
      this.#use("offerUndo", before);
    }
    if (this.isReady) {
      this.change();
      return;
    }
    // Without Python there is still the answer to the form as it came.
    this.put(this.#staticAnswer);
    this.#answer = null;
    this.#showFields(this.#shownAtFirst);
    this.#mark([]);
    this.#tell();
  }

  // --- Answers ------------------------------------------------------------------------------

  complain(reason) {
    console.error("The calculator has no answer:", reason);
  }

  /**
   * Show an answer: at once, or after a pause if it finds something to correct.
   *
   * @param {Answer} answer
   */
  consider(answer) {
    if (this.#isDone || !answer.problems?.length) {
      this.#show(answer);
    } else {
      this.#correction = setTimeout(() => this.#show(answer), PAUSE);
    }
  }

  /** @param {Answer} answer */
  #show(answer) {
    // A press on a button would be lost if what is shown moved it meanwhile. Leaving a field, as
    // the press does, may bring a message there.
    if (this.form.matches(":active")) {
      this.#correction = setTimeout(() => this.#show(answer), PRESS);
      return;
    }
    if (this.#showFields(answer.fields) && this.#roundsLeft > 0) {
      this.#roundsLeft -= 1;
      this.happen("ask");
      return;
    }
    const problems = answer.problems ?? [];
    this.#mark(problems);
    this.unfold([...problems.map(({ field }) => field), ...(answer.missing ?? [])]);
    this.put(answer.html);
    this.#answer = answer;
    say(this.#summary, answer.summary);
    fillIn("[data-rules-year]", answer.rules_year);
    this.announce(answer.summary);
    this.#tell();
  }

  /**
   * Give screen readers a text after a pause, in place of a text that still waits.
   *
   * @param {string | undefined} text
   */
  announce(text) {
    clearTimeout(this.#announcement);
    this.#announcement = setTimeout(() => say(this.#news, text), PAUSE);
  }

  /**
   * Open the folded parts of the form that contain these fields.
   *
   * @param {string[]} names
   */
  unfold(names) {
    for (const name of names) {
      this.fields.get(name)?.closest("details")?.setAttribute("open", "");
    }
  }

  /**
   * Show these fields and no others; tell whether one came into view whose answer was not sent.
   *
   * @param {string[] | undefined} names
   */
  #showFields(names) {
    let isNew = false;
    for (const [name, field] of this.fields) {
      const hides = names ? !names.includes(name) : field.hidden;
      isNew ||= field.hidden && !hides;
      field.hidden = hides;
    }
    this.#showGroups();
    return isNew;
  }

  /** A group without a question has no heading either. */
  #showGroups() {
    for (const group of this.groups) {
      group.hidden = !group.querySelector("[data-field-for]:not([hidden])");
    }
  }

  /**
   * Show the message of each problem at its field.
   *
   * @param {NonNullable<Answer["problems"]>} problems
   */
  #mark(problems) {
    for (const [name, field] of this.fields) {
      const text = problems
        .filter((problem) => problem.field === name)
        .map((problem) => problem.text)
        .join(" ");
      const message = field.querySelector(".field-error");
      if (!message || message.textContent === text) {
        continue;
      }
      message.textContent = text;
      message.hidden = !text;
      for (const control of field.querySelectorAll("input, select, textarea")) {
        describe(control, message.id, Boolean(text));
      }
    }
  }

  /**
   * The only place that writes HTML. The HTML comes from our own Python, which escapes all values.
   * Parts that the reader has opened or folded stay so.
   *
   * @param {string} html
   */
  put(html, place = this.#output) {
    const folds = () => [...place.querySelectorAll("[data-fold]")];
    const before = new Map(folds().map((fold) => [fold.dataset.fold, fold.open]));
    place.innerHTML = ownHtml(html);
    for (const fold of folds()) {
      fold.open = before.get(fold.dataset.fold) ?? fold.open;
    }
  }

  /** Cancel texts and answers that wait for a pause. */
  #calmDown() {
    clearTimeout(this.#announcement);
    clearTimeout(this.#correction);
  }

  // --- Tools that not every visit needs -----------------------------------------------------

  #prepareTools() {
    const { form } = this;
    const steps = form.querySelector("[data-steps-nav]");
    form.querySelectorAll("[inert]").forEach((part) => (part.inert = false));
    // The steps of narrow screens are about to be used as soon as the form is.
    for (const sign of ["focusin", "pointerover"]) {
      form.addEventListener(sign, (/** @type {any} */ { target }) => {
        if (steps?.offsetParent || target.closest("[data-actions]")) {
          this.#getTools().catch(() => {});
        }
      });
    }
    form.addEventListener("click", (/** @type {any} */ { target }) => {
      const button = target.closest("[data-tool]");
      if (button) {
        this.#use(button.dataset.tool, button);
      }
    });
    const fill = (told) => told?.startsWith?.("#svar=") && this.#use("fill", told);
    addEventListener("hashchange", () => fill(location.hash));
    fill(location.hash);
    // By then, browsers have filled in the answers that they remember.
    addEventListener("load", () => this.#isAsBuilt() && fill(history.state), { once: true });
    // The page in the other language goes on with the same answers.
    /** @type {HTMLAnchorElement} */
    const link = document.querySelector(".language-switch");
    for (const sign of ["pointerdown", "click"]) {
      link?.addEventListener(sign, () => (link.hash = this.#isAsBuilt() ? "" : this.fragment()));
    }
  }

  /** The tools; after a failure by another address, as browsers don't request one again. */
  #getTools() {
    this.#tools ??= import(this.form.dataset.tools + this.#more)
      .then(({ Tools }) => new Tools(this))
      .catch((error) => {
        this.#tools = null;
        this.#more = `?${Date.now()}`;
        throw error;
      });
    return this.#tools;
  }

  /** Have a tool do its work. */
  async #use(name, about) {
    try {
      await (await this.#getTools())[name](about);
    } catch (error) {
      console.error("The tools failed:", error);
      const place = about.closest?.("section") ?? this.form;
      say(place.querySelector("[data-note-text]"), this.form.dataset.textTools);
    }
  }

  /** On paper everything is open, and says when it was printed, and where it is from. */
  #preparePrint() {
    this.#opened = [...this.#output.querySelectorAll("details:not([open])")];
    this.#opened.forEach((fold) => (fold.open = true));
    /** @type {Intl.DateTimeFormatOptions} */
    const day = { timeZone: "Europe/Oslo", dateStyle: "long" };
    fillIn("[data-printed]", new Date().toLocaleDateString("nb", day));
    fillIn("[data-address]", location.href.replace(/#.*/, ""));
  }
}

/** Write in one of the places for printing, which are hidden while they are empty. */
function fillIn(place, text) {
  const element = document.querySelector(place);
  if (element) {
    element.textContent = text;
    element.parentElement.hidden = !text;
  }
}

function say(element, text = "") {
  if (element && element.textContent !== text) {
    element.textContent = text;
  }
}

/** Tie a control to the message about what is wrong with it, or untie them. */
function describe(control, id, isWrong) {
  const about = (control.getAttribute("aria-describedby") ?? "").split(" ");
  const others = about.filter((other) => other !== id);
  setOrRemove(control, "aria-describedby", (isWrong ? [...others, id] : others).join(" ").trim());
  setOrRemove(control, "aria-invalid", isWrong ? "true" : "");
}

function setOrRemove(element, attribute, value) {
  if (value) {
    element.setAttribute(attribute, value);
  } else {
    element.removeAttribute(attribute);
  }
}

document
  .querySelectorAll("form[data-calculator]")
  .forEach((form) => new Calculator(/** @type {HTMLFormElement} */ (form)));
