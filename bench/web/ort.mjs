// A model in ONNX Runtime, whichever package ort is; options of its InferenceSession.
import { compare, file, reference, spec } from './data.mjs';

export async function load(ort, options, { model, batch }) {
  const session = await ort.InferenceSession.create(await file(model, 'model.onnx'), {
    graphOptimizationLevel: 'all',
    freeDimensionOverrides: { batch },
    ...options,
  });
  const s = await spec(model),
    { inputs, want } = await reference(model, s, batch, false);
  const feeds = Object.fromEntries(
    inputs.map((i) => [
      i.name,
      i.dtype === 'f32'
        ? new ort.Tensor('float32', i.data, i.shape)
        : new ort.Tensor('int64', BigInt64Array.from(i.data, BigInt), i.shape),
    ]),
  );
  let last;
  return {
    async step() {
      last = (await session.run(feeds)).output.data;
    },
    check: () => compare(last, want, s, false),
  };
}
