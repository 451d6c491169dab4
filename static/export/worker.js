// The worker of an exported page: starts Wafer's runtime, which is gzip in the page, with the model file, then answers
// {id, input} by {id, result}, where result is the JSON of a task.Result. wasm_exec.js and run.js stand in front.
"use strict";

const refuse = (why, said = "null") => postMessage({ error: why, said: JSON.parse(said) });

// Called by wasm/export: the model cannot be opened, or is open.
self.waferRefuse = refuse;
self.waferServe = (info, ask) => {
  self.onmessage = async ({ data: { id, input } }) => {
    const reply = (result) => postMessage({ id, result });
    try {
      if (input.file) input.bytes = new Uint8Array(await input.file.arrayBuffer());
      ask(input, reply);
    } catch (error) {
      reply(JSON.stringify({ scores: [], error: String(error.message || error) }));
    }
  };
  postMessage({ info });
};

self.onmessage = async ({ data: { runtime, model } }) => {
  try {
    const unpacked = new Blob([runtime]).stream().pipeThrough(new DecompressionStream("gzip"));
    const program = new Response(unpacked, { headers: { "Content-Type": "application/wasm" } });
    const go = new Go();
    const { instance } = await WebAssembly.instantiateStreaming(program, go.importObject);
    self.waferModel = model;
    await go.run(instance);
    refuse("its program ended");
  } catch (error) {
    refuse(String(error.message || error));
  }
};
