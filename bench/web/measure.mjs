// One measurement: start a runtime, load a task, run it once, warm up, take samples. An adapter has
//
//   start({threads, backend}) -> {version, …}    fetches and compiles the runtime
//   load({name, kind, batch}) -> {
//     step()          one inference until its result is in an array of the host, or one training step; may return a promise
//     steps(n)        optional: n of them without a promise each
//     check()         optional: error of the last result, as a share of the greatest
//     loss()          optional: of the last training step
//     threads()       optional: how many threads the last step ran on; it must be as many as asked for
//   }
export const now = () => performance.now();
export const pause = (ms) => new Promise((done) => setTimeout(done, ms)); // lets the browser start threads

export async function measure(task, t) {
  const step = async (n) => {
    if (task.steps) return task.steps(n);
    for (let i = 0; i < n; i++) await task.step();
  };
  const at = now();
  await step(1);
  const out = { first: now() - at, check: task.check?.(), losses: [task.loss?.()], samples: [], from: Date.now() };
  let n = 0,
    busy = 0;
  for (const w = now(); n < t.minWarm || now() - w < Math.min(t.warmMs, t.maxMs); await pause()) {
    const a = now();
    do {
      await step(1);
      n++;
    } while (now() - a < 20);
    busy += now() - a;
  }
  for (let i = 0; i < 100 && task.threads?.() < t.threads; i++) {
    await pause(20);
    await step(1);
  }
  const mean = n ? busy / n : out.first;
  const group = Math.ceil(1 / Math.min(Math.max(mean, 0.001), 1)); // samples of 1 ms or more: the clock has steps of 5 µs
  for (
    const s = now();
    (out.samples.length < t.minSamples && (now() - s < t.maxMs || !out.samples.length)) || now() - s < t.minMs;
  ) {
    const a = now();
    await step(group);
    out.samples.push((now() - a) / group);
  }
  return { ...out, to: Date.now(), losses: [...out.losses, task.loss?.()] };
}
