// Measures Wafer and its peers in turn and writes a report: `make bench-peers`, see README.md.
// Each measurement has a fresh browser with a fresh profile, one page, one worker.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Load } from './lib/load.mjs';
import { PEERS, TASKS, timing } from './lib/tasks.mjs';
import { report } from './lib/report.mjs';
import { serve } from './lib/server.mjs';

const here = import.meta.dirname, at = (...p) => path.join(here, ...p);
const { CHROME, PYTHON = '/usr/bin/python3', QUICK, ROUNDS = QUICK ? 1 : 3 } = process.env;
const list = (s) => s?.split(',').map((x) => x.trim()).filter(Boolean);
const wantedTasks = list(process.env.TASKS) ?? (QUICK ? ['smallcnn'] : undefined);
const wantedPeers = list(process.env.PEERS) ?? (QUICK ? ['wafer 1t', 'ort-web 1t', 'tfjs-wasm 1t'] : undefined);
const limit = 10 * 60_000;

// By name, or for peers by the beginning of it: "tfjs" is all of TensorFlow.js.
const tasks = Object.keys(TASKS).filter((t) => (wantedTasks ? wantedTasks.includes(t) : !TASKS[t].extra));
const peers = Object.keys(PEERS).filter((p) => !wantedPeers || wantedPeers.some((w) => p.startsWith(w)));
for (const w of wantedTasks ?? []) if (!TASKS[w]) throw new Error(`no task ${w}; there are ${Object.keys(TASKS).join(', ')}`);
if (!peers.length) throw new Error(`no such peers; there are ${Object.keys(PEERS).join(', ')}`);

// run starts a program in a process group of its own and returns a way to end it.
const running = new Set();
function run(command, args, options) {
  const child = spawn(command, args, { detached: true, ...options });
  const end = () => { running.delete(end); try { process.kill(-child.pid, 'SIGKILL'); } catch { /* it has ended */ } };
  running.add(end);
  return { child, end };
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => { for (const end of running) end(); process.exit(1); });

async function inBrowser(server, job) {
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'wafer-bench-'));
  const id = path.basename(profile);
  const url = `${server.url}/web/job.html#${encodeURIComponent(JSON.stringify({ ...job, id }))}`;
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update',
    '--disable-sync', '--disable-quic', '--remote-debugging-port=0', `--user-data-dir=${profile}`];
  const browser = run(CHROME, [...flags, url], { stdio: 'ignore' });
  const ended = new Promise((_, reject) => browser.child.on('error', reject).on('exit', (code) => reject(new Error(`the browser ended (${code})`))));
  ended.catch(() => {});
  try {
    return await Promise.race([server.result(id, limit), ended]);
  } finally {
    browser.end();
    await new Promise((r) => setTimeout(r, 200));
    fs.rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

function inPython(job) {
  const { child, end } = run(PYTHON, [at('torch_steps.py'), JSON.stringify(job)], { stdio: ['ignore', 'pipe', 'pipe'] });
  const timer = setTimeout(end, limit);
  let out = '', complaint = '';
  child.stdout.on('data', (d) => { out += d; });
  child.stderr.on('data', (d) => { complaint += d; });
  return new Promise((resolve, reject) => child.on('error', reject).on('close', () => {
    clearTimeout(timer);
    end();
    try { resolve(JSON.parse(out)); } catch { reject(new Error(complaint.trim().split('\n').pop() || 'no result')); }
  }));
}

async function measure(server, load, peer, task) {
  const { adapter, backend, threads } = PEERS[peer], [model, batch] = task.split('@');
  const common = { threads, timing: timing(task, peer, QUICK) };
  const fit = TASKS[task].kind === 'train' && { name: task, kind: 'train', batch: TASKS[task].batch };
  await load.quiet(QUICK ? 0 : 20_000);
  const result = await (adapter ? inBrowser(server, { ...common, adapter, backend, task: fit || { kind: 'infer', model, batch: +(batch || 1) } })
    : inPython({ ...common, task, batch: fit.batch })).catch((e) => ({ error: e.message }));
  return { ...result, foreign: load.foreign(result.from ?? Date.now() - 1000, result.to ?? Date.now()) };
}

const median = (a) => { const s = [...a].sort((x, y) => x - y), h = s.length >> 1; return s.length % 2 ? s[h] : (s[h - 1] + s[h]) / 2; };

const versions = () => ({
  date: new Date().toISOString().slice(0, 10),
  machine: `${os.cpus()[0].model.trim()}, ${os.cpus().length} cores, ${Math.round(os.totalmem() / 2 ** 30)} GiB, ${os.type()} ${os.arch()}; load before ${os.loadavg()[0].toFixed(1)}`,
  browser: execFileSync(CHROME, ['--version'], { stdio: ['ignore', 'pipe', 'ignore'] }).toString().trim(),
  wafer: execFileSync('git', ['describe', '--always', '--dirty', '--abbrev=10'], { cwd: here }).toString().trim(),
  node: process.version,
  go: execFileSync('go', ['env', 'GOVERSION', 'GOEXPERIMENT'], { cwd: here }).toString().trim().replace('\n', ' '),
  command: ['ROUNDS', 'TASKS', 'PEERS', 'QUICK'].filter((k) => process.env[k]).map((k) => `${k}=${JSON.stringify(process.env[k])} `).join('') + 'make bench-peers',
  rounds: +ROUNDS,
});

fs.mkdirSync(at('out'), { recursive: true });
const about = versions(), records = [], failed = new Set();
const server = await serve({ web: at('web'), models: at('models'), node_modules: at('node_modules'), wafer: at('..', 'build', 'bench') });
const load = new Load();
for (let round = 0; round < ROUNDS; round++) {
  for (const task of tasks) {
    const able = peers.filter((p) => PEERS[p].tasks.includes(task) && !failed.has(p + task) && !(round && PEERS[p].once?.includes(task)));
    for (let i = 0; i < able.length; i++) {
      const peer = able[(i + round) % able.length]; // nobody always goes first
      const r = { round, task, peer, ...(await measure(server, load, peer, task)) };
      if (r.error) failed.add(peer + task);
      else Object.assign(r, { median: median(r.samples), least: Math.min(...r.samples), n: r.samples.length });
      delete r.samples;
      records.push(r);
      console.log(`${round + 1}/${ROUNDS} ${task.padEnd(16)} ${peer.padEnd(13)} ` + (r.error ? `fails: ${r.error.split('\n')[0]}`
        : `median ${r.median.toFixed(3)} ms, least ${r.least.toFixed(3)}, n ${r.n}, error ${r.check?.toExponential(1) ?? '-'}, others ${r.foreign?.toFixed(2)} cores`));
    }
  }
}
load.stop();
server.close();
fs.writeFileSync(at('out', 'results.json'), JSON.stringify({ about, records }));
const whole = !wantedTasks && !wantedPeers;
const wrong = report(about, records, whole ? at('RESULTS.md') : at('out', 'RESULTS.md'), whole);
for (const w of wrong) console.error('bench: ' + w);
process.exitCode = wrong.length ? 1 : 0;
