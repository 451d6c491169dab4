"""Outputs and gradients of every layer from PyTorch, for torch_test.go.

Run with Debian's python3-torch (1.13) and keep the output:
    /usr/bin/python3 torch_layers.py > torch_layers.json

Each case has an input, weights in Keras' layout, the output y, and the gradients of
sum(y * r) for a fixed random r. It draws from a stream of its own, so that cases may be added,
changed and moved without touching the others.
"""
import hashlib
import json
import torch
import torch.nn.functional as F

cases = []


def stream(name):
    """Begins the random stream of a case; its arguments are drawn behind it."""
    torch.manual_seed(int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big"))
    return name


def rand(*shape):
    return torch.randn(*shape, dtype=torch.float64).float().double()


def case(name, x, weights, forward):
    """forward(x, weights) -> y; weights are a dict of tensors in Keras' layout."""
    leaf = {k: v.clone().requires_grad_() for k, v in weights.items()}
    floating = x.dtype == torch.float64
    xin = x.clone().requires_grad_() if floating else x
    y = forward(xin, leaf)
    r = rand(*y.shape)
    (y * r).sum().backward()
    dump = lambda t: {"shape": list(t.shape), "data": [float(f"{v:.9g}") for v in t.detach().reshape(-1).tolist()]}
    cases.append({
        "name": name, "x": dump(x), "int": not floating, "r": dump(r), "y": dump(y),
        "weights": {k: dump(v) for k, v in weights.items()},
        "grads": {**{k: dump(v.grad) for k, v in leaf.items()}, **({"x": dump(xin.grad)} if floating else {})},
    })


def nchw(x):
    return x.permute(0, 3, 1, 2)


def nhwc(x):
    return x.permute(0, 2, 3, 1)


def same(x, k, s):
    """Keras' padding="same" on an NCHW tensor: the odd zero below and to the right."""
    pads = []
    for n in (x.shape[3], x.shape[2]):
        total = max((-(-n // s) - 1) * s + k - n, 0)
        pads += [total // 2, total - total // 2]
    return F.pad(x, pads)


def conv(x, k, b, s=1, pad="valid", d=1):
    x = nchw(x)
    if pad == "same":
        x = same(x, (k.shape[0] - 1) * d + 1, s)
    return nhwc(F.conv2d(x, k.permute(3, 2, 0, 1), b, stride=s, dilation=d))


def depthwise(x, k, b=None, s=1):
    kh, kw, c, m = k.shape
    w = k.permute(2, 3, 0, 1).reshape(c * m, 1, kh, kw)
    return nhwc(F.conv2d(same(nchw(x), kh, s), w, b, stride=s, groups=c))


activations = {
    "relu": torch.relu, "relu6": F.relu6, "leaky_relu": lambda x: F.leaky_relu(x, 0.2), "elu": F.elu, "gelu": F.gelu,
    "silu": F.silu, "sigmoid": torch.sigmoid, "tanh": torch.tanh, "softmax": lambda x: F.softmax(x, -1),
    "linear": lambda x: x, "hard_sigmoid": F.hardsigmoid, "softplus": F.softplus, "softsign": F.softsign, "selu": F.selu,
    "exponential": torch.exp, "log_softmax": lambda x: F.log_softmax(x, -1), "hard_silu": F.hardswish, "mish": F.mish,
    "hard_sigmoid_keras2": lambda x: (0.2 * x + 0.5).clamp(0, 1),
}
for name, f in activations.items():
    case(stream("activation " + name), rand(4, 9) * 3, {}, lambda x, w: f(x))

case(stream("dense"), rand(3, 5), {"dense/kernel": rand(5, 4), "dense/bias": rand(4)},
     lambda x, w: torch.tanh(x @ w["dense/kernel"] + w["dense/bias"]))
case(stream("dense on sequences"), rand(2, 3, 5), {"dense/kernel": rand(5, 4), "dense/bias": rand(4)},
     lambda x, w: x @ w["dense/kernel"] + w["dense/bias"])
case(stream("conv2d valid"), rand(2, 6, 5, 3), {"conv2d/kernel": rand(3, 3, 3, 4), "conv2d/bias": rand(4)},
     lambda x, w: conv(x, w["conv2d/kernel"], w["conv2d/bias"]))
case(stream("conv2d same stride 2"), rand(2, 6, 7, 3), {"conv2d/kernel": rand(3, 3, 3, 4), "conv2d/bias": rand(4)},
     lambda x, w: conv(x, w["conv2d/kernel"], w["conv2d/bias"], 2, "same"))
case(stream("conv2d dilation 2"), rand(1, 8, 7, 2), {"conv2d/kernel": rand(3, 3, 2, 3), "conv2d/bias": rand(3)},
     lambda x, w: conv(x, w["conv2d/kernel"], w["conv2d/bias"], 1, "same", 2))
case(stream("depthwise"), rand(2, 5, 6, 3), {"depthwise_conv2d/kernel": rand(3, 3, 3, 1), "depthwise_conv2d/bias": rand(3)},
     lambda x, w: depthwise(x, w["depthwise_conv2d/kernel"], w["depthwise_conv2d/bias"]))
case(stream("depthwise stride 2 multiplier 2"), rand(2, 5, 6, 3),
     {"depthwise_conv2d/kernel": rand(3, 3, 3, 2), "depthwise_conv2d/bias": rand(6)},
     lambda x, w: depthwise(x, w["depthwise_conv2d/kernel"], w["depthwise_conv2d/bias"], 2))
case(stream("separable"), rand(2, 5, 5, 3),
     {"separable_conv2d/depthwise_kernel": rand(3, 3, 3, 1), "separable_conv2d/pointwise_kernel": rand(1, 1, 3, 4), "separable_conv2d/bias": rand(4)},
     lambda x, w: conv(depthwise(x, w["separable_conv2d/depthwise_kernel"]), w["separable_conv2d/pointwise_kernel"], w["separable_conv2d/bias"]))
case(stream("max pooling"), rand(2, 6, 5, 3), {}, lambda x, w: nhwc(F.max_pool2d(nchw(x), 2)))
case(stream("average pooling"), rand(2, 6, 5, 3), {}, lambda x, w: nhwc(F.avg_pool2d(nchw(x), 2)))
case(stream("average pooling same"), rand(1, 5, 5, 2), {},
     lambda x, w: nhwc(F.avg_pool2d(nchw(x), 3, stride=2, padding=1, count_include_pad=False)))
case(stream("global average 2d"), rand(2, 3, 4, 5), {}, lambda x, w: x.mean((1, 2)))
case(stream("global max 2d"), rand(2, 3, 4, 5), {}, lambda x, w: x.amax((1, 2)))
case(stream("global average 1d"), rand(2, 4, 5), {}, lambda x, w: x.mean(1))
case(stream("global max 1d"), rand(2, 4, 5), {}, lambda x, w: x.amax(1))
case(stream("batch normalization training"), rand(4, 3, 3, 5) * 2 + 1, {"batch_normalization/gamma": rand(5), "batch_normalization/beta": rand(5)},
     lambda x, w: nhwc(F.batch_norm(nchw(x), None, None, w["batch_normalization/gamma"], w["batch_normalization/beta"], True, 0, 1e-3)))
case(stream("layer normalization"), rand(3, 4, 7) * 2 + 1, {"layer_normalization/gamma": rand(7), "layer_normalization/beta": rand(7)},
     lambda x, w: F.layer_norm(x, [7], w["layer_normalization/gamma"], w["layer_normalization/beta"], 1e-3))
case(stream("embedding"), torch.randint(0, 6, (2, 5)), {"embedding/embeddings": rand(6, 3)}, lambda x, w: F.embedding(x, w["embedding/embeddings"]))


def conv1d(x, k, b, s=1, left=0, right=0):
    return F.conv1d(F.pad(x.permute(0, 2, 1), [left, right]), k.permute(2, 1, 0), b, stride=s).permute(0, 2, 1)


for pad, (left, right) in {"valid": (0, 0), "same": (1, 1), "causal": (2, 0)}.items():
    case(stream("conv1d " + pad), rand(2, 7, 3), {"conv1d/kernel": rand(3, 3, 4), "conv1d/bias": rand(4)},
         lambda x, w: conv1d(x, w["conv1d/kernel"], w["conv1d/bias"], 1, left, right))


def run(kernel, x, hidden, units, w, u, b1, b2):
    """torch.lstm or torch.gru, the functions behind torch.nn.LSTM and GRU."""
    zeros = torch.zeros(1, x.shape[0], units, dtype=x.dtype)
    hx = (zeros, zeros) if hidden == 2 else zeros
    return kernel(x, hx, [w.t(), u.t(), b1, b2], True, 1, 0.0, False, False, True)[0]


def torch_lstm(x, w, p):
    """The gate order is Keras'."""
    u, b = w[p + "recurrent_kernel"], w[p + "bias"]
    return run(torch.lstm, x, 2, u.shape[0], w[p + "kernel"], u, b, torch.zeros_like(b))


def torch_gru(x, w, p):
    """PyTorch has gates r, z, n where Keras has z, r, n."""
    u, b = w[p + "recurrent_kernel"], w[p + "bias"]
    n = u.shape[0]
    swap = lambda t: torch.cat([t[..., n:2 * n], t[..., :n], t[..., 2 * n:]], -1)
    return run(torch.gru, x, 1, n, swap(w[p + "kernel"]), swap(u), swap(b[0]), swap(b[1]))


def lstm_weights(p, n, h):
    return {p + "kernel": rand(n, 4 * h), p + "recurrent_kernel": rand(h, 4 * h), p + "bias": rand(4 * h)}


def gru_weights(p, n, h):
    return {p + "kernel": rand(n, 3 * h), p + "recurrent_kernel": rand(h, 3 * h), p + "bias": rand(2, 3 * h)}


case(stream("lstm"), rand(2, 5, 3), lstm_weights("lstm/", 3, 4), lambda x, w: torch_lstm(x, w, "lstm/")[:, -1])
case(stream("lstm sequences"), rand(2, 5, 3), lstm_weights("lstm/", 3, 4), lambda x, w: torch_lstm(x, w, "lstm/"))
case(stream("gru"), rand(2, 5, 3), gru_weights("gru/", 3, 4), lambda x, w: torch_gru(x, w, "gru/")[:, -1])
case(stream("gru sequences"), rand(2, 5, 3), gru_weights("gru/", 3, 4), lambda x, w: torch_gru(x, w, "gru/"))
case(stream("bidirectional lstm"), rand(2, 5, 3), {**lstm_weights("bidirectional/forward_lstm/", 3, 4), **lstm_weights("bidirectional/backward_lstm/", 3, 4)}, lambda x, w: torch.cat(
    [torch_lstm(x, w, "bidirectional/forward_lstm/"), torch_lstm(x.flip(1), w, "bidirectional/backward_lstm/").flip(1)], -1))
case(stream("bidirectional gru"), rand(2, 5, 3), {**gru_weights("bidirectional/forward_gru/", 3, 4), **gru_weights("bidirectional/backward_gru/", 3, 4)}, lambda x, w: torch.cat(
    [torch_gru(x, w, "bidirectional/forward_gru/")[:, -1], torch_gru(x.flip(1), w, "bidirectional/backward_gru/")[:, -1]], -1))
case(stream("zero padding"), rand(1, 3, 3, 2), {}, lambda x, w: nhwc(F.pad(nchw(x), [1, 1, 1, 1])))
case(stream("flatten"), rand(2, 3, 4, 2), {}, lambda x, w: torch.flatten(x, 1))
case(stream("reshape"), rand(2, 3, 4, 2), {}, lambda x, w: x.reshape(2, 6, 4))
case(stream("add"), rand(2, 3, 4), {}, lambda x, w: x + x.flip(1))
case(stream("concatenate"), rand(2, 3, 4), {}, lambda x, w: torch.cat([x, x.flip(1)], -1))
case(stream("concatenate along time"), rand(2, 3, 4), {}, lambda x, w: torch.cat([x, x.flip(1)], 1))
case(stream("rescaling"), rand(2, 3), {}, lambda x, w: x * 0.5 + 2)
case(stream("relu layer"), rand(4, 9) * 3, {}, lambda x, w: torch.relu(x))
case(stream("relu layer of max value 6"), rand(4, 9) * 5, {}, lambda x, w: F.relu6(x))
case(stream("relu layer of max value 2 and slope"), rand(4, 9) * 3, {}, lambda x, w: F.leaky_relu(x, 0.1).clamp(max=2))
case(stream("relu layer of threshold"), rand(4, 9) * 3, {}, lambda x, w: torch.where(x < 1, (x - 1) * 0.5, x).clamp(max=3))
case(stream("cropping 1d"), rand(2, 6, 3), {}, lambda x, w: x[:, 1:4])
case(stream("position embedding"), rand(2, 4, 3), {"position_embedding/embeddings": rand(7, 3)},
     lambda x, w: F.embedding(torch.arange(4).expand(2, 4), w["position_embedding/embeddings"]) + 0 * x)
case(stream("segment embedding"), rand(2, 4, 3), {"segment_embedding/embeddings": rand(2, 3)},
     lambda x, w: F.embedding(torch.zeros(2, 4, dtype=torch.long), w["segment_embedding/embeddings"]) + 0 * x)
case(stream("layer normalization of epsilon 1e-12"), rand(3, 4, 7) * 2 + 1, {"layer_normalization/gamma": rand(7), "layer_normalization/beta": rand(7)},
     lambda x, w: F.layer_norm(x, [7], w["layer_normalization/gamma"], w["layer_normalization/beta"], 1e-12))


def attention_weights(d, heads, n, out, bias):
    p = "multi_head_attention/"
    w = {}
    for part, width in {"query": n, "key": n, "value": out}.items():
        w[p + part + "/kernel"] = rand(d, heads, width) / 2
        if bias:
            w[p + part + "/bias"] = rand(heads, width)
    w[p + "attention_output/kernel"] = rand(heads, out, d) / 2
    if bias:
        w[p + "attention_output/bias"] = rand(d)
    return w


def torch_attention(x, w, heads):
    """The function behind torch.nn.MultiheadAttention, which wants [time, batch, d] and kernels transposed."""
    d = x.shape[2]
    w = {k.removeprefix("multi_head_attention/"): v for k, v in w.items()}
    parts = ["query", "key", "value"]
    kernel = torch.cat([w[p + "/kernel"].reshape(d, d).t() for p in parts])
    bias = torch.cat([w[p + "/bias"].reshape(d) for p in parts])
    x = x.transpose(0, 1)
    return F.multi_head_attention_forward(
        x, x, x, d, heads, kernel, bias, None, None, False, 0.0, w["attention_output/kernel"].reshape(d, d).t(),
        w["attention_output/bias"], need_weights=False)[0].transpose(0, 1)


def einsum_attention(query, x, w):
    """For sizes that torch.nn.MultiheadAttention does not have: Keras' own equations."""
    w = {k.removeprefix("multi_head_attention/"): v for k, v in w.items()}
    q, k, v = (torch.einsum("btd,dhn->bthn", s, w[p + "/kernel"]) for s, p in ((query, "query"), (x, "key"), (x, "value")))
    shares = F.softmax(torch.einsum("bthn,bshn->bhts", q / q.shape[-1] ** 0.5, k), -1)
    return torch.einsum("bthn,hnd->btd", torch.einsum("bhts,bshn->bthn", shares, v), w["attention_output/kernel"])


case(stream("self-attention"), rand(2, 5, 6), attention_weights(6, 2, 3, 3, True), lambda x, w: torch_attention(x, w, 2))
case(stream("cross-attention"), rand(2, 5, 6), attention_weights(6, 3, 4, 2, False), lambda x, w: einsum_attention(x[:, 1:4], x, w))
case(stream("self-attention to another width"), rand(2, 5, 6), {**attention_weights(6, 2, 3, 3, False),
     "multi_head_attention/attention_output/kernel": rand(2, 3, 4) / 2}, lambda x, w: einsum_attention(x, x, w))
case(stream("unit normalization"), rand(2, 3, 4), {}, lambda x, w: F.normalize(x, dim=-1, eps=1e-6))

case(stream("leaky relu layer"), rand(4, 9), {}, lambda x, w: F.leaky_relu(x, 0.3))
case(stream("elu layer"), rand(4, 9), {}, lambda x, w: F.elu(x, 0.5))
case(stream("thresholded relu"), rand(4, 9) * 2, {}, lambda x, w: F.threshold(x, 1, 0))
case(stream("prelu"), rand(2, 3, 4, 5), {"p_re_lu/alpha": rand(1, 1, 5)},
     lambda x, w: nhwc(F.prelu(nchw(x), w["p_re_lu/alpha"].reshape(5))))
case(stream("softmax layer along axis 1"), rand(2, 4, 3), {}, lambda x, w: F.softmax(x, 1))
case(stream("masking"), rand(2, 4, 3) * torch.tensor([1, 0, 1, 1]).reshape(1, 4, 1), {}, lambda x, w: x * (x != 0))
case(stream("normalization"), rand(2, 4, 3), {"normalization/mean": rand(3), "normalization/variance": rand(3) ** 2 + 0.5},
     lambda x, w: (x - w["normalization/mean"]) / w["normalization/variance"].sqrt())
case(stream("group normalization"), rand(2, 3, 4, 6) * 2 + 1, {"group_normalization/gamma": rand(6), "group_normalization/beta": rand(6)},
     lambda x, w: nhwc(F.group_norm(nchw(x), 2, w["group_normalization/gamma"], w["group_normalization/beta"], 1e-3)))
case(stream("max pooling 1d"), rand(2, 7, 3), {}, lambda x, w: F.max_pool1d(x.permute(0, 2, 1), 2).permute(0, 2, 1))
case(stream("average pooling 1d"), rand(2, 7, 3), {}, lambda x, w: F.avg_pool1d(x.permute(0, 2, 1), 3, 2).permute(0, 2, 1))
case(stream("upsampling 1d"), rand(2, 3, 4), {}, lambda x, w: F.interpolate(x.permute(0, 2, 1), scale_factor=2).permute(0, 2, 1))
case(stream("upsampling 2d"), rand(2, 3, 4, 2), {}, lambda x, w: nhwc(F.interpolate(nchw(x), scale_factor=2)))
case(stream("cropping 2d"), rand(2, 5, 6, 2), {}, lambda x, w: x[:, 1:4, 1:5])
case(stream("zero padding 1d"), rand(2, 3, 4), {}, lambda x, w: F.pad(x, [0, 0, 2, 2]))
case(stream("permute"), rand(2, 3, 4, 5), {}, lambda x, w: x.permute(0, 3, 1, 2))
case(stream("repeat vector"), rand(2, 3), {}, lambda x, w: x.unsqueeze(1).expand(2, 4, 3))
case(stream("multiply"), rand(2, 3, 4), {}, lambda x, w: x * x.flip(1))
case(stream("subtract"), rand(2, 3, 4), {}, lambda x, w: x - x.flip(1))
case(stream("average"), rand(2, 3, 4), {}, lambda x, w: torch.stack([x, x.flip(1)]).mean(0))
case(stream("maximum"), rand(2, 4, 4), {}, lambda x, w: torch.maximum(x, x.flip(1)))
case(stream("minimum"), rand(2, 4, 4), {}, lambda x, w: torch.minimum(x, x.flip(1)))


def transposed(x, k, b, s, pad):
    """Keras' output sizes: PyTorch gives (n - 1) * s + k."""
    y = F.conv_transpose2d(nchw(x), k.permute(3, 2, 0, 1), b, stride=s)
    if pad == "same":
        total = max(k.shape[0] - s, 0)
        y = y[:, :, total // 2:, total // 2:][:, :, :x.shape[1] * s, :x.shape[2] * s]
    return nhwc(y)


for s, pad in ((1, "valid"), (2, "same"), (2, "valid")):
    case(stream(f"transposed convolution {pad} stride {s}"), rand(2, 4, 3, 3),
         {"conv2d_transpose/kernel": rand(3, 3, 4, 3), "conv2d_transpose/bias": rand(4)},
         lambda x, w: transposed(x, w["conv2d_transpose/kernel"], w["conv2d_transpose/bias"], s, pad))


def torch_rnn(x, w, p):
    u, b = w[p + "recurrent_kernel"], w[p + "bias"]
    return run(torch.rnn_tanh, x, 1, u.shape[0], w[p + "kernel"], u, b, torch.zeros_like(b))


def rnn_weights(p, n, h):
    return {p + "kernel": rand(n, h), p + "recurrent_kernel": rand(h, h) / 2, p + "bias": rand(h)}


def keras_gru(x, w):
    """Without reset_after, which PyTorch does not have: Keras' own equations."""
    k, u, b = w["gru/kernel"], w["gru/recurrent_kernel"], w["gru/bias"]
    n = u.shape[0]
    h = torch.zeros(x.shape[0], n, dtype=x.dtype)
    for t in range(x.shape[1]):
        a = x[:, t] @ k + b
        z = torch.sigmoid(a[:, :n] + h @ u[:, :n])
        r = torch.sigmoid(a[:, n:2 * n] + h @ u[:, n:2 * n])
        h = z * h + (1 - z) * torch.tanh(a[:, 2 * n:] + (r * h) @ u[:, 2 * n:])
    return h


def keras_lstm(x, w):
    """With the activations of Keras 1: hard_sigmoid and relu."""
    k, u, b = w["lstm/kernel"], w["lstm/recurrent_kernel"], w["lstm/bias"]
    n = u.shape[0]
    h = c = torch.zeros(x.shape[0], n, dtype=x.dtype)
    hard = lambda v: (0.2 * v + 0.5).clamp(0, 1)
    for t in range(x.shape[1]):
        z = x[:, t] @ k + b + h @ u
        c = hard(z[:, n:2 * n]) * c + hard(z[:, :n]) * torch.relu(z[:, 2 * n:3 * n])
        h = hard(z[:, 3 * n:]) * torch.relu(c)
    return h


case(stream("simple rnn"), rand(2, 5, 3), rnn_weights("simple_rnn/", 3, 4), lambda x, w: torch_rnn(x, w, "simple_rnn/")[:, -1])
case(stream("simple rnn sequences"), rand(2, 5, 3), rnn_weights("simple_rnn/", 3, 4), lambda x, w: torch_rnn(x, w, "simple_rnn/"))
case(stream("bidirectional simple rnn"), rand(2, 5, 3), {**rnn_weights("bidirectional/forward_simple_rnn/", 3, 4), **rnn_weights("bidirectional/backward_simple_rnn/", 3, 4)}, lambda x, w: torch.cat(
    [torch_rnn(x, w, "bidirectional/forward_simple_rnn/"), torch_rnn(x.flip(1), w, "bidirectional/backward_simple_rnn/").flip(1)], -1))
case(stream("gru without reset after"), rand(2, 5, 3), {**gru_weights("gru/", 3, 4), "gru/bias": rand(12)}, lambda x, w: keras_gru(x, w))
case(stream("lstm of other activations"), rand(2, 5, 3), lstm_weights("lstm/", 3, 4), lambda x, w: keras_lstm(x, w))
case(stream("masked lstm"), torch.cat([rand(2, 3, 3), torch.zeros(2, 2, 3, dtype=torch.float64)], 1), lstm_weights("lstm/", 3, 4),
     lambda x, w: torch_lstm(x[:, :3], w, "lstm/")[:, -1])
case(stream("masked gru"), torch.cat([rand(2, 3, 3), torch.zeros(2, 2, 3, dtype=torch.float64)], 1), gru_weights("gru/", 3, 4),
     lambda x, w: torch_gru(x[:, :3], w, "gru/")[:, -1])
case(stream("time distributed"), rand(2, 3, 4, 5, 2), {"time_distributed/kernel": rand(3, 3, 2, 3), "time_distributed/bias": rand(3)},
     lambda x, w: conv(x.reshape(6, 4, 5, 2), w["time_distributed/kernel"], w["time_distributed/bias"]).reshape(2, 3, 2, 3, 3))

print("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]")
