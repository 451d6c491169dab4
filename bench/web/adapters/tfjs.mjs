// TensorFlow.js. Inference calls the fused kernels that a converted graph model gets, not the slower layers.
import { compare, random, reference, spec, weights } from '../data.mjs';

const DIST = '/node_modules/@tensorflow/';
let tf;

export async function start({ backend, threads }) {
  // The threaded binary uses at most about half of hardwareConcurrency: on two cores one thread, whatever is asked for.
  if (threads > 1) Object.defineProperty(self.navigator, 'hardwareConcurrency', { get: () => 4 * threads });
  await import(DIST + 'tfjs/dist/tf.min.js');
  tf = self.tf;
  if (backend === 'wasm') {
    await import(DIST + 'tfjs-backend-wasm/dist/tf-backend-wasm.min.js');
    if (threads === 1) tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
    tf.wasm.setWasmPaths(DIST + 'tfjs-backend-wasm/dist/');
    tf.wasm.setThreadsCount(threads);
  }
  if (!(await tf.setBackend(backend))) throw new Error('no backend ' + backend);
  await tf.ready();
  tf.enableProdMode();
  const got = backend === 'wasm' ? Math.max(1, tf.wasm.getThreadsCount()) : 1;
  if (got !== threads) throw new Error(`asked for ${threads} threads, got ${got}`);
  return { version: tf.version.tfjs, threads: got };
}

export const load = (task) => (task.kind === 'train' ? loadTraining(task) : loadInference(task));

async function loadInference({ model, batch }) {
  const s = await spec(model),
    w = await weights(model, s),
    W = {};
  for (const n in w) W[n] = tf.tensor(w[n].data, w[n].shape);
  const { inputs, want } = await reference(model, s, batch, true);
  const x = inputs.map((i) => tf.tensor(i.data, i.shape, i.dtype === 'i32' ? 'int32' : 'float32'));
  const f = {
    conv: () => convNet(s, W),
    lstm: () => textLSTM(W, batch),
    bert: () => bert(s.cfg, W),
    matmul: () => (a) => tf.matMul(a, W.w),
  }[s.kind]();
  let last;
  return {
    step() {
      const y = tf.tidy(() => f(...x));
      last = y.dataSync();
      y.dispose();
    },
    check: () => compare(last, want, s, true),
  };
}

const ACTIVATION = { none: 'linear', relu: 'relu', relu6: 'relu6', softmax: 'linear' };

const convNet = (s, W) => (x) => {
  const done = [],
    value = (i) => (i < 0 ? x : done[i]);
  s.ops.forEach((o, i) => {
    const a = value(o.src[0]),
      bias = W[i + '.b'],
      activation = ACTIVATION[o.act];
    let y;
    if (o.op === 'conv') {
      const pad =
        o.p === 0
          ? 'valid'
          : o.s === 1
            ? 'same'
            : [
                [0, 0],
                [o.p, o.p],
                [o.p, o.p],
                [0, 0],
              ];
      y = (o.dw ? tf.fused.depthwiseConv2d : tf.fused.conv2d)({
        x: a,
        filter: W[i + '.w'],
        strides: o.s,
        pad,
        bias,
        activation,
      });
    } else if (o.op === 'maxpool') y = tf.maxPool(a, o.k, o.s, o.p === 0 ? 'valid' : o.p);
    else if (o.op === 'gap') y = tf.mean(a, [1, 2]);
    else if (o.op === 'flatten') y = tf.reshape(a, [a.shape[0], -1]);
    else if (o.op === 'dense') y = tf.fused.matMul({ a, b: W[i + '.w'], bias, activation });
    else {
      y = tf.add(a, value(o.src[1]));
      if (o.act === 'relu') y = tf.relu(y);
    }
    done.push(o.act === 'softmax' ? tf.softmax(y) : y);
  });
  return done.at(-1);
};

const textModel = () =>
  tf.sequential({
    layers: [
      tf.layers.embedding({ inputDim: 10000, outputDim: 128, inputLength: 100 }),
      tf.layers.lstm({ units: 64, recurrentActivation: 'sigmoid', recurrentInitializer: 'glorotUniform' }),
      tf.layers.dense({ units: 1, activation: 'sigmoid' }),
    ],
  });

function textLSTM(W, batch) {
  const m = textModel();
  m.setWeights([W.emb, W.w, W.u, W.b, W.ow, W.ob]);
  return (x) => m.predict(x, { batchSize: batch });
}

function bert({ layers, d, heads, T }, W) {
  const norm = (x, p) => {
    const c = tf.sub(x, tf.mean(x, -1, true));
    return tf.add(
      tf.mul(tf.mul(c, tf.rsqrt(tf.add(tf.mean(tf.square(c), -1, true), 1e-12))), W[p + '.g']),
      W[p + '.b'],
    );
  };
  const linear = (x, p) => tf.fused.matMul({ a: x, b: W[p + '.w'], bias: W[p + '.b'] });
  const split = (x) => tf.transpose(tf.reshape(x, [T, heads, d / heads]), [1, 0, 2]);
  return (ids, mask, types) => {
    let x = tf.add(
      tf.add(tf.gather(W.tok, ids.reshape([T])), tf.gather(W.typ, types.reshape([T]))),
      tf.slice(W.pos, [0, 0], [T, d]),
    );
    x = norm(x, 'ln');
    const bias = tf.mul(tf.sub(1, tf.cast(mask, 'float32')), -10000).reshape([1, 1, T]);
    for (let i = 0; i < layers; i++) {
      const [q, k, v] = ['q', 'k', 'v'].map((n) => split(linear(x, `${i}.${n}`)));
      const shares = tf.softmax(tf.add(tf.mul(tf.matMul(q, k, false, true), Math.sqrt(heads / d)), bias));
      x = norm(
        tf.add(x, linear(tf.reshape(tf.transpose(tf.matMul(shares, v), [1, 0, 2]), [T, d]), i + '.o')),
        i + '.ln1',
      );
      const f = linear(x, i + '.f1'),
        gelu = tf.mul(tf.mul(f, 0.5), tf.add(tf.erf(tf.mul(f, Math.SQRT1_2)), 1));
      x = norm(tf.add(x, linear(gelu, i + '.f2')), i + '.ln2');
    }
    return x;
  };
}

async function loadTraining({ name, batch }) {
  const r = random(7),
    size = (s) => s.reduce((a, b) => a * b, 1);
  const floats = (...shape) =>
    tf.tensor(
      Float32Array.from({ length: size(shape) }, () => r() * 2 - 1),
      shape,
    );
  const integers = (n, ...shape) =>
    tf.tensor(
      Int32Array.from({ length: size(shape) }, () => Math.floor(r() * n)),
      shape,
      'int32',
    );
  const classes = (n) => tf.oneHot(integers(n, batch), n).toFloat();
  const {
    model,
    x,
    y,
    loss = 'categoricalCrossentropy',
    optimizer = tf.train.adam(1e-3),
  } = await {
    fit_smallcnn: () => ({ model: smallCNN(), x: floats(batch, 28, 28, 1), y: classes(10) }),
    fit_textlstm: () => ({
      model: textModel(),
      x: integers(10000, batch, 100),
      y: integers(2, batch, 1).toFloat(),
      loss: 'binaryCrossentropy',
    }),
    fit_head: () => ({ model: dense(1280, [100, 'relu'], [3, 'softmax']), x: floats(batch, 1280), y: classes(3) }),
    fit_mlp: () => ({
      model: dense(2, [4, 'tanh'], [2, 'tanh'], [1, 'tanh']),
      x: floats(batch, 2),
      y: integers(2, batch, 1).toFloat().mul(2).sub(1),
      loss: 'meanSquaredError',
      optimizer: tf.train.sgd(0.03),
    }),
    fit_mobilenetv2: async () => ({
      model: withNorms((await spec('mobilenetv2')).ops, 96, 5),
      x: floats(batch, 96, 96, 3),
      y: classes(5),
    }),
    fit_vgg16_head: () => ({
      model: vgg16Head(),
      x: floats(batch, 224, 224, 3),
      y: classes(5),
      optimizer: tf.train.adam(1e-4),
    }),
  }[name]();
  model.compile({ optimizer, loss });
  let last;
  return {
    async step() {
      last = await model.trainOnBatch(x, y);
    },
    loss: () => last,
  };
}

const dense = (inputs, ...layers) =>
  tf.sequential({
    layers: layers.map(([units, activation], i) =>
      tf.layers.dense({ units, activation, ...(i ? {} : { inputShape: [inputs] }) }),
    ),
  });

const smallCNN = () =>
  tf.sequential({
    layers: [
      tf.layers.conv2d({ filters: 32, kernelSize: 3, activation: 'relu', inputShape: [28, 28, 1] }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.conv2d({ filters: 64, kernelSize: 3, activation: 'relu' }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 128, activation: 'relu' }),
      tf.layers.dense({ units: 10, activation: 'softmax' }),
    ],
  });

function vgg16Head() {
  const m = tf.sequential();
  for (const [filters, n] of [
    [64, 2],
    [128, 2],
    [256, 3],
    [512, 3],
    [512, 3],
  ]) {
    for (let i = 0; i < n; i++) {
      m.add(
        tf.layers.conv2d({
          filters,
          kernelSize: 3,
          padding: 'same',
          activation: 'relu',
          kernelInitializer: 'heNormal',
          trainable: false,
          ...(m.layers.length ? {} : { inputShape: [224, 224, 3] }),
        }),
      );
    }
    m.add(tf.layers.maxPooling2d({ poolSize: 2 }));
  }
  for (const l of [
    tf.layers.flatten(),
    tf.layers.dense({ units: 1024, activation: 'relu' }),
    tf.layers.dense({ units: 5, activation: 'softmax' }),
  ])
    m.add(l);
  return m;
}

// The operations of MobileNetV2 as layers, with batch normalisation in place of biases.
function withNorms(ops, side, classes) {
  const input = tf.input({ shape: [side, side, 3] }),
    done = [],
    L = tf.layers;
  for (const o of ops) {
    const a = o.src[0] < 0 ? input : done[o.src[0]];
    if (o.op === 'conv') {
      const args = { kernelSize: o.k, strides: o.s, padding: 'same', useBias: false };
      const y = L.batchNormalization().apply(
        (o.dw ? L.depthwiseConv2d(args) : L.conv2d({ ...args, filters: o.cout })).apply(a),
      );
      done.push(o.act === 'relu6' ? L.reLU({ maxValue: 6 }).apply(y) : y);
    } else if (o.op === 'add') done.push(L.add().apply([a, done[o.src[1]]]));
    else if (o.op === 'gap') done.push(L.globalAveragePooling2d({ dataFormat: 'channelsLast' }).apply(a));
    else done.push(L.dense({ units: classes, activation: 'softmax' }).apply(a));
  }
  return tf.model({ inputs: input, outputs: done.at(-1) });
}
