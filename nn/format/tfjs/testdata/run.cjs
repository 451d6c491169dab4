// Runs models with TensorFlow.js: node run.cjs MODULES JOBS.json. A job is {files: {name: base64}, shape, dtype, x};
// the answers, a list of numbers for each, are printed as JSON. Without files of layers it is a graph model.
"use strict";
const { createRequire } = require("module");
const path = require("path");
const fs = require("fs");
const tf = createRequire(path.resolve(process.argv[2], "x.js"))("@tensorflow/tfjs");

async function run(job) {
  const file = (name) => Buffer.from(job.files[name], "base64");
  const doc = JSON.parse(file("model.json"));
  const data = file("weights.bin");
  const handler = {
    load: async () => ({
      modelTopology: doc.modelTopology, signature: doc.signature, format: doc.format,
      weightSpecs: doc.weightsManifest.flatMap((g) => g.weights),
      weightData: data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength),
    }),
  };
  const x = tf.tensor(job.x, job.shape, job.dtype);
  const model = doc.format === "graph-model" ? await tf.loadGraphModel(handler) : await tf.loadLayersModel(handler);
  const y = model.predict(x);
  return Array.from(await y.data());
}

(async () => {
  await tf.setBackend("cpu");
  const out = [];
  for (const job of JSON.parse(fs.readFileSync(process.argv[3]))) {
    try { out.push({ y: await run(job) }); } catch (error) { out.push({ error: String(error) }); }
  }
  fs.writeSync(1, JSON.stringify(out));
})();
