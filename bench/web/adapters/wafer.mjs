// Wafer. A step copies the input in from an array of the host and the result out into another, as
// ONNX Runtime Web's run() does.
import { compare, file, reference } from '../data.mjs';

let threads;

export async function start(cfg) {
  threads = cfg.threads;
  await import('/wafer/wasm_exec.js');
  const go = new Go();
  const { instance } = await WebAssembly.instantiateStreaming(fetch('/wafer/bench.wasm'), go.importObject);
  self.waferMemory = instance.exports.mem;
  go.run(instance);
  return { version: 'this checkout', threads };
}

// View of n elements in the program's memory. Memory that grows, which a shared one does in place, needs a new view.
function view(program, type, offset, n) {
  let v = new type(program.memory.buffer, offset, n);
  return () => (v.buffer === program.memory.buffer ? v : (v = new type(program.memory.buffer, offset, n)));
}

// A program with nothing to share is alone: one thread is what it does best with.
const runs = (program, step) => ({
  step,
  made: program.made,
  steps: (n) => {
    for (; n; n--) step();
  },
  threads: () => (program.alone ? threads : program.threads()),
});

function run(program) {
  const error = program.step();
  if (error) throw new Error(error);
}

export const load = (task) => (task.kind === 'train' ? loadTraining(task) : loadInference(task));

async function loadInference({ model, batch }) {
  const [text, weights] = await Promise.all([file(model, 'spec.json'), file(model, 'weights.bin')]);
  const program = await waferBench.inference(text, weights, batch, threads);
  const s = JSON.parse(new TextDecoder().decode(text)),
    { inputs, want } = await reference(model, s, batch, true);
  const into = inputs.map((i) => [view(program, i.data.constructor, program.inputs[i.name], i.data.length), i.data]);
  const result = new Float32Array(want.length * batch);
  const output = view(program, Float32Array, program.outputs.output, result.length);
  const step = () => {
    for (const [v, data] of into) v().set(data);
    run(program);
    result.set(output());
  };
  return { ...runs(program, step), check: () => compare(result, want, s, true) };
}

async function loadTraining({ name, batch }) {
  const program = await waferBench.training(name, batch, threads);
  const into = Object.entries(program.initial).map(([n, b]) => [
    view(program, Uint8Array, program.inputs[n], b.length),
    b,
  ]);
  const rate = view(program, Float32Array, program.inputs['step/rate'], 1),
    loss = view(program, Float32Array, program.outputs.loss, 1);
  const { rate: base, beta1, beta2 } = program; // both beta are 0 without Adam
  let t = 0,
    last;
  const step = () => {
    for (const [v, b] of into) v().set(b);
    t++;
    rate()[0] = (base * Math.sqrt(1 - beta2 ** t)) / (1 - beta1 ** t);
    run(program);
    last = loss()[0];
  };
  return { ...runs(program, step), loss: () => last };
}
