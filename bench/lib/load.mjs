// How busy the machine is with other work: the processors' time less that of our own processes. Linux only;
// elsewhere nothing is known (null).
import fs from 'node:fs';

const HZ = 100;
const read = (f) => {
  try {
    return fs.readFileSync(f, 'utf8');
  } catch {
    return '';
  }
};

function busy() {
  const f = read('/proc/stat').split('\n')[0].trim().split(/\s+/).slice(1).map(Number); // user nice system idle iowait irq softirq steal
  return f.length < 8 ? null : (f[0] + f[1] + f[2] + f[5] + f[6]) / HZ;
}

export class Load {
  constructor() {
    this.seen = new Map(); // pid -> seconds when last seen
    this.own = 0;
    this.points = [];
    this.timer = setInterval(() => this.sample(), 250);
    this.sample();
  }

  sample() {
    const b = busy();
    if (b === null) return;
    const children = new Map(),
      seconds = new Map();
    for (const pid of fs.readdirSync('/proc').filter((d) => /^\d+$/.test(d))) {
      const s = read(`/proc/${pid}/stat`),
        f = s.slice(s.lastIndexOf(')') + 2).split(' ');
      seconds.set(pid, (+f[11] + +f[12]) / HZ || 0);
      children.set(f[1], [...(children.get(f[1]) || []), pid]);
    }
    const walk = (pid) => {
      // a process that has ended keeps what was seen of it
      this.own += Math.max(0, (seconds.get(pid) || 0) - (this.seen.get(pid) || 0));
      this.seen.set(pid, seconds.get(pid) || 0);
      for (const c of children.get(pid) || []) walk(c);
    };
    walk(String(process.pid));
    this.points.push({ at: Date.now(), busy: b, own: this.own });
  }

  // Mean number of cores that others used between two times of Date.now().
  foreign(from, to) {
    this.sample();
    const p = this.points,
      a = p.findLast((x) => x.at <= from) || p[0],
      b = p.find((x) => x.at >= to) || p.at(-1);
    return !a || b.at <= a.at ? null : Math.max(0, (b.busy - a.busy - (b.own - a.own)) / ((b.at - a.at) / 1000));
  }

  // Waits until others use little, at most ms.
  async quiet(ms, limit = 0.25) {
    for (const end = Date.now() + ms; ;) {
      await new Promise((r) => setTimeout(r, 500));
      const now = Date.now(),
        f = this.foreign(now - 900, now);
      if (f === null || f < limit || now > end) return;
    }
  }

  stop() {
    clearInterval(this.timer);
  }
}
