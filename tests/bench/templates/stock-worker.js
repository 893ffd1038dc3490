// Pyodide as its own documentation starts it in a module worker.

let handle;

self.addEventListener("message", async ({ data }) => {
  if (handle) {
    self.postMessage(handle(data));
    return;
  }
  const { loadPyodide } = await import(`${data.pyodide}/pyodide.mjs`);
  const python = await loadPyodide({ indexURL: data.pyodide });
  await python.loadPackage(data.wheel);
  handle = python.pyimport("calc.browser").handle;
  handle(data.load);
  self.postMessage("ready");
});
