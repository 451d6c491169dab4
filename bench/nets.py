"""The benchmark's networks in PyTorch, shared by models.py and torch_steps.py.

A convolutional network is a list of operations, which also goes into its spec.json, so that every
runtime builds the same function. Shapes in a list are [C, H, W], without the batch.
"""
import math
import re
import sys

import torch
import torch.nn as nn
import torch.nn.functional as F


def blas():
    """The library that PyTorch multiplies matrices with; None for the reference BLAS, which Debian's PyTorch gets
    where nothing better is installed and which is a hundred times slower."""
    built = re.search(r"BLAS_INFO=(\w+)", torch.__config__.show())
    if built and built[1] != "generic":
        return built[1]
    loaded = open("/proc/self/maps").read() if sys.platform == "linux" else ""
    return next((name for name in ("openblas", "libmkl", "blis") if name in loaded), None)


class Ops(list):
    """Operations in order; src holds the positions of the operands, -1 for the input."""

    def add(self, op, src=None, **args):
        src = [len(self) - 1] if src is None else src
        self.append(dict(op=op, src=src, **args))
        return len(self) - 1

    def conv(self, cout, k=3, s=1, p=None, act="none", dw=False, src=None):
        return self.add("conv", src, cout=cout, k=k, s=s, p=k // 2 if p is None else p, act=act, dw=dw)

    def classifier(self, n=1000):
        self.add("gap")
        self.add("dense", n=n, act="none")
        return self


def mobilenetv2(classes=1000):
    """Sandler et al. 2018, width 1.0, batch normalisation folded into the convolutions."""
    o, cin = Ops(), 32
    o.conv(32, 3, 2, act="relu6")
    for t, c, n, stride in [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]:
        for i in range(n):
            entry, s = len(o) - 1, stride if i == 0 else 1
            if t != 1:
                o.conv(cin * t, 1, act="relu6")
            o.conv(cin * t, 3, s, act="relu6", dw=True)
            out = o.conv(c, 1)
            if s == 1 and cin == c:
                o.add("add", [entry, out], act="none")
            cin = c
    o.conv(1280, 1, act="relu6")
    return o.classifier(classes)


def mobilenetv1_025():
    """Howard et al. 2017, width 0.25."""
    o, cin = Ops(), 8
    o.conv(8, 3, 2, act="relu6")
    for c, s in [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)] + [(512, 1)] * 5 + [(1024, 2), (1024, 1)]:
        o.conv(cin, 3, s, act="relu6", dw=True)
        o.conv(c // 4, 1, act="relu6")
        cin = c // 4
    return o.classifier()


def resnet18():
    """He et al. 2015, batch normalisation folded."""
    o, cin = Ops(), 64
    o.conv(64, 7, 2, act="relu")
    o.add("maxpool", k=3, s=2, p=1)
    for c, s in [(64, 1), (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1)]:
        entry = len(o) - 1
        o.conv(c, 3, s, act="relu")
        out = o.conv(c, 3)
        if s != 1 or cin != c:
            entry = o.conv(c, 1, s, src=[entry])
        o.add("add", [entry, out], act="relu")
        cin = c
    return o.classifier()


def vgg16_notop():
    """Simonyan, Zisserman 2014, the convolutional part."""
    o = Ops()
    for c, n in [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)]:
        for _ in range(n):
            o.conv(c, 3, act="relu")
        o.add("maxpool", k=2, s=2, p=0)
    return o


def smallcnn(last="softmax"):
    """Keras' example for MNIST, wider in its first dense layer."""
    o = Ops()
    for c in (32, 64):
        o.conv(c, 3, p=0, act="relu")
        o.add("maxpool", k=2, s=2, p=0)
    o.add("flatten")
    o.add("dense", n=128, act="relu")
    o.add("dense", n=10, act=last)
    return o


ACTIVATIONS = {"none": lambda x: x, "relu": F.relu, "relu6": F.relu6, "softmax": lambda x: F.softmax(x, -1)}


class ConvNet(nn.Module):
    """An Ops list as a module. With norm, every convolution is followed by batch normalisation instead of a bias.
    Fills in the shape of every op and, for flatten, the shape before it (chw)."""

    def __init__(self, ops, chw, norm=False):
        super().__init__()
        self.ops, self.chw, self.flops = ops, chw, 0
        self.mods, self.norms = nn.ModuleDict(), nn.ModuleDict()
        shapes = {-1: chw}
        for i, o in enumerate(ops):
            shapes[i] = o["shape"] = self.build(str(i), o, shapes[o["src"][0]], norm)

    def build(self, name, o, shape, norm):
        side = lambda n: (n + 2 * o["p"] - o["k"]) // o["s"] + 1
        if o["op"] == "conv":
            groups = shape[0] if o["dw"] else 1
            m = nn.Conv2d(shape[0], o["cout"], o["k"], o["s"], o["p"], groups=groups, bias=not norm)
            nn.init.kaiming_normal_(m.weight, nonlinearity="relu")
            if norm:
                self.norms[name] = nn.BatchNorm2d(o["cout"])
            else:
                nn.init.uniform_(m.bias, -0.1, 0.1)
            self.mods[name] = m
            out = [o["cout"], side(shape[1]), side(shape[2])]
            self.flops += 2 * math.prod(out) * o["k"] ** 2 * (shape[0] // groups)
            return out
        if o["op"] == "maxpool":
            return [shape[0], side(shape[1]), side(shape[2])]
        if o["op"] == "gap":
            return [shape[0]]
        if o["op"] == "flatten":
            o["chw"] = shape
            return [math.prod(shape)]
        if o["op"] == "dense":
            self.mods[name] = m = nn.Linear(shape[0], o["n"])
            nn.init.kaiming_normal_(m.weight, nonlinearity="relu")
            self.flops += 2 * shape[0] * o["n"]
            return [o["n"]]
        return shape  # add

    def forward(self, x):
        values = {-1: x}
        for i, o in enumerate(self.ops):
            a = values[o["src"][0]]
            if o["op"] in ("conv", "dense"):
                a = self.mods[str(i)](a)
                if str(i) in self.norms:
                    a = self.norms[str(i)](a)
                a = ACTIVATIONS[o["act"]](a)
            elif o["op"] == "maxpool":
                a = F.max_pool2d(a, o["k"], o["s"], o["p"])
            elif o["op"] == "gap":
                a = torch.flatten(F.adaptive_avg_pool2d(a, 1), 1)
            elif o["op"] == "flatten":
                a = torch.flatten(a, 1)
            else:
                a = ACTIVATIONS[o["act"]](a + values[o["src"][1]])
            values[i] = a
        return values[len(self.ops) - 1]


class TextLSTM(nn.Module):
    """The seed's text model in Keras: Embedding(10000, 128), LSTM(64), Dense(1, sigmoid), on 100 words."""
    words, length = 10000, 100

    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(self.words, 128)
        nn.init.uniform_(self.emb.weight, -0.05, 0.05)
        self.lstm = nn.LSTM(128, 64, batch_first=True)
        nn.init.zeros_(self.lstm.bias_hh_l0)  # Keras has one bias
        self.out = nn.Linear(64, 1)
        self.flops = self.length * 2 * 4 * 64 * (128 + 64) + 128

    def forward(self, ids):
        h, _ = self.lstm(self.emb(ids))
        return torch.sigmoid(self.out(h[:, -1, :]))


class BertLayer(nn.Module):
    def __init__(self, d, heads, ff):
        super().__init__()
        self.heads = heads
        self.q, self.k, self.v, self.o = (nn.Linear(d, d) for _ in range(4))
        self.ln1, self.ln2 = nn.LayerNorm(d, eps=1e-12), nn.LayerNorm(d, eps=1e-12)
        self.f1, self.f2 = nn.Linear(d, ff), nn.Linear(ff, d)

    def forward(self, x, bias):
        b, t, d = x.shape
        split = lambda y: y.view(b, t, self.heads, d // self.heads).permute(0, 2, 1, 3)
        q, k, v = split(self.q(x)), split(self.k(x)), split(self.v(x))
        s = F.softmax(torch.matmul(q, k.transpose(-1, -2)) / math.sqrt(d // self.heads) + bias, -1)
        x = self.ln1(x + self.o(torch.matmul(s, v).permute(0, 2, 1, 3).reshape(b, t, d)))
        return self.ln2(x + self.f2(F.gelu(self.f1(x))))


class Bert(nn.Module):
    """Devlin et al. 2018, the encoder alone."""
    vocab = 30522

    def __init__(self, layers, d, heads, length=128):
        super().__init__()
        self.cfg = dict(layers=layers, d=d, heads=heads, T=length)
        self.tok, self.pos, self.typ = nn.Embedding(self.vocab, d), nn.Embedding(512, d), nn.Embedding(2, d)
        self.ln = nn.LayerNorm(d, eps=1e-12)
        self.layers = nn.ModuleList(BertLayer(d, heads, 4 * d) for _ in range(layers))
        for m in self.modules():
            if isinstance(m, (nn.Linear, nn.Embedding)):
                nn.init.normal_(m.weight, std=0.05)
        self.flops = layers * (2 * length * d * d * 12 + 4 * length * length * d)

    def forward(self, ids, mask, types):
        x = self.ln(self.tok(ids) + self.typ(types) + self.pos(torch.arange(ids.shape[1])[None]))
        bias = (1.0 - mask[:, None, None, :].float()) * -10000.0
        for layer in self.layers:
            x = layer(x, bias)
        return x


class MatMul(nn.Module):
    def __init__(self, n=512):
        super().__init__()
        self.w = nn.Parameter(torch.randn(n, n) / math.sqrt(n))
        self.flops = 2 * n**3

    def forward(self, x):
        return torch.matmul(x, self.w)
