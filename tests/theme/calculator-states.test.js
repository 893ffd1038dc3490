// Tests of the states of a calculator's form, without a browser: some stories step by step, and then
// every event that is possible in every situation that can be reached.
//
//   node --test tests/theme/calculator-states.test.js

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { next, STATES } from "../../theme/js/calculator-states.js";

/** Each step of a story: the event, `data-state` afterwards, and the actions. */
const STORIES = {
  "an answer to what was typed": [
    ["start", "loading", "start"],
    ["progress", "loading", "watch"],
    ["ready", "ready", "open"],
    ["ask", "ready", "ask"],
    ["answer", "ready", "consider"],
  ],
  "of many questions, one is on its way and the last one waits": [
    ["start", "loading", "start"],
    ["ready", "ready", "open"],
    ["ask", "ready", "ask"],
    ["ask", "ready"],
    ["ask", "ready"],
    ["answer", "ready", "ask"],
    ["answer", "ready", "consider"],
  ],
  "what is typed while Python comes is asked for by `open`": [
    ["start", "loading", "start"],
    ["start", "loading"],
    ["ask", "loading"],
    ["ready", "ready", "open"],
  ],
  "Python that is late may still come": [
    ["start", "loading", "start"],
    ["late", "error"],
    ["progress", "error", "watch"],
    ["late", "error"],
    ["ready", "ready", "open"],
  ],
  "an answer that is late may still come": [
    ["start", "loading", "start"],
    ["ready", "ready", "open"],
    ["ask", "ready", "ask"],
    ["late", "error", "doubt"],
    ["ask", "error"],
    ["answer", "error", "ask"],
    ["answer", "ready", "consider"],
  ],
  "a question without an answer is no end": [
    ["start", "loading", "start"],
    ["ready", "ready", "open"],
    ["ask", "ready", "ask"],
    ["refusal", "error", "complain"],
    ["ask", "error", "ask"],
    ["refusal", "error", "complain"],
    ["ask", "error", "ask"],
    ["answer", "ready", "consider"],
  ],
  "no answer to a question that nobody waits for any more": [
    ["start", "loading", "start"],
    ["ready", "ready", "open"],
    ["ask", "ready", "ask"],
    ["ask", "ready"],
    ["refusal", "ready", "ask"],
    ["answer", "ready", "consider"],
  ],
  "after a failure, only the reader starts again": [
    ["start", "loading", "start"],
    ["error", "error", "complain", "stop"],
    ["start", "error"],
    ["ask", "error"],
    ["hide", "error"],
    ["show", "error"],
    ["retry", "loading", "start"],
    ["ready", "ready", "open"],
  ],
  "the reader does not wait": [
    ["start", "loading", "start"],
    ["late", "error"],
    ["retry", "loading", "start"],
  ],
  "a page that comes back gets another worker": [
    ["hide", "static"],
    ["show", "static"],
    ["start", "loading", "start"],
    ["ready", "ready", "open"],
    ["ask", "ready", "ask"],
    ["hide", "ready", "stop"],
    ["start", "ready"],
    ["ask", "ready"],
    ["show", "loading", "start"],
    ["ready", "ready", "open"],
  ],
};

for (const [name, steps] of Object.entries(STORIES)) {
  test(name, () => {
    let state = "static";
    let shown = STATES[state].shows;
    for (const [event, expected, ...toDo] of steps) {
      const [after, ...actions] = next(state, event);
      state = after;
      shown = actions.includes("doubt") ? "error" : (STATES[state].shows ?? shown);
      assert.deepEqual([event, shown, ...actions], [event, expected, ...toDo]);
    }
  });
}

/** What there is besides the state: a page, a worker, and what is on its way between them. */
const BEGINNING = {
  state: "static",
  shown: "static",
  hasWorker: false,
  hasPython: false,
  isOnItsWay: false,
  isUnsent: false,
  isWatched: false,
};

/** The events that can happen in such a world. */
function possible({ shown, hasWorker, hasPython, isOnItsWay, isWatched }) {
  return [
    "start",
    "ask",
    "hide",
    "show",
    ...(shown === "error" ? ["retry"] : []),
    ...(hasWorker ? ["error"] : []),
    ...(hasWorker && !hasPython ? ["progress", "ready"] : []),
    ...(isOnItsWay ? ["answer", "refusal"] : []),
    ...(isWatched ? ["late"] : []),
  ];
}

/** What the actions of calculator.js come to. */
const ACTIONS = {
  start: { hasWorker: true, hasPython: false, isOnItsWay: false, isUnsent: false, isWatched: true },
  stop: { hasWorker: false, hasPython: false, isOnItsWay: false, isUnsent: false, isWatched: false },
  watch: { isWatched: true },
  ask: { isOnItsWay: true, isUnsent: false, isWatched: true },
  doubt: { shown: "error" },
  open: {},
  consider: {},
  complain: {},
};

function happen(world, event) {
  const [state, ...actions] = next(world.state, event);
  let after = { ...world, state, shown: STATES[state].shows ?? world.shown };
  if (event === "ready") {
    after.hasPython = true;
  }
  if (event === "late" || event === "ready" || event === "answer" || event === "refusal") {
    after.isWatched = false;
  }
  if (event === "answer" || event === "refusal") {
    after.isOnItsWay = false;
  }
  // Before Python is there, `open` asks for what was typed.
  if (event === "ask" && world.hasPython) {
    after.isUnsent = true;
  }
  for (const action of actions) {
    if (action === "ask") {
      assert.ok(!after.isOnItsWay, `two questions at once: ${world.state} ${event}`);
      assert.ok(after.hasPython, `nobody to ask: ${world.state} ${event}`);
    }
    after = { ...after, ...ACTIONS[action] };
  }
  return after;
}

/** Every world that can come to be, whatever happens in whatever order. */
function everyWorld() {
  const seen = new Map([[JSON.stringify(BEGINNING), BEGINNING]]);
  // A map is gone through with what is added meanwhile.
  for (const world of seen.values()) {
    for (const event of possible(world)) {
      const after = happen(world, event);
      seen.set(JSON.stringify(after), seen.get(JSON.stringify(after)) ?? after);
    }
  }
  return [...seen.values()];
}

test("whatever happens, one question is on its way at most, and none is forgotten", () => {
  for (const world of everyWorld()) {
    const { state, shown, hasWorker, hasPython, isOnItsWay, isUnsent, isWatched } = world;
    const at = JSON.stringify(world);
    assert.equal(hasWorker, !["static", "failed", "paused"].includes(state), at);
    assert.equal(hasPython, "ask" in STATES[state].on, at);
    assert.equal(isOnItsWay, ["asking", "queued"].includes(state), at);
    assert.equal(isUnsent, state === "queued", at);
    // Whoever waits is told in the end.
    const waits = state === "loading" || isOnItsWay;
    assert.ok(isWatched || !waits || shown === "error", at);
    // Whoever is told that something is wrong can try again.
    assert.ok(shown !== "error" || state === "paused" || next(state, "retry")[0] === "loading", at);
    // A worker that is lost or left is stopped, and not listened to.
    if (hasWorker) {
      assert.ok(!happen(world, "error").hasWorker && !happen(world, "hide").hasWorker, at);
    }
  }
});

test("every state can be reached", () => {
  const reached = new Set(everyWorld().map(({ state }) => state));
  assert.deepEqual([...reached].sort(), Object.keys(STATES).sort());
});

test("every transition leads to a state, by actions that calculator.js has", () => {
  const script = readFileSync(new URL("../../theme/js/calculator.js", import.meta.url), "utf8");
  const used = new Set();
  for (const { on } of Object.values(STATES)) {
    for (const [state, ...actions] of Object.values(on)) {
      assert.ok(state in STATES, state);
      actions.forEach((action) => used.add(action));
    }
  }
  assert.deepEqual([...used].sort(), Object.keys(ACTIONS).sort());
  for (const action of used) {
    assert.match(script, new RegExp(`^  ${action}\\(`, "m"), action);
  }
});

test("what is no event of a state changes nothing", () => {
  for (const state of Object.keys(STATES)) {
    assert.deepEqual(next(state, "no such event"), [state]);
  }
});
