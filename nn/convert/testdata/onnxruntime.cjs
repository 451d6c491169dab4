// Runs jobs {file, type, shape, values} with onnxruntime-web, which lies in the folder of the first argument; the second is a JSON
// file of the jobs. Prints the list of the outputs' numbers.
const fs = require("fs"), path = require("path");
const [folder, jobs] = process.argv.slice(2);
const ort = require(path.join(folder, "node_modules/onnxruntime-web"));
ort.env.logLevel = "error";
ort.env.wasm.numThreads = 1;

async function run(job) {
  const session = await ort.InferenceSession.create(new Uint8Array(fs.readFileSync(job.file)));
  const data = job.type === "int32" ? Int32Array.from(job.values) : Float32Array.from(job.values);
  const out = await session.run({ [session.inputNames[0]]: new ort.Tensor(job.type, data, job.shape) });
  return Array.from(out[session.outputNames[0]].data);
}

(async () => {
  const list = [];
  for (const job of JSON.parse(fs.readFileSync(jobs))) list.push(await run(job));
  console.log("\n" + JSON.stringify(list));
})().catch((error) => { console.error(error); process.exit(1); });
