"""Outputs of the zoo's architectures from PyTorch, for torch_test.go.

Run with Debian's python3-torch (1.13) and keep the output:
    /usr/bin/python3 torch_zoo.py > torch_zoo.json

The networks are written here with torch.nn.functional, with torchvision's layouts (NCHW,
kernels OIHW, dense [out, in], flattened channels first) and in float64. Weights and inputs come from
a formula that torch_test.go has too: element i of weight number k, both in PyTorch's layout.
"""
import json
import math
import numpy as np
import torch
import torch.nn.functional as F

INPUT = 1 << 20  # the number of the input among the weights


def mix(x):
    """lowbias32 (Chris Wellons, "Prospecting for Hash Functions"), on uint32."""
    x = x ^ (x >> np.uint32(16))
    x = x * np.uint32(0x7FEB352D)
    x = x ^ (x >> np.uint32(15))
    x = x * np.uint32(0x846CA68B)
    return x ^ (x >> np.uint32(16))


def bits(k, n):
    return mix(np.arange(n, dtype=np.uint32) + mix(np.array([k], np.uint32)))


def unit(k, n):
    """n numbers in [-1, 1), exact in float32."""
    return (bits(k, n) >> np.uint32(8)).astype(np.float64) / (1 << 23) - 1


def tensor(v, *shape):
    return torch.from_numpy(v.astype(np.float32).astype(np.float64)).reshape(*shape)


class Net:
    """Hands out weights in the order in which layers declare them, and keeps what Go looks at."""

    def __init__(self):
        self.k, self.seen = 0, []

    def take(self, shape, low, high):
        n = math.prod(shape)
        v = (low + high) / 2 + (high - low) / 2 * unit(self.k, n)
        self.k += 1
        return tensor(v, *shape)

    def kernel(self, *shape):
        limit = math.sqrt(6 / math.prod(shape[1:]))
        return self.take(shape, -limit, limit)

    def bias(self, n):
        return self.take([n], -0.1, 0.1)

    def look(self, entry, x):
        """x in Go's layout; some of its values and two sums over all."""
        v = x.detach().reshape(-1)
        at = v[:: max(1, len(v) // 8)]
        self.seen.append({"entry": entry, "shape": list(x.shape[1:]), "values": [float(f"{a:.9g}") for a in at.tolist()],
                          "sum": v.sum().item(), "squares": (v * v).sum().item()})

    def conv(self, x, out, size, stride=1, pad=0, bias=False, groups=1):
        k = self.kernel(out, x.shape[1] // groups, size, size)
        return F.conv2d(x, k, self.bias(out) if bias else None, stride=stride, padding=pad, groups=groups)

    def norm(self, x, eps):
        n = x.shape[1]
        gamma, beta = self.take([n], 0.9, 1.1), self.bias(n)
        mean, var = self.bias(n), self.take([n], 0.5, 1.5)
        return F.batch_norm(x, mean, var, gamma, beta, False, 0, eps)

    def dense(self, x, out):
        return F.linear(x, self.kernel(out, x.shape[-1]), self.bias(out))

    def layer_norm(self, x):
        n = x.shape[-1]
        return F.layer_norm(x, [n], self.take([n], 0.9, 1.1), self.bias(n), 1e-12)


def nhwc(x):
    return x.permute(0, 2, 3, 1)


def picture(height, width):
    return tensor(unit(INPUT, 3 * height * width), 1, 3, height, width)


def same(x, size, stride):
    """Keras' padding="same": the odd zero below and to the right."""
    pads = []
    for n in (x.shape[3], x.shape[2]):
        total = max((-(-n // stride) - 1) * stride + size - n, 0)
        pads += [total // 2, total - total // 2]
    return F.pad(x, pads)


def vgg16(net, o):
    x = picture(o["height"], o["width"])
    for n, filters in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)):
        for _ in range(n):
            x = F.relu(net.conv(x, filters, 3, pad=1, bias=True))
        x = F.max_pool2d(x, 2)
    net.look("block5_pool", nhwc(x))
    x = F.relu(net.dense(x.flatten(1), 4096))
    net.look("fc1", x)
    x = F.relu(net.dense(x, 4096))
    net.look("predictions", F.softmax(net.dense(x, o["classes"]), -1))


def resnet18(net, o):
    x = picture(o["height"], o["width"])
    x = F.relu(net.norm(net.conv(x, 64, 7, 2, 3), 1e-5))
    x = F.max_pool2d(x, 3, 2, 1)
    net.look("maxpool", nhwc(x))
    for filters, stride in ((64, 1), (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1)):
        y = F.relu(net.norm(net.conv(x, filters, 3, stride, 1), 1e-5))
        y = net.norm(net.conv(y, filters, 3, 1, 1), 1e-5)
        if stride > 1:
            x = net.norm(net.conv(x, filters, 1, stride), 1e-5)
        x = F.relu(y + x)
    net.look("layer4.1.relu2", nhwc(x))
    net.look("fc", F.softmax(net.dense(x.mean((2, 3)), o["classes"]), -1))


def mobilenet_v1(net, o):
    n = lambda filters: int(filters * o["alpha"])
    x = picture(o["height"], o["width"])
    x = F.relu6(net.norm(net.conv(same(x, 3, 2), n(32), 3, 2), 1e-3))
    for filters, stride in ((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1)):
        c = x.shape[1]
        x = F.relu6(net.norm(net.conv(same(x, 3, stride), c, 3, stride, groups=c), 1e-3))
        x = F.relu6(net.norm(net.conv(x, n(filters), 1), 1e-3))
    net.look("conv_pw_13_relu", nhwc(x))
    net.look("conv_preds", F.softmax(net.dense(x.mean((2, 3)), o["classes"]), -1))


def mobilenet_v2(net, o):
    x = picture(o["height"], o["width"])
    x = F.relu6(net.norm(net.conv(same(x, 3, 2), 32, 3, 2), 1e-3))
    for expansion, filters, blocks, stride in (
            (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)):
        for i in range(blocks):
            s = stride if i == 0 else 1
            y, c = x, x.shape[1] * expansion
            if expansion > 1:
                y = F.relu6(net.norm(net.conv(y, c, 1), 1e-3))
            y = F.relu6(net.norm(net.conv(same(y, 3, s), c, 3, s, groups=c), 1e-3))
            y = net.norm(net.conv(y, filters, 1), 1e-3)
            x = x + y if i > 0 else y
    net.look("block_16_project_BN", nhwc(x))
    x = F.relu6(net.norm(net.conv(x, 1280, 1), 1e-3))
    net.look("predictions", F.softmax(net.dense(x.mean((2, 3)), o["classes"]), -1))


def encoder(net, o, layers, d, heads, ff):
    """torch.nn.TransformerEncoderLayer is BERT's block. The last four tokens are padding."""
    length = o["length"]
    ids = torch.from_numpy((bits(INPUT, length) % np.uint32(o["words"] - 1)).astype(np.int64) + 1).reshape(1, length)
    ids[:, -4:] = 0
    words, positions, segments = (net.take([n, d], -0.5, 0.5) for n in (o["words"], o["positions"], 2))
    x = net.layer_norm(words[ids] + segments[0] + positions[:length])
    for _ in range(layers):
        block = torch.nn.TransformerEncoderLayer(d, heads, ff, dropout=0, activation="gelu", layer_norm_eps=1e-12, batch_first=True).double()
        parts = [(net.kernel(d, d), net.bias(d)) for _ in range(3)]
        state = {"self_attn.in_proj_weight": torch.cat([k for k, _ in parts]), "self_attn.in_proj_bias": torch.cat([b for _, b in parts])}
        state |= {"self_attn.out_proj.weight": net.kernel(d, d), "self_attn.out_proj.bias": net.bias(d)}
        state |= {"norm1.weight": net.take([d], 0.9, 1.1), "norm1.bias": net.bias(d)}
        state |= {"linear1.weight": net.kernel(ff, d), "linear1.bias": net.bias(ff)}
        state |= {"linear2.weight": net.kernel(d, ff), "linear2.bias": net.bias(d)}
        state |= {"norm2.weight": net.take([d], 0.9, 1.1), "norm2.bias": net.bias(d)}
        block.load_state_dict(state)
        x = block(x, src_key_padding_mask=ids == 0)
    net.look(f"layer.{layers - 1}.output.norm", x)
    return x, ids


def bert_tiny(net, o):
    x, _ = encoder(net, o, 2, 128, 2, 512)
    net.look("classifier", F.softmax(net.dense(torch.tanh(net.dense(x[:, 0], 128)), o["classes"]), -1))


def minilm_l6(net, o):
    x, ids = encoder(net, o, 6, 384, 12, 1536)
    net.look("classifier", F.softmax(net.dense(x[:, : int((ids > 0).sum())].mean(1), o["classes"]), -1))


cases = []
for build, options in (
        (vgg16, {"height": 32, "width": 64, "classes": 10}),
        (resnet18, {"height": 64, "width": 96, "classes": 10}),
        (mobilenet_v1, {"height": 64, "width": 96, "alpha": 0.25, "classes": 10}),
        (mobilenet_v2, {"height": 64, "width": 96, "classes": 10}),
        (bert_tiny, {"words": 50, "length": 20, "positions": 32, "classes": 3}),
        (minilm_l6, {"words": 50, "length": 20, "positions": 32, "classes": 3})):
    net = Net()
    build(net, options)
    cases.append({"zoo": build.__name__, "options": options, "weights": net.k, "seen": net.seen})
print("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]")
