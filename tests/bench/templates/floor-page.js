// What no page with this engine can do without: its WebAssembly fetched and compiled in a worker.
// No Python: the answer shown when that is done is a constant.

const form = document.querySelector("form");
const worker = new Worker(new URL("floor-worker.js", import.meta.url), { type: "module" });
worker.addEventListener("message", () => {
  form.querySelector("[data-result]").innerHTML =
    '<table><tr data-year="1"><td data-field="award" data-value="3250000">3 250 000</td></tr></table>';
});
worker.addEventListener("error", (event) => console.error(event.message));
worker.postMessage(form.dataset.pyodide);
