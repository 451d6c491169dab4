// Programs that the harness starts: each in a process group of its own, and all ended with the harness.
import { execFileSync, spawn } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';

const running = new Set();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => {
    for (const end of running) end();
    process.exit(1);
  });

// start returns the program and a way to end it.
export function start(command, args, options) {
  const child = spawn(command, args, { detached: true, ...options });
  const end = () => {
    running.delete(end);
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      /* it has ended */
    }
  };
  running.add(end);
  return { child, end };
}

// answer is the line of JSON that a program prints when it is given a job.
export function answer(command, args, job, limit) {
  const { child, end } = start(command, [...args, JSON.stringify(job)], { stdio: ['ignore', 'pipe', 'pipe'] });
  const timer = setTimeout(end, limit);
  let out = '',
    complaint = '';
  child.stdout.on('data', (d) => {
    out += d;
  });
  child.stderr.on('data', (d) => {
    complaint += d;
  });
  return new Promise((resolve, reject) =>
    child.on('error', reject).on('close', () => {
      clearTimeout(timer);
      end();
      try {
        resolve(JSON.parse(out));
      } catch {
        reject(new Error(complaint.trim().split('\n').pop() || 'no result'));
      }
    }),
  );
}

const root = path.join(import.meta.dirname, '..', '..');
const said = (command, ...args) =>
  execFileSync(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] })
    .toString()
    .trim();

// What the figures depend on. target: of make.
export const versions = (target, rounds) => ({
  date: new Date().toISOString().slice(0, 10),
  machine: `${os.cpus()[0].model.trim()}, ${os.cpus().length} cores, ${Math.round(os.totalmem() / 2 ** 30)} GiB, ${os.type()} ${os.arch()}; load before ${os.loadavg()[0].toFixed(1)}`,
  browser: process.env.CHROME && said(process.env.CHROME, '--version'),
  wafer: said('git', 'describe', '--always', '--dirty', '--abbrev=10'),
  node: process.version,
  go: said('go', 'env', 'GOVERSION', 'GOEXPERIMENT').replace('\n', ' '),
  command:
    ['ROUNDS', 'TASKS', 'PEERS', 'QUICK']
      .filter((k) => process.env[k])
      .map((k) => `${k}=${JSON.stringify(process.env[k])} `)
      .join('') +
    'make ' +
    target,
  rounds,
});
