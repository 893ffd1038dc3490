// The calculators' Python in Node: the build finds out with it which parts of the standard
// library they use, the tests compare its answers with CPython's. Never sent to a reader.
//
//   node node.js <runtime folder>
//
// One JSON document per line, in and out:
//   {"op": "python"}                    -> {"version": "3.13.2", "magic": "…hex…"}
//   {"op": "request", "request": "…"}   -> {"response": "…"} | {"error": "…"}
//   {"op": "workbook"}                  -> {}: puts what workbooks need in Python's path
//   {"op": "used"}                      -> {"library": […], "wheel": […], "workbook": […]}: what
//                                          was read of each of Python's archives

import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

import { addWorkbook, loadCalculators, openDoor, wheelName, WORKBOOK } from "./python.js";

const PYTHON = `
import sys
from importlib.util import MAGIC_NUMBER
from json import dumps

dumps({"version": ".".join(map(str, sys.version_info[:3])), "magic": MAGIC_NUMBER.hex()})
`;

// Built-in and frozen modules are part of the wasm.
const USED = `
import sys
from json import dumps

places = {
    "library": "/lib/python{}{}.zip/".format(*sys.version_info),
    "wheel": "/lib/calculators.whl/",
    "workbook": "/lib/workbook.zip/",
}
origins = [
    str(getattr(getattr(module, "__spec__", None), "origin", None))
    for module in list(sys.modules.values())
]
dumps({
    name: sorted({o.removeprefix(place) for o in origins if o.startswith(place)})
    for name, place in places.items()
})
`;

const folder = `${resolve(process.argv[2])}/`;
const { loadPyodide } = await import(pathToFileURL(`${folder}pyodide.mjs`).href);
const lock = JSON.parse(await readFile(`${folder}pyodide-lock.json`, "utf8"));
const wheel = readFile(folder + wheelName(lock));
const python = await loadCalculators(loadPyodide, folder, lock, wheel, {
  // Standard output carries answers only.
  stdout: (line) => console.error(line),
});

let handle;

const operations = {
  python: () => JSON.parse(python.runPython(PYTHON)),

  request({ request }) {
    try {
      handle ??= openDoor(python);
      return { response: handle(request) };
    } catch (error) {
      return { error: error.message };
    }
  },

  async workbook() {
    addWorkbook(python, await readFile(folder + WORKBOOK));
    return {};
  },

  used() {
    // An error on its way out of Python needs modules too, and must not fail in the browser.
    try {
      python.runPython("raise RuntimeError('on purpose')");
    } catch {
      // Expected.
    }
    return JSON.parse(python.runPython(USED));
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(await operations[question.op](question))}\n`);
}
