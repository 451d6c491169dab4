#!/usr/bin/env python3
"""Reference numbers for losses and optimizers, from PyTorch (written with 1.13).

Writes reference.json beside itself. The optimizers follow Keras 3 where it differs from
PyTorch: Adam and RMSprop are written out below with Keras' placement of epsilon, in
float64; SGD and AdamW's decay are compared with torch.optim where both agree.
"""
import json, math, os
import torch
import torch.nn.functional as F

torch.manual_seed(1)
D = torch.float64


def listed(t):
    return [float(v) for v in t.flatten()]


def losses():
    out = []
    x = torch.randn(5, 4, dtype=D) * 2
    y = torch.tensor([0, 3, 1, 1, 2])
    for s in (0.0, 0.1):
        logits = x.clone().requires_grad_()
        loss = F.cross_entropy(logits, y, label_smoothing=s)
        loss.backward()
        out.append(dict(name="categorical_crossentropy", from_logits=True, label_smoothing=s, shape=[5, 4], x=listed(x), y=y.tolist(),
                        loss=float(loss), grad=listed(logits.grad)))
    p = torch.softmax(x, 1)
    probs = p.clone().requires_grad_()
    loss = F.nll_loss(torch.log(torch.clamp(probs / probs.sum(1, keepdim=True), 1e-7, 1 - 1e-7)), y)
    loss.backward()
    out.append(dict(name="sparse_categorical_crossentropy", from_logits=False, label_smoothing=0, shape=[5, 4], x=listed(p), y=y.tolist(),
                    loss=float(loss), grad=listed(probs.grad)))
    z = torch.tensor([0, 1, 1, 0, 1, 0])
    x = torch.tensor([[0.0], [0.0], [12.0], [-30.0], [-0.7], [3.1]], dtype=D)
    for s in (0.0, 0.2):
        logits = x.clone().requires_grad_()
        target = z.to(D)[:, None] * (1 - s) + s / 2
        loss = F.binary_cross_entropy_with_logits(logits, target)
        loss.backward()
        out.append(dict(name="binary_crossentropy", from_logits=True, label_smoothing=s, shape=[6, 1], x=listed(x), y=z.tolist(),
                        loss=float(loss), grad=listed(logits.grad)))
    p = torch.tensor([[0.1], [0.6], [0.99], [0.01], [0.4], [0.7]], dtype=D)
    probs = p.clone().requires_grad_()
    loss = F.binary_cross_entropy(probs, z.to(D)[:, None])
    loss.backward()
    out.append(dict(name="binary_crossentropy", from_logits=False, label_smoothing=0, shape=[6, 1], x=listed(p), y=z.tolist(),
                    loss=float(loss), grad=listed(probs.grad)))
    x = torch.randn(5, 4, dtype=D)
    free = x.clone().requires_grad_()
    loss = F.mse_loss(free, F.one_hot(y, 4).to(D))
    loss.backward()
    out.append(dict(name="mean_squared_error", from_logits=False, label_smoothing=0, shape=[5, 4], x=listed(x), y=y.tolist(),
                    loss=float(loss), grad=listed(free.grad)))
    return out


# Keras 3 by hand, each a function (w, g, state, t) -> w
def keras_adam(lr, b1=0.9, b2=0.999, eps=1e-7, wd=0.0):
    def f(w, g, s, t):
        w = w - w * wd * lr
        s["m"] = s.get("m", 0 * w) + (g - s.get("m", 0 * w)) * (1 - b1)
        s["v"] = s.get("v", 0 * w) + (g * g - s.get("v", 0 * w)) * (1 - b2)
        alpha = lr * math.sqrt(1 - b2**t) / (1 - b1**t)
        return w - s["m"] * alpha / (torch.sqrt(s["v"]) + eps)
    return f


def keras_rmsprop(lr, rho=0.9, momentum=0.0, eps=1e-7, centered=False):
    def f(w, g, s, t):
        s["v"] = rho * s.get("v", 0 * w) + (1 - rho) * g * g
        d = s["v"]
        if centered:
            s["a"] = rho * s.get("a", 0 * w) + (1 - rho) * g
            d = d - s["a"] ** 2
        move = lr * g / torch.sqrt(d + eps)
        if momentum == 0:
            return w - move
        s["m"] = momentum * s.get("m", 0 * w) + move
        return w - s["m"]
    return f


def by_torch(make):
    """A torch.optim optimizer as such a function."""
    box = {}

    def f(w, g, s, t):
        if "p" not in box:
            box["p"] = w.clone().requires_grad_()
            box["o"] = make([box["p"]])
        box["p"].grad = g.clone()
        box["o"].step()
        return box["p"].detach().clone()
    return f


def optimizers():
    # AdamW of torch has the same decay and, at epsilon 0, the same move as Keras'.
    cases = [
        (dict(name="sgd", learning_rate=0.1), by_torch(lambda p: torch.optim.SGD(p, lr=0.1))),
        (dict(name="sgd", learning_rate=0.1, momentum=0.9), by_torch(lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9))),
        (dict(name="sgd", learning_rate=0.1, momentum=0.9, nesterov=True), by_torch(lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True))),
        (dict(name="rmsprop", learning_rate=0.01), keras_rmsprop(0.01)),
        (dict(name="rmsprop", learning_rate=0.01, momentum=0.5, centered=True), keras_rmsprop(0.01, momentum=0.5, centered=True)),
        (dict(name="adam", learning_rate=0.01), keras_adam(0.01)),
        (dict(name="adam", learning_rate=0.01, epsilon=0.1), keras_adam(0.01, eps=0.1)),
        (dict(name="adamw", learning_rate=0.01, epsilon=0, weight_decay=0.1), by_torch(lambda p: torch.optim.AdamW(p, lr=0.01, eps=0, weight_decay=0.1))),
        (dict(name="adamw", learning_rate=0.01), keras_adam(0.01, wd=0.004)),
    ]
    # clipping: torch's clip_grad_* with the same limits
    plain = lambda w, g, s, t: w - 0.1 * g
    clips = [
        (dict(name="sgd", learning_rate=0.1, clipvalue=0.5), lambda g: g.clamp(-0.5, 0.5)),
        (dict(name="sgd", learning_rate=0.1, clipnorm=1.0), lambda g: g * min(1, 1.0 / float(g.norm()))),
        (dict(name="sgd", learning_rate=0.1, global_clipnorm=1.0), lambda g: g * min(1, 1.0 / float(g.norm()))),
    ]
    cases += [(o, (lambda clip: lambda w, g, s, t: plain(w, clip(g), s, t))(clip)) for o, clip in clips]
    out = []
    start = torch.randn(6, dtype=D)
    for options, f in cases:
        w, s, trace = start.clone(), {}, []
        for t in range(1, 21):
            g = torch.tensor([(i + 1) * 0.3 for i in range(6)], dtype=D) * (w - 0.5) + 0.05 * t  # a quadratic bowl that drifts
            w = f(w, g, s, t)
            if t in (1, 2, 20):
                trace.append(dict(step=t, w=listed(w)))
        out.append(dict(options=options, start=listed(start), trace=trace))
    return out


def schedules():
    p = [torch.zeros(1, requires_grad=True)]
    o = torch.optim.SGD(p, lr=0.1)
    s = torch.optim.lr_scheduler.OneCycleLR(o, max_lr=0.1, total_steps=50)
    rates = []
    for _ in range(50):
        rates.append(o.param_groups[0]["lr"])
        o.step()
        s.step() if len(rates) < 50 else None
    cosine = [0.1 * (0.1 + 0.9 * 0.5 * (1 + math.cos(math.pi * t / 50))) for t in range(50)]
    return dict(one_cycle=rates, cosine=cosine)


here = os.path.dirname(os.path.abspath(__file__))
json.dump(dict(losses=losses(), optimizers=optimizers(), schedules=schedules()), open(os.path.join(here, "reference.json"), "w"), indent=1)
