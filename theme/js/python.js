// Starts Python with the calculators in it. The worker of the page and the
// build's own run in Node (node.js) share this, so both start the same thing.

// Python reads modules from a zip file as it is: the wheel has only to lie somewhere.
const WHEEL = "/lib/calculators.whl";

// The file that the calculators need for workbooks only: fetched before the first workbook.
export const WORKBOOK = "workbook.zip";

/**
 * @typedef {import("pyodide").PyodideAPI} Python
 * @typedef {import("pyodide").Lockfile & {files: Record<string, string>}} Lock with the SHA-256 of
 *   every file of the runtime by its name, which the build adds
 */

/**
 * The file name of the calculators' wheel: the only package of the lock.
 *
 * @param {Lock} lock
 */
export function wheelName(lock) {
  const [{ file_name: name }] = Object.values(lock.packages);
  return name;
}

/**
 * @param {typeof import("pyodide").loadPyodide} loadPyodide from the runtime's own pyodide.mjs
 * @param {string} base where the runtime's files are, ending in a slash
 * @param {Lock} lock the runtime's pyodide-lock.json, which holds the calculators' wheel only
 * @param {Promise<Uint8Array>} wheel the calculators' wheel
 * @param {object} [options] more options for loadPyodide
 * @returns {Promise<Python>} Pyodide with the wheel in Python's path
 */
export function loadCalculators(loadPyodide, base, lock, wheel, options = {}) {
  return loadPyodide({
    indexURL: base,
    // Without a base of its own, Pyodide would look for packages at its makers' address.
    packageBaseUrl: base,
    lockFileContents: lock,
    env: { PYTHONPATH: WHEEL },
    fsInit: async (files) => files.writeFile(WHEEL, await wheel),
    ...options,
  });
}

/**
 * The calculators' only door.
 *
 * @param {Python} python what loadCalculators gave
 * @returns {(request: string) => string}
 */
export function openDoor(python) {
  const { handle } = python.pyimport("calc.browser");
  // The door refuses more than MOST_CHARACTERS. A character of Python is one or two of JavaScript;
  // no more of a request is copied into Python's memory.
  return (request) => handle(request.slice(0, 8e6));
}

/**
 * Put the modules for workbooks in Python's path; some belong to the calculators' package.
 *
 * @param {Python} python
 * @param {Uint8Array} bytes of WORKBOOK
 */
export function addWorkbook(python, bytes) {
  python.FS.writeFile("/lib/workbook.zip", bytes);
  python.runPython(`import sys, calc
sys.path.append("/lib/workbook.zip")
calc.__path__.append("/lib/workbook.zip/calc")`);
}
