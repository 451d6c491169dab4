// Times a model in ONNX Runtime natively, on the CPU: node ort_steps.mjs '{"task": …, "batch": …, "threads": …, "timing": …}'
// prints one line of JSON, as torch_steps.py does.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import ort from 'onnxruntime-node';
import { measure, now } from './web/measure.mjs';
import { load } from './web/ort.mjs';

const { task, batch, threads, timing } = JSON.parse(process.argv[2]);
globalThis.fetch = async (url) => new Response(await readFile(path.join(import.meta.dirname, url))); // data.mjs asks for /models/…
const at = now();
const model = await load(
  ort,
  {
    executionProviders: ['cpu'],
    executionMode: 'sequential',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  },
  { model: task, batch },
);
const out = { info: { version: ort.env.versions.node, threads }, load: now() - at };
console.log(JSON.stringify(Object.assign(out, await measure(model, timing))));
