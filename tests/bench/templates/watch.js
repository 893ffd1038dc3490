// Runs in each page before the page's own scripts: fills in the form, and notes when the answer is
// painted. Knows of a page only what all of them share: `form[data-calculator]`, the names of its
// fields, and the rows of the plan in its result. Sets no HTML.

(() => {
  const ANSWERS = { positions: "6,5", share_year_3: "70", share_year_4: "40" };
  const FIRST_AWARD = "3250000";
  const PATIENCE = 120_000;

  const longTasks = [];
  const observer = new PerformanceObserver((list) => longTasks.push(...list.getEntries()));
  observer.observe({ type: "longtask", buffered: true });

  // Until a page begins to load Python, what takes long is the page itself. One that does not say
  // when it begins, begins at once.
  let loadingSince = 0;
  const noteLoading = new MutationObserver(() => {
    if (!loadingSince && form()?.dataset.state === "loading") {
      loadingSince = performance.now();
    }
  });
  noteLoading.observe(document, { attributeFilter: ["data-state"], subtree: true });

  /** @returns {HTMLFormElement} */
  const form = () => document.querySelector("form[data-calculator]");
  const awards = () =>
    [...form().querySelectorAll('[data-result] tr[data-year] td[data-field="award"]')].map(
      (cell) => cell.dataset.value,
    );

  /** When the page is as `isThere` wants it, and when it has been painted so. */
  function painted(isThere) {
    return new Promise((resolve, reject) => {
      const giveUp = setTimeout(() => reject(new Error("no answer in the page")), PATIENCE);
      const watch = new MutationObserver(() => {
        if (!isThere()) {
          return;
        }
        const inPage = performance.now();
        watch.disconnect();
        clearTimeout(giveUp);
        // A task that is queued while a frame is made runs when the frame is done.
        requestAnimationFrame(() => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => resolve({ inPage, painted: performance.now() });
          port2.postMessage(null);
        });
      });
      watch.observe(form(), {
        attributes: true,
        characterData: true,
        childList: true,
        subtree: true,
      });
    });
  }

  /** Set a field; returns the event, which knows its time. */
  function type(name, value) {
    const field = /** @type {HTMLInputElement} */ (form().elements.namedItem(name));
    field.value = value;
    const event = new InputEvent("input", { bubbles: true, inputType: "insertText" });
    field.dispatchEvent(event);
    return event;
  }

  const first = new Promise((resolve, reject) => {
    addEventListener("DOMContentLoaded", () => {
      painted(() => awards()[0] === FIRST_AWARD).then(resolve, reject);
      for (const [name, value] of Object.entries(ANSWERS)) {
        type(name, value);
      }
    });
  });
  // Reported to whoever asks; not to the console of the page.
  first.catch(() => {});

  globalThis.bench = {
    /** From the start of the navigation until the first answer is painted. */
    async load() {
      const { painted: milliseconds } = await first;
      return { milliseconds, awards: awards() };
    },

    /** The long tasks of the main thread from when Python is loaded up to a time. */
    longTasks(until) {
      return [...longTasks, ...observer.takeRecords()]
        .filter(({ startTime }) => startTime >= loadingSince && startTime < until)
        .map(({ duration }) => duration);
    },

    /** A page that keeps its files for later visits (a service worker) has done so. */
    async settled() {
      const registrations = (await navigator.serviceWorker?.getRegistrations()) ?? [];
      if (registrations.length > 0) {
        const late = new Promise((_, reject) => {
          setTimeout(() => reject(new Error("the service worker does not start")), PATIENCE);
        });
        await Promise.race([navigator.serviceWorker.ready, late]);
      }
    },

    /** From a change in a field until its answer is in the page, and painted; `changes` times. */
    async type(changes) {
      const times = [];
      for (let change = 0; change < changes; change += 1) {
        // Pauses of different lengths, so that changes fall anywhere between two frames.
        await new Promise((resolve) => {
          setTimeout(resolve, 30 + ((change * 37) % 40));
        });
        const before = awards()[0];
        const answer = painted(() => ![undefined, before].includes(awards()[0]));
        const event = type("positions", `${4 + (change % 3)},${change % 10}`);
        const { inPage, painted: end } = await answer;
        times.push([inPage - event.timeStamp, end - event.timeStamp]);
      }
      return times;
    },
  };
})();
