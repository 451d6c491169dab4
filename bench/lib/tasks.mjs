// What is measured: tasks, the peers that can do them, and the goals.

// Inference. goal: how many times faster than the best browser peer with as many threads.
const infer = (label, goal, more) => ({ kind: 'infer', label, goal: { faster: goal }, ...more });
// Training. goal.slower: at most so many times the time of `than`, by threads.
const fit = (label, batch, goal, more) => ({ kind: 'train', label, batch, goal, ...more });

// heavy: few samples. extra: only when asked for by name.
export const TASKS = {
  mobilenetv2: infer('MobileNetV2 1.0 224', 1.4),
  mobilenetv1_025: infer('MobileNetV1 0.25 224', 1.4),
  resnet18: infer('ResNet-18 224', 1.8),
  vgg16_notop: infer('VGG16 without top 224', 2, { heavy: true }),
  smallcnn: infer('CNN 28×28 (conv 32, conv 64, dense 128)', 1.3),
  textlstm: infer('seed text model, length 100', 1.3),
  bert_tiny: infer('BERT-tiny, length 128', 1.5),
  minilm_l6: infer('MiniLM-L6, length 128', 1.5),
  matmul512: infer('matmul 512³', 1.35),
  'mobilenetv2@32': infer('MobileNetV2, batch 32', 1.4, { heavy: true }),
  'smallcnn@32': infer('CNN 28×28, batch 32', null),
  fit_smallcnn: fit('CNN 28×28, batch 64, Adam', 64, { than: 'torch', slower: { 1: 1.3, 2: 1 } }),
  fit_textlstm: fit('seed text model, batch 32, length 100, Adam', 32, { than: 'torch', slower: { 1: 1.5 } }),
  fit_mobilenetv2: fit(
    'MobileNetV2 96×96 whole network, batch 16',
    16,
    { than: 'torch', slower: { 1: 3.5 } },
    { heavy: true },
  ),
  fit_head: fit('head 1280→100→3, batch 16', 16, { faster: 5 }),
  fit_mlp: fit('MLP 2-4-2-1, batch 10', 10, { than: 'convnetjs', slower: { 1: 1 } }),
  fit_vgg16_head: fit('VGG16 frozen + head 25088→1024→5, batch 8', 8, {}, { heavy: true, extra: true }),
};

const all = Object.keys(TASKS),
  inference = all.filter((t) => TASKS[t].kind === 'infer'),
  training = all.filter((t) => TASKS[t].kind === 'train');
const without = (list, ...out) => list.filter((t) => !out.includes(t));
const onCPU = [
  'mobilenetv2',
  'mobilenetv1_025',
  'smallcnn',
  'textlstm',
  'bert_tiny',
  'matmul512',
  'fit_smallcnn',
  'fit_textlstm',
  'fit_mobilenetv2',
  'fit_head',
  'fit_mlp',
];

// adapter: in web/adapters; native peers have none. once: tasks that only the first round does, since
// they take long. threads: how many it may use.
export const PEERS = {
  'wafer 1t': { adapter: 'wafer', threads: 1, tasks: all },
  'wafer 2t': { adapter: 'wafer', threads: 2, tasks: all },
  'ort-web 1t': { adapter: 'ortweb', threads: 1, tasks: inference },
  'ort-web 2t': { adapter: 'ortweb', threads: 2, tasks: inference },
  'tfjs-wasm 1t': { adapter: 'tfjs', backend: 'wasm', threads: 1, tasks: all, once: ['fit_vgg16_head'] },
  'tfjs-wasm 2t': {
    adapter: 'tfjs',
    backend: 'wasm',
    threads: 2,
    tasks: without(all, 'fit_smallcnn', 'fit_textlstm', 'fit_mobilenetv2'),
    once: ['fit_vgg16_head'],
  },
  'tfjs-cpu': {
    adapter: 'tfjs',
    backend: 'cpu',
    threads: 1,
    tasks: onCPU,
    once: ['fit_smallcnn', 'fit_textlstm', 'fit_mobilenetv2'],
  },
  convnetjs: { adapter: 'convnetjs', threads: 1, tasks: ['fit_smallcnn', 'fit_mlp'] },
  'torch 1t': { threads: 1, tasks: training },
  'torch 2t': { threads: 2, tasks: training },
};

// How long to measure: warm-up of at least minWarm runs and warmMs, then samples.
export function timing(task, name, peer, quick) {
  if (quick) return { minWarm: 1, warmMs: 200, minSamples: 3, minMs: 300, maxMs: 2000 };
  if (peer.once?.includes(name)) return { minWarm: 0, warmMs: 0, minSamples: 1, minMs: 0, maxMs: 0 };
  if (task.heavy || peer.backend === 'cpu')
    return { minWarm: 1, warmMs: 300, minSamples: 3, minMs: 1500, maxMs: 25000 };
  return { minWarm: 3, warmMs: 800, minSamples: 12, minMs: 2000, maxMs: 12000 };
}
