// Measures Wafer's native kernels beside PyTorch and ONNX Runtime, natively too: `make bench-server`, see README.md.
import fs from 'node:fs';
import path from 'node:path';
import { gathered, judge, legend, show, table, times, tolerance, tooBusy, versionsOf } from './lib/figures.mjs';
import { answer, versions } from './lib/programs.mjs';
import { chosen, measured } from './lib/rounds.mjs';
import { TASKS as ALL, timing } from './lib/tasks.mjs';

const at = (...p) => path.join(import.meta.dirname, ...p);
const { PYTHON = '/usr/bin/python3' } = process.env;

// limit: Wafer may take so many times as long as the peer with as many threads.
const task = (name, limit, more) => [name, { ...ALL[name], limit, ...more }];
const TASKS = Object.fromEntries([
  task('fit_textlstm', 1),
  task('fit_smallcnn', 1),
  task('fit_mobilenetv2', 1),
  task('fit_vgg16_head', 1, {
    batch: 32,
    extra: false,
    label:
      'VGG16 224×224, batch 32, Adam: forward of the frozen base, nothing kept from step to step, and training of the head 25088→1024→5',
  }),
  task('mobilenetv2', 1.5),
  task('resnet18', 1.5),
  task('vgg16_notop', 1.5),
]);
const kind = (k) => Object.keys(TASKS).filter((t) => TASKS[t].kind === k);
const PEERS = {};
for (const threads of [1, 2]) {
  PEERS[`wafer ${threads}t`] = { threads, tasks: Object.keys(TASKS), command: at('..', 'build', 'steps'), args: [] };
  PEERS[`torch ${threads}t`] = { threads, tasks: kind('train'), command: PYTHON, args: [at('torch_steps.py')] };
  PEERS[`ort-node ${threads}t`] = {
    threads,
    tasks: kind('infer'),
    command: process.execPath,
    args: [at('ort_steps.mjs')],
  };
}

function report({ cell }, about, records) {
  const rows = (k, peer) =>
    kind(k).flatMap((t) =>
      [1, 2].flatMap((n) => {
        const w = cell(t, `wafer ${n}t`),
          p = cell(t, `${peer} ${n}t`),
          { label, limit } = TASKS[t];
        if (!w || !p) return [];
        const a = w.median / p.median,
          b = w.least / p.least,
          busy = Math.max(w.foreign, p.foreign) > tooBusy;
        return [
          [
            label,
            n,
            show(w),
            show(p),
            times(a),
            times(b),
            `≤ ${limit}×`,
            busy ? 'unclear, busy' : judge(a, b, (v) => v <= limit),
          ],
        ];
      }),
    );
  const section = (title, k, peer, name) =>
    rows(k, peer).length
      ? `${title}\n\n` + table(['', 'threads', 'Wafer', name, 'by medians', 'by minima', 'goal', ''], rows(k, peer))
      : '';
  const figures =
    section('A training step:', 'train', 'torch', 'PyTorch') +
    section('Inference, batch 1:', 'infer', 'ort-node', 'onnxruntime-node');
  const errors = kind('infer')
    .map((t) => cell(t, 'wafer 1t')?.check)
    .filter((e) => e !== undefined);
  const losses = kind('train')
    .filter((t) => cell(t, 'wafer 1t') && cell(t, 'torch 1t'))
    .map((t) => [
      TASKS[t].label,
      ...['wafer 1t', 'torch 1t'].map((p) =>
        cell(t, p)
          .losses.map((l) => l.toFixed(3))
          .join(' → '),
      ),
    ]);
  const failures = records.filter((r) => r.error).map((r) => `- ${r.peer}, ${r.task}: ${r.error.split('\n')[0]}\n`);
  return {
    figures,
    whole:
      `# Wafer on a server, and its peers\n\nWritten by \`${about.command}\` on ${about.date}; ${about.rounds} round${about.rounds > 1 ? 's' : ''}, all in turn. Quote ratios, not times.\n
- machine: ${about.machine}
- ${about.go}; Node ${about.node}; Wafer ${about.wafer}
- ${versionsOf(records)}\n
${legend} Ratios are Wafer's time divided by the peer's. How it is measured: [README.md](README.md).\n
${figures}${errors.length ? `Every answer was compared with PyTorch's; Wafer's are off by at most ${Math.max(...errors).toExponential(0)} of the greatest number (allowed: ${tolerance}).\n\n` : ''}` +
      (losses.length
        ? 'Loss on the one batch, first and last; initial weights, samples and number of steps differ:\n\n' +
          table(['', 'Wafer', 'PyTorch'], losses)
        : '') +
      (failures.length ? `What fails:\n\n${failures.join('')}` : ''),
  };
}

// keep puts the figures between the marks in the repository's README.
function keep(figures) {
  const file = at('..', 'README.md'),
    text = fs.readFileSync(file, 'utf8'),
    marks = /(<!-- bench-server -->\n)[^]*(<!-- \/bench-server -->)/;
  if (marks.test(text))
    fs.writeFileSync(
      file,
      text.replace(marks, (_, a, b) => `${a}${figures.trimEnd()}\n${b}`),
    );
}

const choice = chosen(TASKS, PEERS, { tasks: ['fit_smallcnn', 'mobilenetv2'] });
fs.mkdirSync(at('out'), { recursive: true });
const about = versions('bench-server', choice.rounds);
const records = await measured(choice, PEERS, (peer, name) => {
  const { command, args, threads } = PEERS[peer],
    t = TASKS[name];
  return answer(
    command,
    args,
    { task: name, batch: t.batch ?? 1, threads, timing: timing(t, name, PEERS[peer], choice.quick) },
    10 * 60_000,
  );
});
fs.writeFileSync(at('out', 'server.json'), JSON.stringify({ about, records }));
const all = gathered(records),
  { figures, whole } = report(all, about, records);
fs.writeFileSync(choice.whole ? at('SERVER.md') : at('out', 'SERVER.md'), whole.trimEnd() + '\n');
if (choice.whole) keep(figures);
console.log('\n' + figures);
for (const t of kind('train')) {
  for (const p of Object.keys(PEERS)) {
    const l = all.cell(t, p)?.losses;
    if (l && !l.every(Number.isFinite)) all.wrong.push(`${p} at ${t}: the loss went from ${l[0]} to ${l[1]}`);
  }
}
for (const w of all.wrong) console.error('bench: ' + w);
process.exitCode = all.wrong.length ? 1 : 0;
