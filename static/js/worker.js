// Starts the computing worker, or the reader of files. Addresses come in the query, all of one version:
// ?exec=/wasm_exec.js&run=/run.js&wasm=/web/worker.wasm
// Messages that arrive before the Go program listens are kept and handed over in order.
"use strict";

self.pageStartsThreads = true; // as package bridge does

const early = [];
self.onmessage = (event) => early.push(event.data);

// Called by Go (bridge.Serve) with the function that takes a message.
self.waferServe = (take) => {
  self.onmessage = (event) => take(event.data);
  for (const data of early.splice(0)) take(data);
};

// An answer to request 0 that is an error tells the page that this worker is of no more use.
function giveUp(error) {
  self.postMessage({ text: JSON.stringify({ id: 0, event: "error", error }), buffers: [] });
  self.close();
}

async function start() {
  const query = new URLSearchParams(self.location.search);
  const runJS = query.get("run"); // runs compiled modules, here and, as a program of their own, on further threads
  importScripts(query.get("exec"), runJS);
  self.waferRun.url = runJS;
  if (!self.waferRun.simd) throw new Error("this browser is too old to run models.");
  const go = new Go();
  const answer = await fetch(query.get("wasm"));
  if (!answer.ok) {
    throw new Error("its program could not be loaded (" + answer.status + " " + answer.statusText + ").");
  }
  const { instance } = await WebAssembly.instantiateStreaming(answer, go.importObject);
  await go.run(instance);
  throw new Error("its program ended.");
}

start().catch((error) => giveUp(error.message || String(error)));
