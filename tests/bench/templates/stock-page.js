const form = document.querySelector("form");
const output = form.querySelector("[data-result]");
const { calculator: scheme, lang, pyodide, wheel } = form.dataset;
const worker = new Worker(new URL("stock-worker.js", import.meta.url), { type: "module" });

function ask() {
  const answers = Object.fromEntries(new FormData(form));
  worker.postMessage(JSON.stringify({ v: 1, op: "estimate", scheme, lang, answers }));
}

worker.addEventListener("message", ({ data }) => {
  if (data === "ready") {
    form.addEventListener("input", ask);
    ask();
  } else {
    output.innerHTML = JSON.parse(data).html;
  }
});
worker.addEventListener("error", (event) => console.error(event.message));

const data = JSON.parse(document.querySelector("#calculator-data").textContent);
worker.postMessage({ pyodide, wheel, load: JSON.stringify({ v: 1, op: "load", lang, ...data }) });
