// The tools of a calculator besides its form: steps on narrow screens, sharing, printing,
// downloads, comparing, taking a reset back. calculator.js loads this module when a tool is about
// to be used.
//
// Texts stand in the page: in <template data-texts>, and in the templates named here.

// The greatest length of one answer in an address, and of all answers together, in characters.
const LONGEST_ANSWER = 40;
const LONGEST_ADDRESS = 2000;
// After so long without an answer, the page tells the reader. For the first workbook, a file is
// fetched beforehand.
const PATIENCE = 30_000;

const WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/** Today where the readers are, as 2026-11-22. */
const today = () => new Date().toLocaleDateString("sv", { timeZone: "Europe/Oslo" });

export class Tools {
  /** @param {import("./calculator.js").PageCalculator} calculator whose form these are the tools of */
  constructor(calculator) {
    this.calculator = calculator;
    this.form = calculator.form;
    this.asked = 0;
    this.steps = this.form.querySelector("[data-steps-nav]");
    this.form.addEventListener("calculator", () => {
      this.showSteps();
      this.compareAnew();
    });
    // Offers and messages about the last answers are no longer true of the next answers.
    this.form.addEventListener("input", () => this.tell());
    this.showSteps();
  }

  find(selector) {
    return this.form.querySelector(selector);
  }

  get controls() {
    return /** @type {any[]} */ ([...this.form.elements]);
  }

  text(code, name = "") {
    const texts = this.find("[data-texts]").content;
    return texts.querySelector(`[data-text="${code}"]`).textContent.replace("{name}", name);
  }

  /** A copy of the content of one of the page's templates. */
  copy(template) {
    return this.find(`[data-template="${template}"]`).content.cloneNode(true).firstElementChild;
  }

  /** Show a message at the result or the form, with buttons; or remove the message. */
  tell(text = "", more = null, place = "result") {
    for (const note of this.form.querySelectorAll("[data-note]")) {
      const isHere = Boolean(text) && note.dataset.note === place;
      note.toggleAttribute("data-shown", isHere);
      const words = /** @type {Element} */ (note.firstElementChild);
      words.textContent = isHere ? text : "";
      note.replaceChildren(words, ...(isHere && more ? [more] : []));
    }
  }

  // --- Steps, on narrow screens ---------------------------------------------------------------

  get groups() {
    return this.calculator.groups.filter((group) => !group.hidden);
  }

  /** Show the number of the step, and the buttons that lead on from it. */
  showSteps() {
    const { groups } = this;
    let current = groups.findIndex((group) => group.hasAttribute("data-current"));
    if (current < 0) {
      // The step that was shown asks nothing any more.
      const gone = this.calculator.groups.findIndex((group) => group.hasAttribute("data-current"));
      current = Math.max(
        groups.findLastIndex((group) => this.calculator.groups.indexOf(group) < gone),
        0,
      );
      this.mark(groups[current]);
    }
    groups.forEach((group, index) => {
      group.querySelector("[data-step-place]").textContent = this.form.dataset.textStep
        .replace("{number}", index + 1)
        .replace("{count}", groups.length);
    });
    const isOne = this.form.dataset.steps === "one";
    const offered = {
      back: isOne && current > 0,
      next: isOne && current < groups.length - 1,
      result: !isOne || current === groups.length - 1,
      all: isOne,
      one: !isOne,
    };
    for (const [name, isOffered] of Object.entries(offered)) {
      this.steps.querySelector(`[data-tool="${name}"]`).hidden = !isOffered;
    }
    this.showProblems(isOne ? groups.filter((_, index) => index !== current) : []);
  }

  /** Name the groups that have mistakes, with links to them. */
  showProblems(groups) {
    const place = this.steps.querySelector("[data-step-problems]");
    const wrong = groups.filter((group) => group.querySelector("[aria-invalid]"));
    const names = wrong.map((group) => group.dataset.group).join();
    if (place.dataset.stepProblems === names) {
      return;
    }
    place.dataset.stepProblems = names;
    const words = /** @type {Element} */ (place.firstElementChild);
    words.textContent = names ? place.dataset.textProblems : "";
    const buttons = wrong.map((group) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "ds-button";
      button.dataset.variant = "secondary";
      button.dataset.tool = "go";
      button.dataset.to = group.dataset.group;
      button.textContent = headingOf(group).querySelector("[data-name]").textContent;
      return button;
    });
    place.replaceChildren(words, ...buttons);
  }

  mark(group) {
    for (const other of this.calculator.groups) {
      other.toggleAttribute("data-current", other === group);
    }
  }

  /** Show one group, and take the reader there. */
  show(group) {
    this.mark(group);
    group.querySelector(".field-fold")?.setAttribute("open", "");
    this.showSteps();
    goTo(headingOf(group));
  }

  move(by) {
    const { groups } = this;
    const current = groups.findIndex((group) => group.hasAttribute("data-current"));
    this.show(groups[current + by]);
  }

  next() {
    this.move(1);
  }

  back() {
    this.move(-1);
  }

  go({ dataset }) {
    const group = this.find(`[data-group="${dataset.to}"]`);
    this.show(group);
    group.querySelector("[aria-invalid]")?.focus();
  }

  result() {
    goTo(document.getElementById("resultat"));
  }

  all() {
    this.form.dataset.steps = "all";
    this.showSteps();
    goTo(headingOf(this.groups[0]));
  }

  one() {
    this.form.dataset.steps = "one";
    this.show(this.groups[0]);
  }

  // --- Answers from elsewhere -----------------------------------------------------------------

  /** Give these answers, by name; every other question is as the page came. */
  answer(answers) {
    for (const control of this.controls) {
      if (control.name) {
        setControl(control, answers.get(control.name));
      }
    }
    this.calculator.unfold(this.calculator.changed());
    this.calculator.change();
  }

  /**
   * Fill in the answers at the end of an address, or the answers of this page in the history.
   * Answers to questions that this form does not have change nothing.
   */
  fill(fragment) {
    const isOwn = fragment === history.state;
    // A reader who reloads the page keeps later answers. So the answers leave the history, too.
    history.replaceState(history.state, "", location.href.replace(/#.*/, ""));
    const told = new URLSearchParams(fragment.slice(1, LONGEST_ADDRESS));
    const version = told.get("svar");
    told.delete("svar");
    const fits = [...told].filter(([name, value]) => this.takes(name, value));
    if (version !== "1" || !fits.length) {
      this.tell(this.text("share.unreadable"), null, "form");
      return;
    }
    this.answer(new Map(fits));
    if (isOwn) {
      return;
    }
    const isWhole = fits.length === [...told].length && fragment.length <= LONGEST_ADDRESS;
    this.tell(this.text(isWhole ? "share.filled" : "share.partly"), null, "form");
  }

  /** Does the form have this question, and could this be an answer to it? */
  takes(name, value) {
    if (!this.calculator.fields.has(name) || value.length > LONGEST_ANSWER) {
      return false;
    }
    const controls = this.controls.filter((control) => control.name === name);
    const choices = controls.flatMap((control) =>
      control.type === "radio" ? control.value : [...(control.options ?? [])].map((o) => o.value),
    );
    return !choices.length || choices.includes(value);
  }

  // --- Sharing and printing -------------------------------------------------------------------

  get address() {
    return location.href.replace(/#.*/, "") + this.calculator.fragment();
  }

  async share() {
    const url = this.address;
    try {
      // On phones and tablets, people share with other apps; elsewhere, they paste.
      if (navigator.share && matchMedia("(pointer: coarse)").matches) {
        await navigator.share({ title: document.title, url });
        return;
      }
      await navigator.clipboard.writeText(url);
      this.tell(this.text("share.copied"));
    } catch (error) {
      if (error.name !== "AbortError") {
        this.showLink(url);
      }
    }
  }

  /** Where the browser refuses the clipboard, the reader copies the address. */
  showLink(url) {
    const link = this.copy("link");
    const input = link.querySelector("input");
    input.value = url;
    this.tell(this.text("share.shown"), link);
    input.focus();
    input.select();
  }

  print() {
    window.print();
  }

  // --- Files ----------------------------------------------------------------------------------

  csv(button) {
    return this.download("csv", button, ({ text }) => [text, "text/csv;charset=utf-8"]);
  }

  workbook(button) {
    return this.download("workbook", button, ({ base64 }) => [
      Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)),
      WORKBOOK,
    ]);
  }

  async download(op, button, contentOf) {
    // A second press while the file is made would make another one.
    if (button.getAttribute("aria-busy")) {
      return;
    }
    button.setAttribute("aria-busy", "true");
    this.tell(this.text("download.making"));
    try {
      const { dataset } = this.form;
      const page = { address: this.address, date: today(), version: dataset.version };
      const answer = await this.ask({ op, answers: this.calculator.answers(), page });
      const [content, type] = contentOf(answer);
      save(new Blob([content], { type }), answer.name);
      this.tell(this.text("download.done", answer.name));
    } catch (error) {
      console.error("No file:", error);
      this.tell(this.text("download.failed"));
    } finally {
      button.removeAttribute("aria-busy");
    }
  }

  /** Send Python a request other than the request for the result. */
  async ask(question) {
    const { calculator, form } = this;
    await this.untilReady();
    this.asked += 1;
    const id = `tools-${this.asked}`;
    const worker = /** @type {Worker} */ (calculator.worker);
    const { calculator: scheme, lang } = form.dataset;
    const over = new AbortController();
    try {
      return await new Promise((resolve, reject) => {
        const react = ({ data }) => {
          if (data.id === id) {
            const answer = JSON.parse(data.response ?? "{}");
            if (answer.v && answer.status !== "bad_request") {
              resolve(answer);
            } else {
              reject(new Error(data.message ?? data.response));
            }
          }
        };
        worker.addEventListener("message", react, { signal: over.signal });
        setTimeout(() => reject(new Error("no answer")), PATIENCE);
        const request = JSON.stringify({ v: 1, scheme, lang, ...question });
        worker.postMessage({ type: "request", id, request });
      });
    } finally {
      over.abort();
    }
  }

  /** Wait for Python, and start it where that has not been done. */
  async untilReady() {
    const { calculator, form } = this;
    calculator.happen("start");
    while (!calculator.isReady) {
      if (form.dataset.state === "error") {
        throw new Error("Python did not start");
      }
      await new Promise((resolve) => {
        form.addEventListener("calculator", resolve, { once: true });
      });
    }
  }

  // --- Comparing ------------------------------------------------------------------------------

  /** Keep the present answers, and show what the next ones change. */
  compare() {
    if (this.comparison) {
      goTo(this.comparison.querySelector("h3"));
      return;
    }
    this.kept = this.calculator.answers();
    this.comparison = this.copy("comparison");
    // Names are no answers: the form's own listeners never hear of them.
    for (const type of ["input", "change"]) {
      this.comparison.addEventListener(type, (event) => {
        event.stopPropagation();
        this.compareAnew();
      });
    }
    this.find("[data-result]").before(this.comparison);
    goTo(this.comparison.querySelector("h3"));
    this.compareAnew();
  }

  nameOf(place) {
    const input = this.comparison.querySelector(`[data-alternative="${place}"]`);
    return input.value.trim() || input.defaultValue;
  }

  async compareAnew() {
    const { comparison, calculator } = this;
    if (!comparison || !calculator.isReady) {
      return;
    }
    const alternatives = [
      { name: this.nameOf("kept"), answers: this.kept },
      { name: this.nameOf("now"), answers: calculator.answers() },
    ];
    const asked = JSON.stringify(alternatives);
    if (asked === this.compared) {
      return;
    }
    this.compared = asked;
    const place = comparison.querySelector("[data-compared]");
    try {
      const { html, summary } = await this.ask({ op: "compare", alternatives });
      // Only the newest counts.
      if (asked === this.compared) {
        calculator.put(html, place);
        // Instead of the result, which is less news.
        calculator.announce(summary);
      }
    } catch (error) {
      console.error("No comparison:", error);
      this.compared = null;
      place.textContent = this.text("compare.failed");
    }
  }

  swap() {
    const now = this.calculator.answers();
    const [kept, changed] = this.comparison.querySelectorAll("[data-alternative]");
    [kept.value, changed.value] = [changed.value, kept.value];
    const wanted = new Map(Object.entries(this.kept));
    this.kept = now;
    this.answer(wanted);
    this.tell(this.text("compare.swapped", this.nameOf("now")));
  }

  end() {
    this.comparison.remove();
    this.comparison = this.kept = this.compared = null;
    this.tell(this.text("compare.ended"));
    this.find('[data-tool="compare"]').focus();
  }

  // --- After a reset --------------------------------------------------------------------------

  /** Offer the answers again that a reset took away. Whatever the reader does next, takes it back. */
  offerUndo(before) {
    this.before = new Map(before);
    this.tell(this.text("reset.done"), this.copy("undo"), "form");
  }

  undo() {
    this.answer(this.before);
    this.tell();
    this.find('[type="reset"]').focus();
  }
}

const headingOf = (group) => group.querySelector(".field-group-heading");

/**
 * Take the reader to a heading, with eyes and keyboard.
 *
 * At once: the page becomes longer or shorter meanwhile, and browsers give up scrolling little by
 * little then, wherever they are.
 */
function goTo(heading) {
  heading.focus({ preventScroll: true });
  heading.scrollIntoView({ block: "start", behavior: "instant" });
}

/** Set a control to an answer; without an answer that it can have, to its value in the HTML. */
function setControl(control, value) {
  if (control.type === "radio") {
    control.checked = value === undefined ? control.defaultChecked : control.value === value;
  } else if (control instanceof HTMLSelectElement) {
    const options = [...control.options];
    const found = options.findIndex((option) => option.value === value);
    const start = options.findIndex((option) => option.defaultSelected);
    control.selectedIndex = Math.max(found < 0 ? start : found, 0);
  } else {
    control.value = value ?? control.defaultValue;
  }
}

/** Hand a file to the browser, which keeps it where downloads go. */
function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // The browser reads it after this has run.
  setTimeout(() => URL.revokeObjectURL(link.href), PATIENCE);
}
