// One measurement in a worker: start a runtime, load a task, measure it.
import { measure, now, pause } from './measure.mjs';

self.onmessage = async ({ data: job }) => {
  const out = {};
  try {
    if (!self.crossOriginIsolated) throw new Error('the page is not cross-origin isolated');
    let at = now();
    const adapter = await import(`/web/adapters/${job.adapter}.mjs`);
    out.info = await adapter.start(job);
    out.runtime = now() - at;
    at = now();
    const task = await adapter.load(job.task);
    out.load = now() - at;
    out.made = task.made;
    await pause();
    Object.assign(out, await measure(task, { ...job.timing, threads: job.threads }));
    const threads = task.threads?.() ?? job.threads;
    if (threads !== job.threads) throw new Error(`asked for ${job.threads} threads, got ${threads}`);
  } catch (e) { out.error = String(e?.stack || e); }
  self.postMessage(out);
};
