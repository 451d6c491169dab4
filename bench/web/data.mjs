// What the adapters share: the models' files, random numbers, comparison.
export const bytes = async (url) => {
  const r = await fetch(url);
  if (!r.ok) throw new Error(`${url}: ${r.status}`);
  return new Uint8Array(await r.arrayBuffer());
};
export const file = (model, name) => bytes(`/models/${model}/${name}`);
export const spec = async (model) => JSON.parse(new TextDecoder().decode(await file(model, 'spec.json')));

const size = (shape) => shape.reduce((a, b) => a * b, 1);

// Tensors by name: {shape, data}.
export async function weights(model, s) {
  const all = new Float32Array((await file(model, 'weights.bin')).buffer);
  return Object.fromEntries(
    s.tensors.map((t) => [t.name, { shape: t.shape, data: all.subarray(t.offset, t.offset + size(t.shape)) }]),
  );
}

// The reference inputs [{name, dtype, shape, data}], repeated to the batch, channels first or last, and PyTorch's answer.
export async function reference(model, s, batch, channelsLast) {
  const [raw, out] = await Promise.all([file(model, 'in.bin'), file(model, 'out.bin')]);
  let offset = 0;
  const inputs = s.inputs.map(({ name, dtype, shape }) => {
    const n = size(shape);
    let one = dtype === 'f32' ? new Float32Array(raw.buffer, offset, n) : new Int32Array(raw.buffer, offset, n);
    offset += 4 * n;
    shape = [shape[0] * batch, ...shape.slice(1)];
    if (channelsLast && s.kind === 'conv') {
      one = transpose(one, shape[1], shape[2] * shape[3]);
      shape = [shape[0], shape[2], shape[3], shape[1]];
    }
    const data = new one.constructor(n * batch);
    for (let b = 0; b < batch; b++) data.set(one, b * n);
    return { name, dtype, shape, data };
  });
  return { inputs, want: new Float32Array(out.buffer) };
}

// [rows, columns] -> [columns, rows]
function transpose(x, rows, columns) {
  const y = new x.constructor(x.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) y[j * rows + i] = x[i * columns + j];
  return y;
}

// Greatest error of any sample of the batch, as a share of the greatest wanted value. NaN stays NaN.
export function compare(got, want, s, channelsLast) {
  let worst = 0,
    most = 0;
  for (const v of want) most = Math.max(most, Math.abs(v));
  for (let at = 0; at < got.length; at += want.length) {
    let one = got.subarray(at, at + want.length);
    if (channelsLast && s.output.length === 4) one = transpose(one, s.output[2] * s.output[3], s.output[1]);
    for (let i = 0; i < want.length; i++) worst = Math.max(worst, Math.abs(one[i] - want[i]));
  }
  return worst / most;
}

// Mulberry32, 0 ≤ x < 1.
export function random(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) >>> 0;
    let t = Math.imul(seed ^ (seed >>> 15), seed | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
