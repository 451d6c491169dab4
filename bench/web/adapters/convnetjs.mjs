// ConvNetJS: plain JavaScript, one sample at a time. This version has no Adam: Adadelta for the CNN.
import { random } from '../data.mjs';

let lib;

export async function start() {
  self.window = self;
  await import('/node_modules/convnetjs/build/convnet-min.js');
  lib = self.jsfeat; // the name that it goes by outside Node
  return { version: '0.3.0', threads: 1 };
}

const NETS = {
  fit_smallcnn: {
    shape: [28, 28, 1],
    label: (r) => Math.floor(r * 10),
    trainer: { method: 'adadelta' },
    layers: [
      { type: 'conv', sx: 3, filters: 32, stride: 1, pad: 0, activation: 'relu' },
      { type: 'pool', sx: 2, stride: 2 },
      { type: 'conv', sx: 3, filters: 64, stride: 1, pad: 0, activation: 'relu' },
      { type: 'pool', sx: 2, stride: 2 },
      { type: 'fc', num_neurons: 128, activation: 'relu' },
      { type: 'softmax', num_classes: 10 },
    ],
  },
  fit_mlp: {
    shape: [1, 1, 2],
    label: (r) => [r < 0.5 ? -1 : 1],
    trainer: { method: 'sgd', learning_rate: 0.03, momentum: 0 },
    layers: [
      { type: 'fc', num_neurons: 4, activation: 'tanh' },
      { type: 'fc', num_neurons: 2, activation: 'tanh' },
      { type: 'fc', num_neurons: 1, activation: 'tanh' },
      { type: 'regression', num_neurons: 1 },
    ],
  },
};

export async function load({ name, batch }) {
  const { shape, label, trainer, layers } = NETS[name],
    r = random(7),
    net = new lib.Net();
  net.makeLayers([{ type: 'input', out_sx: shape[0], out_sy: shape[1], out_depth: shape[2] }, ...layers]);
  const t = new lib.Trainer(net, { ...trainer, batch_size: batch });
  const samples = Array.from({ length: batch }, () => {
    const x = new lib.Vol(...shape, 0);
    for (let i = 0; i < x.w.length; i++) x.w[i] = r() * 2 - 1;
    return { x, y: label(r()) };
  });
  let loss;
  const step = () => {
    loss = samples.reduce((sum, { x, y }) => sum + t.train(x, y).loss, 0) / batch;
  };
  return {
    step,
    steps: (n) => {
      for (; n; n--) step();
    },
    loss: () => loss,
  };
}
