// Figures from samples, and how they are written.
export const tolerance = 1e-4; // greatest error as a share of the greatest result, for outputs to count as the same
export const tooBusy = 0.3; // cores that other work used

export const median = (a) => {
  const s = [...a].sort((x, y) => x - y),
    h = s.length >> 1;
  return s.length ? (s.length % 2 ? s[h] : (s[h - 1] + s[h]) / 2) : NaN;
};
export const ms = (v) =>
  v >= 100 ? v.toFixed(0) : v >= 10 ? v.toFixed(1) : v >= 1 ? v.toFixed(2) : String(+v.toPrecision(2));
export const times = (v) => v.toFixed(2) + '×';
export const table = (head, rows) =>
  `| ${head.join(' | ')} |\n|---|${head
    .slice(1)
    .map(() => '--:|')
    .join('')}\n${rows.map((r) => `| ${r.join(' | ')} |\n`).join('')}\n`;
export const show = (c) => (c ? `${ms(c.median)} (${ms(c.least)})${c.foreign > tooBusy ? '*' : ''}` : '–');
export const judge = (a, b, met) => (met(a) ? 'met' : met(b) ? 'met by minima' : '**missed**');
export const legend = `Times are in ms: the median over the rounds of each round's median, in brackets the minimum of all samples; "1t" and "2t" are the threads.
\`*\`: other work used more than ${tooBusy} cores.`;

// The records by task and peer, and what is wrong with them: outputs that disagree, and failures of Wafer.
export function gathered(records) {
  const cells = new Map(),
    wrong = [];
  for (const r of records) {
    const key = r.task + ' ' + r.peer;
    cells.set(key, [...(cells.get(key) || []), r]);
    if (r.error && r.peer.startsWith('wafer')) wrong.push(`${r.peer} fails at ${r.task}: ${r.error}`);
    if (r.check !== undefined && !(r.check <= tolerance))
      wrong.push(`${r.peer} at ${r.task}: its output is off by ${r.check}`);
  }
  // the measurement of a peer over its rounds, undefined when there is none or it failed
  const cell = (task, peer) => {
    const rs = cells.get(task + ' ' + peer)?.filter((r) => !r.error);
    if (!rs?.length) return undefined;
    return {
      peer,
      median: median(rs.map((r) => r.median)),
      least: Math.min(...rs.map((r) => r.least)),
      start: median(rs.map((r) => r.runtime + r.load + r.first)),
      parts: ['runtime', 'load', 'first'].map((k) => median(rs.map((r) => r[k]))),
      made: rs[0].made && Object.fromEntries(Object.keys(rs[0].made).map((k) => [k, median(rs.map((r) => r.made[k]))])),
      check: Math.max(...rs.map((r) => r.check ?? NaN)),
      losses: rs[0].losses,
      foreign: median(rs.map((r) => r.foreign ?? 0)),
    };
  };
  return { cells, cell, wrong };
}

export const versionsOf = (records) =>
  [
    ...new Set(
      records
        .filter((r) => r.info && !r.peer.startsWith('wafer'))
        .map((r) => `${r.peer.replace(/ \dt$/, '')} ${r.info.version}`),
    ),
  ].join('; ');
