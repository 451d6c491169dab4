// Times what a job lists. browser.go has the types of job and result.
"use strict";
importScripts("run.js"); // of nn/run: it drives modules on several threads
waferRun.url = "run.js";

onmessage = async ({ data: job }) => {
  try {
    postMessage(await measure(job));
  } catch (error) {
    postMessage({ error: String(error.stack || error) });
  }
};

async function measure(job) {
  const programs = [];
  for (const m of job.modules) programs.push(await load(m));
  const cases = job.cases.map((c) => ({ ...c, best: Infinity, samples: [], run: caller(programs[c.module], c) }));
  cases.forEach(warm);
  const end = performance.now() + job.seconds * 1000;
  for (let round = 0; round < job.rounds && (round < 3 || performance.now() < end); round++) {
    for (const c of cases) {
      const ms = sample(c, Math.max(1, Math.ceil(c.least / c.best)));
      c.best = Math.min(c.best, ms);
      c.samples.push(ms);
    }
    await pause(0);
  }
  return {
    samples: cases.map((c) => c.samples),
    checks: cases.map((c) => (c.words ? checksum(programs[c.module], c) : 0)),
    resolution: resolution(),
  };
}

// load makes a module's program, fills its memory and waits for its threads.
async function load(m) {
  const [code, data] = await Promise.all([bytes(m.code), bytes(m.data)]);
  const p = waferRun.program({ ...m, code });
  let at = 0;
  for (const w of m.writes) {
    p.bytes.set(data.subarray(at, at += w.bytes), w.offset);
    if (w.rows) p.put(w.param, w.row, w.rows);
  }
  p.exports.prepare?.();
  for (let i = 0; p.threads() < m.threads; i++) {
    if (i > 10000) throw new Error(`only ${p.threads()} of ${m.threads} threads have started`);
    await pause(1);
  }
  return p;
}

async function bytes(url) {
  const r = await fetch(url);
  if (!r.ok) throw new Error(`${url}: ${r.status}`);
  return new Uint8Array(await r.arrayBuffer());
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// caller is the function to time: an export on this thread, or a step of the whole program.
function caller(p, c) {
  const f = p.exports[c.export];
  if (f) return () => f(...c.args);
  return () => {
    const why = p.step();
    if (why) throw new Error(why);
  };
}

// warm lets V8 replace its first code, and finds out how long a call takes.
function warm(c) {
  const end = performance.now() + 30;
  for (let i = 0, calls = 1; i < 3 || performance.now() < end; i++) {
    const ms = sample(c, calls);
    if (calls * ms < 0.2) calls *= 2;
    else c.best = Math.min(c.best, ms);
  }
}

// sample is the time of one call in ms, the mean of several.
function sample(c, calls) {
  const from = performance.now();
  for (let i = 0; i < calls; i++) c.run();
  return (performance.now() - from) / calls;
}

// checksum of the words that the case leaves at offset.
function checksum(p, c) {
  c.run();
  return new Int32Array(p.bytes.buffer, c.offset, c.words).reduce((sum, w) => (Math.imul(sum, 31) + w) | 0, 0);
}

// resolution is the least step of the clock in ms.
function resolution() {
  let least = Infinity;
  for (let i = 0; i < 100; i++) {
    const from = performance.now();
    let now = from;
    while (now === from) now = performance.now();
    least = Math.min(least, now - from);
  }
  return least;
}
