// Starts Python with the calculators in it. The worker of the page and the
// build's own run in Node (node.js) share this, so both start the same thing.

/**
 * @param {Function} loadPyodide from the runtime's own pyodide.mjs
 * @param {string} base where the runtime's files are, ending in a slash
 * @param {object} lock the runtime's pyodide-lock.json, which holds the calculators' wheel only
 * @param {object} [options] more options for loadPyodide
 * @returns {Promise<object>} Pyodide with the wheel loaded
 */
export function loadCalculators(loadPyodide, base, lock, options = {}) {
  return loadPyodide({
    indexURL: base,
    // Without a base of its own, Pyodide would look for packages at its makers' address.
    packageBaseUrl: base,
    lockFileContents: lock,
    // Fetched while Python is starting.
    packages: Object.keys(lock.packages),
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
