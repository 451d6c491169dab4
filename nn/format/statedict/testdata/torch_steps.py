"""Whole models of torch.nn.Sequential and their answers, for steps_test.go.

Run with Debian's python3-torch (1.13) in this folder; it writes steps_*.pt and torch_steps.json.
"""
import json
import torch
import torch.nn as nn
from collections import OrderedDict
import numpy as np


def mix(x):
    """lowbias32 (Chris Wellons, "Prospecting for Hash Functions"), on uint32."""
    x = x ^ (x >> np.uint32(16))
    x = x * np.uint32(0x7FEB352D)
    x = x ^ (x >> np.uint32(15))
    x = x * np.uint32(0x846CA68B)
    return x ^ (x >> np.uint32(16))


def unit(k, n):
    """n numbers in [-1, 1), exact in float32."""
    bits = mix(np.arange(n, dtype=np.uint32) + mix(np.array([k], np.uint32)))
    return (bits >> np.uint32(8)).astype(np.float64) / (1 << 23) - 1


def without_source(_):
    raise TypeError("old files of modules would hold PyTorch's own source")


torch.serialization.get_source_lines_and_file = without_source
torch.manual_seed(2)
NETS = {
    "flat": (28, 1, nn.Sequential(nn.Flatten(), nn.Linear(784, 6), nn.Tanh(), nn.Dropout(0.5), nn.Linear(6, 3))),
    "deep": (28, 1, nn.Sequential(OrderedDict(
        body=nn.Sequential(nn.Conv2d(1, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2),
                           nn.Conv2d(4, 6, 5, stride=2, padding=2), nn.LeakyReLU(0.1), nn.AvgPool2d(3, 2)),
        head=nn.Sequential(nn.Flatten(), nn.Dropout(), nn.Linear(6 * 3 * 3, 5), nn.LogSoftmax(1))))),
    "wide": (224, 3, nn.Sequential(nn.Conv2d(3, 4, 7, stride=4), nn.ELU(0.5), nn.Conv2d(4, 4, 3, padding="same", groups=4),
                                   nn.Hardswish(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2), nn.Softmax(1))),
}
expected = {}
with torch.no_grad():
    for name, (side, channels, net) in NETS.items():
        for b in net.modules():
            if isinstance(b, nn.BatchNorm2d):
                b.running_mean.uniform_(-0.1, 0.1), b.running_var.uniform_(0.5, 1.5)
        net.eval()
        for form in ("zip", "old"):
            torch.save(net, f"steps_{name}_{form}.pt", _use_new_zipfile_serialization=form == "zip")
        x = torch.from_numpy(unit(1 << 20, channels * side * side)).reshape(1, channels, side, side)
        shares = net.double()(x)[0]
        if name == "deep":
            shares = shares.exp()
        expected[name] = {"side": side, "output": shares.tolist()}
        net.float()
with open("torch_steps.json", "w") as f:
    json.dump(expected, f)
    f.write("\n")
