// Measures peers in turn, round after round.
import { Load } from './load.mjs';
import { median } from './figures.mjs';

const { QUICK, ROUNDS = QUICK ? 1 : 3 } = process.env;
const list = (s) =>
  s
    ?.split(',')
    .map((x) => x.trim())
    .filter(Boolean);

// What ROUNDS, TASKS and PEERS ask for; quick is what QUICK means. A peer is named by the beginning of its name: "tfjs"
// is all of TensorFlow.js. whole: nothing is left out.
export function chosen(TASKS, PEERS, quick) {
  const wantedTasks = list(process.env.TASKS) ?? (QUICK ? quick.tasks : undefined),
    wantedPeers = list(process.env.PEERS) ?? (QUICK ? quick.peers : undefined);
  for (const w of wantedTasks ?? [])
    if (!TASKS[w]) throw new Error(`no task ${w}; there are ${Object.keys(TASKS).join(', ')}`);
  const tasks = Object.keys(TASKS).filter((t) => (wantedTasks ? wantedTasks.includes(t) : !TASKS[t].extra));
  const peers = Object.keys(PEERS).filter((p) => !wantedPeers || wantedPeers.some((w) => p.startsWith(w)));
  if (!peers.length) throw new Error(`no such peers; there are ${Object.keys(PEERS).join(', ')}`);
  return { tasks, peers, rounds: +ROUNDS, quick: QUICK, whole: !wantedTasks && !wantedPeers };
}

// measure(peer, task) gives {samples, …} and may throw. Each is called when other work uses little of the machine.
export async function measured({ tasks, peers, rounds, quick }, PEERS, measure) {
  const records = [],
    failed = new Set(),
    load = new Load();
  for (let round = 0; round < rounds; round++) {
    for (const task of tasks) {
      const able = peers.filter(
        (p) => PEERS[p].tasks.includes(task) && !failed.has(p + task) && !(round && PEERS[p].once?.includes(task)),
      );
      for (let i = 0; i < able.length; i++) {
        const peer = able[(i + round) % able.length]; // nobody always goes first
        await load.quiet(quick ? 0 : 20_000);
        const { samples, ...result } = await measure(peer, task).catch((e) => ({ error: e.message }));
        const r = {
          round,
          task,
          peer,
          ...result,
          foreign: load.foreign(result.from ?? Date.now() - 1000, result.to ?? Date.now()),
        };
        if (r.error) failed.add(peer + task);
        else Object.assign(r, { median: median(samples), least: Math.min(...samples), n: samples.length });
        records.push(r);
        console.log(
          `${round + 1}/${rounds} ${task.padEnd(16)} ${peer.padEnd(13)} ` +
            (r.error
              ? `fails: ${r.error.split('\n')[0]}`
              : `median ${r.median.toFixed(3)} ms, least ${r.least.toFixed(3)}, n ${r.n}, error ${r.check?.toExponential(1) ?? '-'}, others ${r.foreign?.toFixed(2)} cores`),
        );
      }
    }
  }
  load.stop();
  return records;
}
