// The states of a calculator's form, and what leads from one to another: plain data and one pure
// function. calculator.js tells what happens, and does what the table says.
//
// Events: "start" (the form is about to be used), "retry" (the reader presses the button), "ask"
// (there are answers to work out), "late" (no sign of life for too long), "hide" and "show" (the
// page leaves the screen, and comes back as it was); from the worker "progress", "ready" and
// "error" (Python is lost), and to a question "answer" or "refusal" (no answer to this one).

/**
 * @typedef {object} State
 * @property {"static" | "loading" | "ready" | "error"} [shows] how the page says that it is, from
 *   the moment this state is entered (data-state); without it, the page says the same as before
 * @property {Record<string, string[]>} on by event: the next state, and what is to be done then
 *   (methods of calculator.js); an event that is not named changes nothing
 */

const ends = { error: ["failed", "complain", "stop"], hide: ["paused", "stop"], retry: ["loading", "start"] };

/** @type {Record<string, State>} */
export const STATES = {
  // Python has not been asked for. The form has the answer that was made at the build.
  static: { shows: "static", on: { start: ["loading", "start"] } },
  loading: {
    shows: "loading",
    on: { ...ends, progress: ["loading", "watch"], ready: ["ready", "open"], late: ["late"] },
  },
  // Python may still come.
  late: {
    shows: "error",
    on: { ...ends, progress: ["late", "watch"], ready: ["ready", "open"] },
  },
  ready: { shows: "ready", on: { ...ends, ask: ["asking", "ask"] } },
  // A question is on its way. An answer that is late may still come.
  asking: {
    on: {
      ...ends,
      ask: ["queued"],
      answer: ["ready", "consider"],
      refusal: ["unanswered", "complain"],
      late: ["asking", "doubt"],
    },
  },
  // One more question waits for the one that is on its way: the last that was asked.
  queued: {
    on: {
      ...ends,
      ask: ["queued"],
      answer: ["asking", "ask"],
      refusal: ["asking", "ask"],
      late: ["queued", "doubt"],
    },
  },
  // Python is there, but has no answer to this. To what is typed next, it may have one.
  unanswered: { shows: "error", on: { ...ends, ask: ["asking", "ask"] } },
  // There is no worker any more: only the reader starts again.
  failed: { shows: "error", on: { retry: ends.retry } },
  // Nor is there one while the page is away: one that was kept with it is not to be relied on.
  paused: { on: { show: ["loading", "start"] } },
};

/**
 * @param {string} state
 * @param {string} event
 * @returns {string[]} the state after the event, and what is to be done then
 */
export const next = (state, event) => STATES[state].on[event] ?? [state];
