// The calculator's form. It knows no rule and no text: the rules are in Python, which runs in a
// worker, and the texts are on the form (data-text-*) or come with the answers.
//
// The page is complete before any of this runs. What the form shows at first is the answer to the
// form as it stands, made at the build; it is left alone until the reader changes something.

import { keep, runtimeUrls } from "./site.js";
import { ownHtml, ownScript } from "./trust.js";

// Without a sign of life from the worker for so long, the reader is told.
const PATIENCE = 30_000;
// A pause in the typing. Screen readers are told of a new result only then, and half a number
// ("6," on the way to "6,5") is not called a mistake before then.
const PAUSE = 900;

/** Is this control as the page came? */
function isUntouched(control) {
  if (control.type === "radio" || control.type === "checkbox") {
    return control.checked === control.defaultChecked;
  }
  if (control instanceof HTMLSelectElement) {
    const options = [...control.options];
    const chosen = options.findLastIndex((option) => option.defaultSelected);
    return control.selectedIndex === Math.max(chosen, 0);
  }
  return !("defaultValue" in control) || control.value === control.defaultValue;
}

class Calculator {
  constructor(form) {
    this.form = form;
    this.output = form.querySelector("output");
    this.status = form.querySelector("[data-status]");
    // name -> the wrapper of the field, and whether it was hidden when the page came
    this.fields = new Map(
      [...form.querySelectorAll("[data-field-for]")].map((field) => [
        field.dataset.fieldFor,
        { field, wasHidden: field.hidden },
      ]),
    );
    this.staticAnswer = this.output.innerHTML;
    this.showsStaticAnswer = true;

    this.worker = null;
    this.isReady = false;
    // Requests are numbered, and one at a time is on its way. Only the answer to the newest counts.
    this.newest = 0;
    this.isAsking = false;
    this.mustAskAgain = false;
    // Fields that come into view may bring others with them, but not for ever.
    this.roundsLeft = this.fields.size;

    // The result is long, and changes with every key. Reading all of it aloud each time would drown
    // the reader: instead, the summary is said, after a pause. On the screen it stands in the result.
    this.output.setAttribute("aria-live", "off");
    this.news = document.createElement("p");
    this.news.className = "ds-sr-only";
    this.news.setAttribute("role", "status");
    this.output.before(this.news);

    form.addEventListener("input", () => this.change());
    form.addEventListener("change", () => this.change({ isDone: true }));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.change({ isDone: true });
    });
    // The controls have their old values until the event is over.
    form.addEventListener("reset", () => setTimeout(() => this.reset()));
    for (const sign of ["focusin", "pointerenter", "pointerdown"]) {
      form.addEventListener(sign, () => this.startOnce(), { once: true });
    }
    // A page kept for the back button keeps what was typed, but a worker kept with it is not to be
    // relied on: it is stopped, and started again when the reader returns.
    addEventListener("pagehide", () => this.pause());
    addEventListener("pageshow", (event) => event.persisted && this.resume());
    this.startWhenIdle();
  }

  // --- Python comes and goes ---------------------------------------------------------------

  /** Start before the reader asks for it, but after the page has been shown. */
  startWhenIdle() {
    const start = () => {
      // Who asks for less data gets Python when the form is used. What was typed before the reader
      // went back or reloaded, browsers put in again by themselves: then the form is in use.
      if (navigator.connection?.saveData && this.isAsBuilt()) {
        return;
      }
      if (window.requestIdleCallback) {
        requestIdleCallback(() => this.startOnce(), { timeout: 2000 });
      } else {
        this.startOnce();
      }
    };
    // The next frame shows the page, and is over before a task that is asked for in it.
    requestAnimationFrame(() => setTimeout(start));
  }

  /** Start, unless that has been done: after a failure, only the reader starts again. */
  startOnce() {
    if (this.form.dataset.state === "static") {
      this.start();
    }
  }

  start() {
    this.stop();
    this.enter("loading");
    try {
      const { worker: url, lang } = this.form.dataset;
      const worker = new Worker(ownScript(url), { type: "module" });
      this.worker = worker;
      // A worker that was stopped may have said something just before.
      const ifCurrent = (react) => (event) => worker === this.worker && react(event);
      worker.addEventListener("message", ifCurrent((event) => this.receive(event.data)));
      worker.addEventListener("messageerror", ifCurrent(() => this.fail("messageerror")));
      worker.addEventListener("error", ifCurrent((event) => this.fail(event.message ?? url)));
      worker.postMessage({
        type: "init",
        data: document.getElementById("calculator-data").textContent,
        lang,
        request: this.request(),
      });
      this.watch();
    } catch (error) {
      this.fail(error.message);
    }
  }

  stop() {
    this.calmDown();
    clearTimeout(this.watchdog);
    this.worker?.terminate();
    this.worker = null;
    this.isReady = false;
    this.isAsking = false;
  }

  pause() {
    this.wasRunning = this.worker !== null;
    this.stop();
  }

  resume() {
    if (this.wasRunning) {
      this.start();
    }
  }

  /** Begin to wait for a sign of life. A worker that is slower than that may still get there. */
  watch() {
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(() => this.enter("error"), PATIENCE);
  }

  fail(reason) {
    console.error("The calculator stopped:", reason);
    this.stop();
    this.enter("error");
  }

  /** Enter one of the states loading, ready and error, and say so. */
  enter(state) {
    const { textLoading, textReady, textError } = this.form.dataset;
    this.form.dataset.state = state;
    say(this.status, { loading: textLoading, ready: textReady, error: textError }[state]);
    this.retry?.remove();
    if (state === "error") {
      this.offerRetry();
    }
  }

  offerRetry() {
    this.retry = document.createElement("button");
    this.retry.type = "button";
    this.retry.className = "ds-button";
    this.retry.dataset.variant = "secondary";
    this.retry.dataset.retry = "";
    this.retry.textContent = this.form.dataset.textRetry;
    this.retry.addEventListener("click", () => {
      // The button goes away: the keyboard's place moves to the text that tells what comes.
      this.status.tabIndex = -1;
      this.status.focus();
      this.start();
    });
    this.status.after(this.retry);
  }

  receive(message) {
    if (message.type === "progress") {
      this.watch();
    } else if (message.type === "ready") {
      clearTimeout(this.watchdog);
      this.isReady = true;
      this.enter("ready");
      keep(runtimeUrls());
      if (!this.showsStaticAnswer || !this.isAsBuilt()) {
        this.ask();
      }
    } else if (message.id === undefined) {
      this.fail(message.message);
    } else {
      this.hear(message);
    }
  }

  hear({ id, response, message }) {
    clearTimeout(this.watchdog);
    this.isAsking = false;
    if (this.mustAskAgain || id !== this.newest) {
      this.ask();
      return;
    }
    const answer = JSON.parse(response ?? "{}");
    if (typeof answer.html !== "string") {
      // Python is there, but has no answer to this. To what is typed next, it may have one.
      console.error("The calculator has no answer:", message ?? response);
      this.enter("error");
      return;
    }
    if (this.form.dataset.state === "error") {
      this.enter("ready");
    }
    this.consider(answer);
  }

  // --- Questions ----------------------------------------------------------------------------

  isAsBuilt() {
    return [...this.form.elements].every(isUntouched);
  }

  /** The answers in the fields that are shown. */
  answers() {
    const shown = [...new FormData(this.form)].filter(
      ([name]) => !this.fields.get(name)?.field.hidden,
    );
    return Object.fromEntries(shown);
  }

  /** Something was typed or chosen; `isDone` when the reader left the field or pressed Enter. */
  change({ isDone = false } = {}) {
    this.isDone = isDone;
    this.roundsLeft = this.fields.size;
    this.startOnce();
    if (this.isReady) {
      // Emptied first, so that the same sentence is said again.
      say(this.news, "");
      this.ask();
    }
  }

  /** Ask for the result. While an answer is on its way, one more question waits: the last. */
  ask() {
    this.calmDown();
    this.mustAskAgain = this.isAsking;
    if (this.isAsking) {
      return;
    }
    this.isAsking = true;
    this.newest += 1;
    this.worker.postMessage({ type: "request", id: this.newest, request: this.request() });
    this.watch();
  }

  request() {
    const { calculator: scheme, lang } = this.form.dataset;
    return JSON.stringify({ v: 1, op: "estimate", scheme, lang, answers: this.answers() });
  }

  reset() {
    if (this.isReady) {
      this.change({ isDone: true });
      return;
    }
    // Without Python there is still the answer to the form as it came.
    this.put(this.staticAnswer);
    this.showsStaticAnswer = true;
    for (const { field, wasHidden } of this.fields.values()) {
      field.hidden = wasHidden;
    }
    this.mark([]);
  }

  // --- Answers ------------------------------------------------------------------------------

  /** Show an answer: at once, or after a pause if it finds something to correct. */
  consider(answer) {
    if (this.isDone || !answer.problems?.length) {
      this.show(answer);
    } else {
      this.correction = setTimeout(() => this.show(answer), PAUSE);
    }
  }

  show(answer) {
    if (this.showFields(answer.fields) && this.roundsLeft > 0) {
      this.roundsLeft -= 1;
      this.ask();
      return;
    }
    this.mark(answer.problems ?? []);
    this.put(answer.html);
    this.showsStaticAnswer = false;
    this.announcement = setTimeout(() => say(this.news, answer.summary), PAUSE);
  }

  /** Show these fields and no others; tell whether one came into view whose answer was not sent. */
  showFields(names) {
    let isNew = false;
    for (const [name, { field }] of this.fields) {
      const hides = names ? !names.includes(name) : field.hidden;
      isNew ||= field.hidden && !hides;
      field.hidden = hides;
    }
    return isNew;
  }

  /** Say what is wrong, at the fields where it is wrong. */
  mark(problems) {
    for (const [name, { field }] of this.fields) {
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

  /** The only place that writes HTML. It comes from our own Python, which escapes all it is given. */
  put(html) {
    this.output.innerHTML = ownHtml(html);
  }

  /** Take back what was to be said or shown after a pause. */
  calmDown() {
    clearTimeout(this.announcement);
    clearTimeout(this.correction);
  }
}

function say(element, text = "") {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

/** Tie a control to the message about what is wrong with it, or untie them. */
function describe(control, id, isWrong) {
  const about = new Set((control.getAttribute("aria-describedby") ?? "").split(" "));
  about.delete("");
  about[isWrong ? "add" : "delete"](id);
  setOrRemove(control, "aria-describedby", [...about].join(" "));
  setOrRemove(control, "aria-invalid", isWrong ? "true" : "");
}

function setOrRemove(element, attribute, value) {
  if (value) {
    element.setAttribute(attribute, value);
  } else {
    element.removeAttribute(attribute);
  }
}

for (const form of document.querySelectorAll("form[data-calculator]")) {
  new Calculator(form);
}
