// Starts Python with the calculators in it. The worker of the page and the
// build's own run in Node (node.js) share this, so both start the same thing.

// Python reads modules from a zip file as it is: the wheel has only to lie somewhere.
const WHEEL = "/lib/calculators.whl";

// What the calculators need for workbooks alone: fetched when a reader asks for the first one.
export const WORKBOOK = "workbook.zip";

/** The file name of the calculators' wheel: the only package of the lock. */
export function wheelName(lock) {
  const [{ file_name: name }] = Object.values(lock.packages);
  return name;
}

/**
 * @param {Function} loadPyodide from the runtime's own pyodide.mjs
 * @param {string} base where the runtime's files are, ending in a slash
 * @param {object} lock the runtime's pyodide-lock.json, which holds the calculators' wheel only
 * @param {Promise<Uint8Array>} wheel the calculators' wheel
 * @param {object} [options] more options for loadPyodide
 * @returns {Promise<object>} Pyodide with the wheel in Python's path
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
 * @param {object} python what loadCalculators gave
 * @returns {(request: string) => string}
 */
export function openDoor(python) {
  return python.pyimport("calc.browser").handle;
}

/** Put what workbooks need in Python's path; some of it belongs to the calculators' package. */
export function addWorkbook(python, bytes) {
  python.FS.writeFile("/lib/workbook.zip", bytes);
  python.runPython(`import sys, calc
sys.path.append("/lib/workbook.zip")
calc.__path__.append("/lib/workbook.zip/calc")`);
}
