// ONNX Runtime Web, its WebAssembly execution provider. No training.
import { compare, file, reference, spec } from '../data.mjs';

const DIST = '/node_modules/onnxruntime-web/dist/';
let ort;

export async function start({ threads }) {
  ort = await import(DIST + 'ort.wasm.min.mjs');
  Object.assign(ort.env.wasm, { wasmPaths: DIST, numThreads: threads, proxy: false });
  ort.env.logLevel = 'error';
  await ort.InferenceSession.create(await file('tiny', 'model.onnx')); // compiles the runtime
  return { version: ort.env.versions.web, threads: ort.env.wasm.numThreads };
}

export async function load({ model, batch }) {
  const session = await ort.InferenceSession.create(await file(model, 'model.onnx'), {
    executionProviders: ['wasm'], graphOptimizationLevel: 'all', freeDimensionOverrides: { batch },
  });
  const s = await spec(model), { inputs, want } = await reference(model, s, batch, false);
  const feeds = Object.fromEntries(inputs.map((i) => [i.name, i.dtype === 'f32' ? new ort.Tensor('float32', i.data, i.shape)
    : new ort.Tensor('int64', BigInt64Array.from(i.data, BigInt), i.shape)]));
  let last;
  return {
    async step() { last = (await session.run(feeds)).output.data; },
    check: () => compare(last, want, s, false),
  };
}
