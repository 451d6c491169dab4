"""Small files of every kind that PyTorch saves, and what is in them, for torch_test.go.

Run with Debian's python3-torch (1.13) in this folder; it writes *.pt and torch_files.json.
"""
import argparse
import collections
import json
import numpy
import torch
import torch.nn as nn

torch.manual_seed(1)


def without_source(_):
    raise TypeError("old files of modules would hold PyTorch's own source")


torch.serialization.get_source_lines_and_file = without_source


class Net(nn.Module):
    """A module with layers in layers, a buffer, a tied weight and attributes of its own."""

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU())
        self.head = nn.Linear(4, 2)
        self.register_buffer("scale", torch.tensor([0.5, 2.0]))
        self.names = {"a", "b"}
        self.act = torch.nn.functional.relu

    def forward(self, x):
        return self.head(self.body(x).mean((2, 3))) * self.scale


def dtypes():
    v = torch.tensor([[1.0, -2.5, 0.0], [3.0, 100.0, -0.125]])
    d = collections.OrderedDict((str(t).split(".")[1], v.to(t)) for t in
                                (torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.int32,
                                 torch.int16, torch.int8, torch.bool))
    d["uint8"] = torch.tensor([0, 7, 255], dtype=torch.uint8)
    d["scalar"], d["empty"] = torch.tensor(4.5), torch.zeros(0, 3)
    return d


def views():
    base = torch.arange(24, dtype=torch.float32)
    m = base.reshape(4, 6)
    return {"whole": m, "turned": m.t(), "part": m[1:3, ::2], "tail": base[20:], "parameter": nn.Parameter(m[2].clone())}


net = Net()
optimizer = torch.optim.Adam(net.parameters())
net(torch.randn(2, 3, 5, 5)).sum().backward()
optimizer.step()
checkpoint = {"epoch": 3, "arch": "net", "best": numpy.float64(0.5), "args": argparse.Namespace(lr=0.1, device=torch.device("cpu")),
              "state_dict": nn.DataParallel(net).state_dict(), "optimizer": optimizer.state_dict()}
CASES = {"dtypes": dtypes(), "views": views(), "state_dict": net.state_dict(), "checkpoint": checkpoint, "module": net,
         "list": [torch.tensor([1.0]), torch.tensor([2.0, 3.0])]}


def tensors(v):
    if isinstance(v, nn.Module):
        v = v.state_dict()
    if isinstance(v, list):
        v = {str(i): t for i, t in enumerate(v)}
    if "state_dict" in v:
        v = {k[len("module."):]: t for k, t in v["state_dict"].items()}
    return {k: {"shape": list(t.shape), "values": [float(x) for x in t.detach().double().reshape(-1).tolist()]} for k, t in v.items()}


expected = {}
for name, v in CASES.items():
    for form in ("zip", "old"):
        torch.save(v, f"{name}_{form}.pt", _use_new_zipfile_serialization=form == "zip")
        expected[f"{name}_{form}"] = tensors(v)
script = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
torch.jit.script(script).save("script_zip.pt")
expected["script_zip"] = tensors(script)
with open("torch_files.json", "w") as f:
    f.write("{" + ",\n".join(json.dumps(k) + ": " + json.dumps(v) for k, v in expected.items()) + "}\n")
