// The calculators' worker: Python lives here, out of the way of the page.
//
// page -> worker   {type: "init", data, lang, request}      once, first; data is JSON
//                  {type: "request", id, request}
// worker -> page   {type: "progress"}                       while starting: a sign of life
//                  {type: "ready"}
//                  {type: "response", id, response}
//                  {type: "error", message}                 Python did not start, or is lost
//                  {type: "error", message, id}             no answer to this request
//
// The build defines RUNTIME: where the runtime is, and its lock with a hash of every file.

import { addWorkbook, loadCalculators, openDoor, wheelName, WORKBOOK } from "./python.js";

const { url, lock } = RUNTIME;
const base = new URL(url, self.location.href).href;

// The smallest wasm module there is. Where wasm is not allowed, compiling it throws at once,
// whereas Pyodide would wait for ever.
const EMPTY_WASM = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);

// Milliseconds between two signs of life.
const SIGN_EVERY = 1000;

// Answers that nobody asked for: browsers compile what is used often again, and better. Without
// them, the answers to a reader's first keys would be the slow ones.
const PRACTICE = 20;
// So long after Python is ready: what was typed meanwhile is answered first.
const BEFORE_PRACTICE = 250;

// Pyodide gets another one, below.
const fetchFromNetwork = self.fetch.bind(self);

let python;
let handle;
// The modules for workbooks: fetched once, and again if that failed.
let workbook;

/** The hash of a file in base64, as fetch takes it to check the file. */
function integrity(name) {
  const bytes = lock.files[name].match(/../g).map((pair) => parseInt(pair, 16));
  return `sha256-${btoa(String.fromCharCode(...bytes))}`;
}

/** Throw unless this is the file that the build made. */
async function check(name, bytes) {
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  const hash = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0"));
  if (hash.join("") !== lock.files[name]) {
    throw new Error(`${name} is not what the lock says`);
  }
}

/** Read all of a file; on a slow network, tell now and then that it is coming. */
function read(response) {
  let told = 0;
  const signs = new TransformStream({
    transform(chunk, stream) {
      stream.enqueue(chunk);
      if (performance.now() > told + SIGN_EVERY) {
        told = performance.now();
        self.postMessage({ type: "progress" });
      }
    },
  });
  return new Response(response.body.pipeThrough(signs)).arrayBuffer();
}

/**
 * Get a file of the runtime, whole and unchanged, or throw: Pyodide itself only waits.
 *
 * @param {string} name
 * @param {(response: Response) => Promise} [use] something to make of it while it comes
 * @returns {Promise} what `use` gave, else the bytes
 */
async function get(name, use) {
  // Without https, there is nothing to work out hashes with. Then fetch checks, which takes a
  // little longer, since nothing can be compiled before all has come.
  const canCheck = Boolean(crypto.subtle);
  const attempt = async (cache) => {
    const how = { cache, ...(!canCheck && { integrity: integrity(name) }) };
    const response = await fetchFromNetwork(base + name, how);
    if (!response.ok) {
      throw new Error(`${name}: ${response.status}`);
    }
    const copy = use && response.clone();
    const made = use?.(response);
    // Should the check fail first, nobody else waits for this.
    made?.catch(() => {});
    const bytes = await read(copy ?? response);
    if (canCheck) {
      await check(name, bytes);
    }
    return use ? made : new Uint8Array(bytes);
  };
  try {
    return await attempt("default");
  } catch (error) {
    console.warn(error);
    // A cache may hold something broken: past all of them, and what comes takes its place there.
    return attempt("reload");
  }
}

/** Everything at once, instead of what Pyodide does: one file after the other. */
function getAll() {
  const wasm = get("pyodide.asm.wasm", WebAssembly.compileStreaming);
  const library = get("python_stdlib.zip");
  const wheel = get(wheelName(lock));
  // Scripts are checked first, and are then in the browser's cache.
  const script = async (name) => {
    await get(name);
    return import(base + name);
  };
  // Sets a global, and loadPyodide then has no need to get it.
  const engine = script("pyodide.asm.js");
  const loader = script("pyodide.mjs");

  // Pyodide asks for two files itself and compiles one of them: it gets the files that are here.
  self.fetch = async (resource, options) => {
    switch (String(resource?.url ?? resource)) {
      case `${base}pyodide.asm.wasm`:
        return new Response();
      case `${base}python_stdlib.zip`:
        return new Response(await library);
      default:
        return fetchFromNetwork(resource, options);
    }
  };
  WebAssembly.instantiateStreaming = async (_response, imports) => {
    const module = await wasm;
    return { module, instance: await WebAssembly.instantiate(module, imports) };
  };
  return { wasm, library, wheel, engine, loader };
}

async function start({ data, lang, request }) {
  new WebAssembly.Module(EMPTY_WASM);
  const { wheel, engine, loader, ...others } = getAll();
  const started = Promise.all([loader, engine]).then(([{ loadPyodide }]) =>
    loadCalculators(loadPyodide, base, lock, wheel),
  );
  // Whichever fails first: without its files, Pyodide neither starts nor complains.
  [python] = await Promise.all([started, wheel, ...Object.values(others)]);
  handle = openDoor(python);
  const loaded = handle(JSON.stringify({ v: 1, op: "load", ...JSON.parse(data), lang }));
  if (JSON.parse(loaded).status !== "loaded") {
    throw new Error(loaded);
  }
  self.postMessage({ type: "ready" });
  setTimeout(practise, BEFORE_PRACTICE, request, PRACTICE);
}

/** Fetch the modules for workbooks, or throw; then the next request fetches them again. */
function needWorkbook() {
  workbook ??= get(WORKBOOK)
    .then((bytes) => addWorkbook(python, bytes))
    .catch((error) => {
      workbook = undefined;
      throw error;
    });
  return workbook;
}

/** Answer a request so many times, and let whoever really asks go first. */
function practise(request, times) {
  if (times > 0) {
    try {
      handle(request);
    } catch {
      // The same error is reported when a reader's own request fails.
    }
    setTimeout(practise, 0, request, times - 1);
  }
}

self.addEventListener("message", async ({ data: message }) => {
  try {
    if (message.type === "init") {
      await start(message);
    } else if (message.type === "request") {
      if (JSON.parse(message.request).op === "workbook") {
        await needWorkbook();
      }
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
