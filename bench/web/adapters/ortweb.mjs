// ONNX Runtime Web, its WebAssembly execution provider. No training.
import { file } from '../data.mjs';
import * as model from '../ort.mjs';

const DIST = '/node_modules/onnxruntime-web/dist/';
let ort;

export async function start({ threads }) {
  ort = await import(DIST + 'ort.wasm.min.mjs');
  Object.assign(ort.env.wasm, { wasmPaths: DIST, numThreads: threads, proxy: false });
  ort.env.logLevel = 'error';
  await ort.InferenceSession.create(await file('tiny', 'model.onnx')); // compiles the runtime
  return { version: ort.env.versions.web, threads: ort.env.wasm.numThreads };
}

export const load = (task) => model.load(ort, { executionProviders: ['wasm'] }, task);
