// What a page downloads for each runtime.
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';

const root = path.join(import.meta.dirname, '..', '..'),
  modules = 'bench/node_modules/';
const tf = modules + '@tensorflow/',
  wasm = tf + 'tfjs-backend-wasm/dist/',
  ort = modules + 'onnxruntime-web/dist/';
const SETS = {
  "Wafer: the page's worker, its glue and Go's": [
    'build/worker.wasm',
    'static/js/worker.js',
    'build/bench/wasm_exec.js',
  ],
  'Wafer: the program of this benchmark': ['build/bench/bench.wasm', 'build/bench/wasm_exec.js'],
  'ONNX Runtime Web, wasm only': [
    ort + 'ort.wasm.min.mjs',
    ort + 'ort-wasm-simd-threaded.mjs',
    ort + 'ort-wasm-simd-threaded.wasm',
  ],
  'TensorFlow.js with its wasm backend': [
    tf + 'tfjs/dist/tf.min.js',
    wasm + 'tf-backend-wasm.min.js',
    wasm + 'tfjs-backend-wasm-simd.wasm',
  ],
  'TensorFlow.js with its wasm backend, threads': [
    tf + 'tfjs/dist/tf.min.js',
    wasm + 'tf-backend-wasm.min.js',
    wasm + 'tfjs-backend-wasm-threaded-simd.wasm',
  ],
  'TensorFlow.js, CPU only': [tf + 'tfjs/dist/tf.min.js'],
  ConvNetJS: [modules + 'convnetjs/build/convnet-min.js'],
};
const seen = {};

function size(file) {
  const b = fs.readFileSync(path.join(root, file)),
    { BROTLI_PARAM_QUALITY: quality, BROTLI_PARAM_SIZE_HINT: hint } = zlib.constants;
  return (seen[file] ??= [
    b.length,
    zlib.brotliCompressSync(b, { params: { [quality]: 11, [hint]: b.length } }).length,
  ]);
}

// [{name, raw, brotli}] in bytes; a set of which a file is missing is left out.
export function sizes() {
  return Object.entries(SETS)
    .filter(([, files]) => files.every((f) => fs.existsSync(path.join(root, f))))
    .map(([name, files]) => {
      const [raw, brotli] = files.map(size).reduce((a, b) => [a[0] + b[0], a[1] + b[1]]);
      return { name, raw, brotli };
    });
}
