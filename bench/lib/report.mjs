// Turns measurements into RESULTS.md.
import fs from 'node:fs';
import path from 'node:path';
import { PEERS, TASKS } from './tasks.mjs';
import { gathered, judge, legend, ms, show, table, times, tolerance, versionsOf } from './figures.mjs';
import { sizes } from './sizes.mjs';

// report writes the file and returns what is wrong: outputs that disagree, and failures of Wafer.
export function report(about, records, file, withSizes) {
  const { cells, cell, wrong } = gathered(records);
  const tasks = Object.keys(TASKS).filter((t) => records.some((r) => r.task === t));
  const peers = Object.keys(PEERS).filter((p) => records.some((r) => r.peer === p));
  const inference = tasks.filter((t) => TASKS[t].kind === 'infer'),
    training = tasks.filter((t) => TASKS[t].kind === 'train');
  const label = (t) => TASKS[t].label;
  const browserPeers = (n) => peers.filter((p) => PEERS[p].adapter && !p.startsWith('wafer') && PEERS[p].threads === n);
  const best = (task, names, by) =>
    names
      .map((p) => cell(task, p))
      .filter(Boolean)
      .sort((a, b) => a[by] - b[by])[0];
  const all = (names, list, what) =>
    table(
      ['', ...names],
      list.map((t) => [
        label(t),
        ...names.map((p) => {
          const failure = cells.get(t + ' ' + p)?.every((r) => r.error);
          return failure ? 'fails' : cell(t, p) ? what(cell(t, p)) : '';
        }),
      ]),
    );

  // Wafer against the best of names at each task, with a verdict.
  const against = (list, n, names, verdict) =>
    table(
      ['', 'Wafer', 'best peer', '', 'by medians', 'by minima', 'goal', ''],
      list.flatMap((t) => {
        const w = cell(t, `wafer ${n}t`),
          p = best(t, names(t), 'median'),
          q = best(t, names(t), 'least');
        if (!w || !p) return [[label(t), show(w), show(p), p?.peer ?? 'none can', '', '', '', '']];
        return [[label(t), show(w), show(p), p.peer, ...verdict(t, p.median / w.median, q.least / w.least)]];
      }),
    );
  const faster = (goal) => (t, a, b) => {
    const g = goal(t);
    return [times(a), times(b), g ? `≥ ${g}×` : '', g ? judge(a, b, (v) => v >= g) : ''];
  };
  const slower = (n) => (t, a, b) => {
    const { goal } = TASKS[t],
      g = goal.slower[n];
    return [times(1 / a), times(1 / b), g ? `≤ ${g}×` : '', g ? judge(a, b, (v) => 1 / v <= g) : ''];
  };
  const startUp = (n) =>
    table(
      ['', 'Wafer', 'best peer', '', 'ratio'],
      inference
        .filter((t) => cell(t, `wafer ${n}t`))
        .map((t) => {
          const w = cell(t, `wafer ${n}t`),
            p = best(t, browserPeers(n), 'start');
          return [
            label(t),
            ms(w.start),
            p ? ms(p.start) : '–',
            p?.peer ?? '',
            p ? times(p.start / w.start) + (w.start <= p.start ? '' : ' **slower**') : '',
          ];
        }),
    );
  // How a model becomes a program in the tab; the goal is of plan and compile together, and of the module.
  const making = (name) =>
    table(
      ['', 'plan', 'compile', 'start', 'weights', 'module, KB', 'under 100 ms and 300 KB'],
      tasks
        .filter((t) => cell(t, name)?.made)
        .map((t) => {
          const { plan, compile, start, weights, bytes } = cell(t, name).made;
          return [
            label(t),
            ms(plan),
            ms(compile),
            ms(start),
            ms(weights),
            (bytes / 1e3).toFixed(0),
            plan + compile < 100 && bytes < 300e3 ? 'met' : '**missed**',
          ];
        }),
    );
  const rivals = (t, n) =>
    peers.filter((p) => (TASKS[t].goal.than === 'torch' ? p === `torch ${n}t` : p === TASKS[t].goal.than));

  let out = `# Wafer and its peers\n\nWritten by \`${about.command}\` on ${about.date}; ${about.rounds} round${about.rounds > 1 ? 's' : ''}, all peers in turn in the same browser. Quote ratios, not times.\n
- machine: ${about.machine}
- ${about.browser}; Node ${about.node}; ${about.go}; Wafer ${about.wafer}
- ${versionsOf(records)}\n
${legend} Ratios above 1 in the tables "against" mean that Wafer is faster. How it is measured: [README.md](README.md).\n\n`;
  for (const n of [1, 2]) {
    if (!peers.includes(`wafer ${n}t`)) continue;
    const threads = n === 1 ? 'one thread' : 'two threads';
    if (inference.length)
      out +=
        `## Inference with ${threads}, against the best browser peer with as many\n\n` +
        against(
          inference,
          n,
          () => browserPeers(n),
          faster((t) => TASKS[t].goal.faster),
        );
    if (training.length) {
      out +=
        `## A training step with ${threads}, against the best browser peer with as many\n\n` +
        against(
          training,
          n,
          () => browserPeers(n),
          faster((t) => TASKS[t].goal.faster),
        );
      const limited = training.filter((t) => TASKS[t].goal.slower);
      if (limited.length)
        out +=
          `## A training step with ${threads}: time as a multiple of another's\n\n` +
          against(limited, n, (t) => rivals(t, n), slower(n));
    }
  }
  if (inference.length) {
    const inBrowser = peers.filter((p) => PEERS[p].adapter && PEERS[p].tasks.some((t) => inference.includes(t)));
    for (const n of [1, 2])
      if (peers.includes(`wafer ${n}t`))
        out +=
          `## First answer after a cold load, ${n === 1 ? 'one thread' : 'two threads'}: runtime + model + first run\n\n` +
          startUp(n);
    out += '## Inference, everybody\n\n' + all(inBrowser, inference, show);
    out +=
      '## First answer, everybody: runtime + model + first run\n\n' +
      all(inBrowser, inference, (c) => c.parts.map(ms).join(' + '));
    out +=
      `## Greatest error against PyTorch, as a share of the greatest result (at most ${tolerance})\n\n` +
      all(inBrowser, inference, (c) => c.check.toExponential(0));
  }
  for (const name of ['wafer 1t', 'wafer 2t'])
    if (peers.includes(name))
      out +=
        `## From graph to program in the tab, cold, ${name}\n\n\`weights\` is what it takes to copy them in and prepare them. Most of the rest is V8 meeting Wafer's own code for the first time.\n\n` +
        making(name);
  if (training.length) {
    const trainers = peers.filter((p) => PEERS[p].tasks.some((t) => training.includes(t)));
    out += '## Training, everybody\n\n' + all(trainers, training, show);
    out +=
      '## Training: loss on the one batch, first and last\n\nWeights, samples and number of steps differ.\n\n' +
      all(trainers, training, (c) => c.losses.map((l) => l.toFixed(3)).join(' → '));
  }
  if (withSizes)
    out +=
      '## Downloads, MB\n\n' +
      table(
        ['', 'raw', 'brotli 11'],
        sizes().map(({ name, raw, brotli }) => [name, (raw / 1e6).toFixed(2), (brotli / 1e6).toFixed(2)]),
      );
  const errors = [
    ...new Map(
      records
        .filter((r) => r.error)
        .map((r) => [r.peer + r.task, `- ${r.peer}, ${label(r.task)}: ${r.error.split('\n')[0]}\n`]),
    ).values(),
  ];
  if (errors.length) out += `## What fails\n\n${errors.join('')}`;
  fs.writeFileSync(file, out.trimEnd() + '\n');
  console.log('wrote ' + path.relative(process.cwd(), file));
  return wrong;
}
