// Turns measurements into RESULTS.md.
import fs from 'node:fs';
import path from 'node:path';
import { PEERS, TASKS } from './tasks.mjs';
import { sizes } from './sizes.mjs';

const tolerance = 1e-4; // greatest error as a share of the greatest result, for outputs to count as the same

const median = (a) => { const s = [...a].sort((x, y) => x - y), h = s.length >> 1; return s.length ? (s.length % 2 ? s[h] : (s[h - 1] + s[h]) / 2) : NaN; };
const ms = (v) => (v >= 100 ? v.toFixed(0) : v >= 10 ? v.toFixed(1) : v >= 1 ? v.toFixed(2) : String(+v.toPrecision(2)));
const times = (v) => v.toFixed(2) + '×';
const table = (head, rows) => `| ${head.join(' | ')} |\n|---|${head.slice(1).map(() => '--:|').join('')}\n${rows.map((r) => `| ${r.join(' | ')} |\n`).join('')}\n`;

// report writes the file and returns what is wrong: outputs that disagree, and failures of Wafer.
export function report(about, records, file, withSizes) {
  const cells = new Map(), wrong = [];
  for (const r of records) {
    const key = r.task + ' ' + r.peer;
    cells.set(key, [...(cells.get(key) || []), r]);
    if (r.error && r.peer.startsWith('wafer')) wrong.push(`${r.peer} fails at ${r.task}: ${r.error}`);
    if (r.check !== undefined && !(r.check <= tolerance)) wrong.push(`${r.peer} at ${r.task}: its output is off by ${r.check}`);
  }
  // the measurement of a peer over its rounds, undefined when there is none or it failed
  const cell = (task, peer) => {
    const rs = cells.get(task + ' ' + peer)?.filter((r) => !r.error);
    if (!rs?.length) return undefined;
    return { peer, median: median(rs.map((r) => r.median)), least: Math.min(...rs.map((r) => r.least)),
      start: median(rs.map((r) => r.runtime + r.load + r.first)), parts: ['runtime', 'load', 'first'].map((k) => median(rs.map((r) => r[k]))),
      check: Math.max(...rs.map((r) => r.check ?? NaN)), losses: rs[0].losses, foreign: median(rs.map((r) => r.foreign ?? 0)) };
  };
  const tasks = Object.keys(TASKS).filter((t) => records.some((r) => r.task === t));
  const peers = Object.keys(PEERS).filter((p) => records.some((r) => r.peer === p));
  const inference = tasks.filter((t) => TASKS[t].kind === 'infer'), training = tasks.filter((t) => TASKS[t].kind === 'train');
  const label = (t) => TASKS[t].label;
  const browserPeers = (n) => peers.filter((p) => PEERS[p].adapter && !p.startsWith('wafer') && PEERS[p].threads === n);
  const best = (task, names, by) => names.map((p) => cell(task, p)).filter(Boolean).sort((a, b) => a[by] - b[by])[0];
  const show = (c) => (c ? `${ms(c.median)} (${ms(c.least)})${c.foreign > 0.3 ? '*' : ''}` : '–');
  const all = (names, list, what) => table(['', ...names], list.map((t) => [label(t), ...names.map((p) => {
    const failure = cells.get(t + ' ' + p)?.every((r) => r.error);
    return failure ? 'fails' : cell(t, p) ? what(cell(t, p)) : '';
  })]));

  // Wafer against the best of names at each task, with a verdict.
  const against = (list, n, names, verdict) => table(['', 'Wafer', 'best peer', '', 'by medians', 'by minima', 'goal', ''], list.flatMap((t) => {
    const w = cell(t, `wafer ${n}t`), p = best(t, names(t), 'median'), q = best(t, names(t), 'least');
    if (!w || !p) return [[label(t), show(w), show(p), p?.peer ?? 'none can', '', '', '', '']];
    return [[label(t), show(w), show(p), p.peer, ...verdict(t, p.median / w.median, q.least / w.least)]];
  }));
  const judge = (a, b, met) => (met(a) ? 'met' : met(b) ? 'met by minima' : '**missed**');
  const faster = (goal) => (t, a, b) => { const g = goal(t); return [times(a), times(b), g ? `≥ ${g}×` : '', g ? judge(a, b, (v) => v >= g) : '']; };
  const slower = (n) => (t, a, b) => {
    const { goal } = TASKS[t], g = goal.slower[n];
    return [times(1 / a), times(1 / b), g ? `≤ ${g}×` : '', g ? judge(a, b, (v) => 1 / v <= g) : ''];
  };
  const startUp = (n) => table(['', 'Wafer', 'best peer', '', 'ratio'], inference.filter((t) => cell(t, `wafer ${n}t`)).map((t) => {
    const w = cell(t, `wafer ${n}t`), p = best(t, browserPeers(n), 'start');
    return [label(t), ms(w.start), p ? ms(p.start) : '–', p?.peer ?? '', p ? times(p.start / w.start) + (w.start <= p.start ? '' : ' **slower**') : ''];
  }));
  const rivals = (t, n) => peers.filter((p) => (TASKS[t].goal.than === 'torch' ? p === `torch ${n}t` : p === TASKS[t].goal.than));

  const versions = [...new Set(records.filter((r) => r.info && !r.peer.startsWith('wafer')).map((r) => `${r.peer.replace(/ \dt$/, '')} ${r.info.version}`))];
  let out = `# Wafer and its peers\n\nWritten by \`${about.command}\` on ${about.date}; ${about.rounds} round${about.rounds > 1 ? 's' : ''}, all peers in turn in the same browser. Quote ratios, not times.\n
- machine: ${about.machine}
- ${about.browser}; Node ${about.node}; ${about.go}; Wafer ${about.wafer}
- ${versions.join('; ')}\n
Times are in ms: the median over the rounds of each round's median, in brackets the minimum of all samples; "1t" and "2t" are the threads.
\`*\`: other work used more than 0.3 cores. Ratios above 1 in the tables "against" mean that Wafer is faster. How it is measured: [README.md](README.md).\n\n`;
  for (const n of [1, 2]) {
    if (!peers.includes(`wafer ${n}t`)) continue;
    const threads = n === 1 ? 'one thread' : 'two threads';
    if (inference.length) out += `## Inference with ${threads}, against the best browser peer with as many\n\n` + against(inference, n, () => browserPeers(n), faster((t) => TASKS[t].goal.faster));
    if (training.length) {
      out += `## A training step with ${threads}, against the best browser peer with as many\n\n` + against(training, n, () => browserPeers(n), faster((t) => TASKS[t].goal.faster));
      const limited = training.filter((t) => TASKS[t].goal.slower);
      if (limited.length) out += `## A training step with ${threads}: time as a multiple of another's\n\n` + against(limited, n, (t) => rivals(t, n), slower(n));
    }
  }
  if (inference.length) {
    const inBrowser = peers.filter((p) => PEERS[p].adapter && PEERS[p].tasks.some((t) => inference.includes(t)));
    for (const n of [1, 2]) if (peers.includes(`wafer ${n}t`)) out += `## First answer after a cold load, ${n === 1 ? 'one thread' : 'two threads'}: runtime + model + first run\n\n` + startUp(n);
    out += '## Inference, everybody\n\n' + all(inBrowser, inference, show);
    out += '## First answer, everybody: runtime + model + first run\n\n' + all(inBrowser, inference, (c) => c.parts.map(ms).join(' + '));
    out += `## Greatest error against PyTorch, as a share of the greatest result (at most ${tolerance})\n\n` + all(inBrowser, inference, (c) => c.check.toExponential(0));
  }
  if (training.length) {
    const trainers = peers.filter((p) => PEERS[p].tasks.some((t) => training.includes(t)));
    out += '## Training, everybody\n\n' + all(trainers, training, show);
    out += '## Training: loss on the one batch, first and last\n\nWeights, samples and number of steps differ.\n\n' + all(trainers, training, (c) => c.losses.map((l) => l.toFixed(3)).join(' → '));
  }
  if (withSizes) out += '## Downloads, MB\n\n' + table(['', 'raw', 'brotli 11'], sizes().map(({ name, raw, brotli }) => [name, (raw / 1e6).toFixed(2), (brotli / 1e6).toFixed(2)]));
  const errors = [...new Map(records.filter((r) => r.error).map((r) => [r.peer + r.task, `- ${r.peer}, ${label(r.task)}: ${r.error.split('\n')[0]}\n`])).values()];
  if (errors.length) out += `## What fails\n\n${errors.join('')}`;
  fs.writeFileSync(file, out.trimEnd() + '\n');
  console.log('wrote ' + path.relative(process.cwd(), file));
  return wrong;
}
