// The calculators' worker: Python lives here, out of the way of the page.
//
// page -> worker   {type: "init", runtime, data, lang}      once, first
//                  {type: "request", id, request}
// worker -> page   {type: "progress"}                       while starting: a sign of life
//                  {type: "ready"}
//                  {type: "response", id, response}
//                  {type: "error", message}                 Python did not start, or is lost
//                  {type: "error", message, id}             no answer to this request

import { loadCalculators, openDoor } from "./python.js";

// The smallest wasm module there is. Where wasm is not allowed, compiling it throws at once,
// whereas Pyodide would wait for ever.
const EMPTY_WASM = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);

// What Pyodide asks for itself, one after the other.
const BIG_FILES = ["pyodide.asm.wasm", "python_stdlib.zip"];

let handle;

/** Get a file, or throw: Pyodide itself only waits when a file does not come. */
async function get(url) {
  const response = await fetch(url);
  if (!response.ok) {
    throw new Error(`${url}: ${response.status}`);
  }
  self.postMessage({ type: "progress" });
  return response;
}

/** Ask for the big files now and hand them to Pyodide when it wants them. */
function getAhead(base) {
  const files = new Map(BIG_FILES.map((name) => [base + name, get(base + name)]));
  const later = self.fetch;
  self.fetch = (resource, options) => {
    const url = String(resource?.url ?? resource);
    const file = files.get(url);
    files.delete(url);
    return file ?? later.call(self, resource, options);
  };
  return Promise.all(files.values());
}

async function start({ runtime, data, lang }) {
  new WebAssembly.Module(EMPTY_WASM);
  const base = new URL(runtime, self.location.href).href;
  const files = getAhead(base);
  const python = (async () => {
    const [{ loadPyodide }, lock] = await Promise.all([
      import(`${base}pyodide.mjs`),
      get(`${base}pyodide-lock.json`).then((response) => response.json()),
      // Sets a global, and loadPyodide then has no need to fetch it.
      import(`${base}pyodide.asm.js`),
    ]);
    return loadCalculators(loadPyodide, base, lock);
  })();
  // Whichever fails first: without its files, Pyodide neither starts nor complains.
  [, handle] = await Promise.all([files, python.then(openDoor)]);
  const loaded = handle(JSON.stringify({ v: 1, op: "load", ...data, lang }));
  if (JSON.parse(loaded).status !== "loaded") {
    throw new Error(loaded);
  }
  self.postMessage({ type: "ready" });
}

self.addEventListener("message", async ({ data: message }) => {
  try {
    if (message.type === "init") {
      await start(message);
    } else if (message.type === "request") {
      self.postMessage({ type: "response", id: message.id, response: handle(message.request) });
    }
  } catch (error) {
    self.postMessage({
      type: "error",
      id: message.id,
      message: String(error?.message ?? error),
    });
  }
});
