self.addEventListener("message", async ({ data: pyodide }) => {
  await WebAssembly.compileStreaming(fetch(`${pyodide}/pyodide.asm.wasm`));
  self.postMessage("compiled");
});
