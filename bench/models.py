#!/usr/bin/python3
"""Makes the benchmark's models with random weights: models.py [NAME...], all by default; one that is there stays.

  models/NAME/model.onnx       for ONNX Runtime
  models/NAME/spec.json        operations and table of tensors  } for everybody else:
  models/NAME/weights.bin      float32, little endian           } channels last, kernels HWIO, dense [in, out]
  models/NAME/in.bin out.bin   an input (channels first) and PyTorch's answer, batch 1
"""
import json
import os
import sys
import warnings

import torch
import torch.nn as nn

import nets

warnings.filterwarnings("ignore")  # of the exporter, about LSTM batches and traced shapes
OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "models")


def conv_net(ops, chw):
    net = nets.ConvNet(ops, chw)
    tensors = []
    for i, o in enumerate(ops):
        if o["op"] not in ("conv", "dense"):
            continue
        m = net.mods[str(i)]
        if o["op"] == "conv":
            w = m.weight.permute(2, 3, 0, 1) if o["dw"] else m.weight.permute(2, 3, 1, 0)
        else:
            w = m.weight.t()
            if ops[i - 1]["op"] == "flatten":  # rows in the order H, W, C
                w = w.reshape(*ops[i - 1]["chw"], -1).permute(1, 2, 0, 3).reshape(w.shape)
        tensors += [(f"{i}.w", w), (f"{i}.b", m.bias)]
    return net, [("input", torch.randn(1, *chw))], tensors, dict(kind="conv", ops=ops, chw=chw)


def text_lstm():
    m = nets.TextLSTM()
    tensors = [("emb", m.emb.weight), ("w", m.lstm.weight_ih_l0.t()), ("u", m.lstm.weight_hh_l0.t()), ("b", m.lstm.bias_ih_l0),
               ("ow", m.out.weight.t()), ("ob", m.out.bias)]
    return m, [("input", torch.randint(0, m.words, (1, m.length)))], tensors, dict(kind="lstm")


def bert(layers, d, heads):
    m = nets.Bert(layers, d, heads)
    tensors = [("tok", m.tok.weight), ("pos", m.pos.weight), ("typ", m.typ.weight), ("ln.g", m.ln.weight), ("ln.b", m.ln.bias)]
    for i, layer in enumerate(m.layers):
        for n in ("q", "k", "v", "o", "f1", "f2"):
            tensors += [(f"{i}.{n}.w", getattr(layer, n).weight.t()), (f"{i}.{n}.b", getattr(layer, n).bias)]
        for n in ("ln1", "ln2"):
            tensors += [(f"{i}.{n}.g", getattr(layer, n).weight), (f"{i}.{n}.b", getattr(layer, n).bias)]
    ids = torch.randint(0, m.vocab, (1, m.cfg["T"]))
    inputs = [("input_ids", ids), ("attention_mask", torch.ones_like(ids)), ("token_type_ids", torch.zeros_like(ids))]
    return m, inputs, tensors, dict(kind="bert", cfg=m.cfg)


def matmul():
    m = nets.MatMul()
    return m, [("input", torch.randn(512, 512))], [("w", m.w)], dict(kind="matmul")


def tiny():
    """Starts a runtime that compiles itself with its first model."""
    return nn.ReLU(), [("input", torch.zeros(1, 1))], [], dict(kind="tiny")


MODELS = {
    "tiny": tiny,
    "smallcnn": lambda: conv_net(nets.smallcnn(), [1, 28, 28]),
    "mobilenetv2": lambda: conv_net(nets.mobilenetv2(), [3, 224, 224]),
    "mobilenetv1_025": lambda: conv_net(nets.mobilenetv1_025(), [3, 224, 224]),
    "resnet18": lambda: conv_net(nets.resnet18(), [3, 224, 224]),
    "vgg16_notop": lambda: conv_net(nets.vgg16_notop(), [3, 224, 224]),
    "textlstm": text_lstm,
    "bert_tiny": lambda: bert(2, 128, 2),
    "minilm_l6": lambda: bert(6, 384, 12),
    "matmul512": matmul,
}


def save(name, net, inputs, tensors, spec):
    folder = os.path.join(OUT, name)
    os.makedirs(folder, exist_ok=True)
    path = lambda f: os.path.join(folder, f)
    names, values = [n for n, _ in inputs], tuple(v for _, v in inputs)
    net.eval()
    with torch.no_grad():
        y = net(*values)
    axes = {n: {0: "batch"} for n in names + ["output"]} if spec["kind"] != "matmul" else None
    torch.onnx.export(net, values, path("model.onnx"), input_names=names, output_names=["output"], dynamic_axes=axes, opset_version=14)
    table, offset = [], 0
    with open(path("weights.bin"), "wb") as f:
        for n, t in tensors:
            f.write(t.detach().contiguous().numpy().astype("<f4").tobytes())
            table.append(dict(name=n, shape=list(t.shape), offset=offset))  # in elements
            offset += t.numel()
    kinds = {torch.float32: ("f32", "<f4"), torch.int64: ("i32", "<i4")}
    with open(path("in.bin"), "wb") as f:
        for v in values:
            f.write(v.numpy().astype(kinds[v.dtype][1]).tobytes())
    y.numpy().astype("<f4").tofile(path("out.bin"))
    spec.update(name=name, flops=int(getattr(net, "flops", 0)), tensors=table, output=list(y.shape),
                inputs=[dict(name=n, shape=list(v.shape), dtype=kinds[v.dtype][0]) for n, v in inputs])
    with open(path("spec.json"), "w") as f:  # last: it says that the model is complete
        json.dump(spec, f)
    print(f"{name:16s} {offset / 1e6:7.2f} M weights {spec['flops'] / 1e9:8.4f} GFLOP", flush=True)


if __name__ == "__main__":
    for name in sys.argv[1:] or MODELS:
        if name not in MODELS:
            sys.exit(f"models.py: no model {name!r}; there are {', '.join(MODELS)}")
        if not os.path.exists(os.path.join(OUT, name, "spec.json")):
            torch.manual_seed(1)
            save(name, *MODELS[name]())
