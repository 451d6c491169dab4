// Measures Wafer and its peers in turn and writes a report: `make bench-peers`, see README.md.
// Each measurement has a fresh browser with a fresh profile, one page, one worker.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { answer, start, versions } from './lib/programs.mjs';
import { PEERS, TASKS, timing } from './lib/tasks.mjs';
import { report } from './lib/report.mjs';
import { chosen, measured } from './lib/rounds.mjs';
import { serve } from './lib/server.mjs';

const at = (...p) => path.join(import.meta.dirname, ...p);
const { CHROME, PYTHON = '/usr/bin/python3' } = process.env;
const limit = 10 * 60_000;

async function inBrowser(server, job) {
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'wafer-bench-'));
  const id = path.basename(profile);
  const url = `${server.url}/web/job.html#${encodeURIComponent(JSON.stringify({ ...job, id }))}`;
  const flags = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-quic',
    '--remote-debugging-port=0',
    `--user-data-dir=${profile}`,
  ];
  const browser = start(CHROME, [...flags, url], { stdio: 'ignore' });
  const ended = new Promise((_, reject) =>
    browser.child.on('error', reject).on('exit', (code) => reject(new Error(`the browser ended (${code})`))),
  );
  ended.catch(() => {});
  try {
    return await Promise.race([server.result(id, limit), ended]);
  } finally {
    browser.end();
    await new Promise((r) => setTimeout(r, 200));
    fs.rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

const choice = chosen(TASKS, PEERS, { tasks: ['smallcnn'], peers: ['wafer 1t', 'ort-web 1t', 'tfjs-wasm 1t'] });
fs.mkdirSync(at('out'), { recursive: true });
const about = versions('bench-peers', choice.rounds);
const server = await serve({
  web: at('web'),
  models: at('models'),
  node_modules: at('node_modules'),
  wafer: at('..', 'build', 'bench'),
});
const records = await measured(choice, PEERS, (peer, task) => {
  const { adapter, backend, threads } = PEERS[peer],
    [model, batch] = task.split('@');
  const common = { threads, timing: timing(TASKS[task], task, PEERS[peer], choice.quick) };
  const fit = TASKS[task].kind === 'train' && { name: task, kind: 'train', batch: TASKS[task].batch };
  return adapter
    ? inBrowser(server, { ...common, adapter, backend, task: fit || { kind: 'infer', model, batch: +(batch || 1) } })
    : answer(PYTHON, [at('torch_steps.py')], { ...common, task, batch: fit.batch }, limit);
});
server.close();
fs.writeFileSync(at('out', 'results.json'), JSON.stringify({ about, records }));
const wrong = report(about, records, choice.whole ? at('RESULTS.md') : at('out', 'RESULTS.md'), choice.whole);
for (const w of wrong) console.error('bench: ' + w);
process.exitCode = wrong.length ? 1 : 0;
