// The states of a calculator's form, and what leads from one to another: plain data and one pure
// function. calculator.js reports each event, and runs the actions that the table names.
//
// Events from the page: "start" (the reader is about to use the form), "retry" (the reader presses
// the button), "ask" (the reader's answers need a result), "late" (the worker has been silent for too
// long), "hide" and "show" (the browser puts the page aside, and brings it back).
// Events from the worker: "progress", "ready" and "error" (Python has stopped); "answer" and
// "refusal" (Python has no answer) follow a question.

/**
 * @typedef {object} State
 * @property {"static" | "loading" | "ready" | "error"} [shows] the value of `data-state` on the form
 *   from the moment this state is entered; without it, the value stays as it was
 * @property {Record<string, string[]>} on by event: the next state, then the actions (methods of
 *   calculator.js) in their order; an event that is not named changes nothing
 */

// In every state with a worker.
const ends = {
  error: ["failed", "complain", "stop"],
  hide: ["paused", "stop"],
  retry: ["loading", "start"],
};

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
  // There is no worker while the page is put aside either: browsers may stop such a worker unseen.
  paused: { on: { show: ["loading", "start"] } },
};

/**
 * @param {string} state
 * @param {string} event
 * @returns {string[]} the state after the event, then the actions in their order
 */
export const next = (state, event) => STATES[state].on[event] ?? [state];
