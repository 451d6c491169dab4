"""pytorch_model.bin: the tensors of the first case of torch_huggingface.json as PyTorch saves them, for torch_test.go.

Run with Debian's python3-torch (1.13) in this folder.
"""
import contextlib
import io
import json
import torch

with contextlib.redirect_stdout(io.StringIO()):  # it prints its cases
    from torch_huggingface import unit

case = json.load(open("torch_huggingface.json"))[0]
state = {}
for k, t in enumerate(case["tensors"]):
    shape = t["shape"]
    n = torch.Size(shape).numel()
    state[t["name"]] = torch.tensor(t["middle"] + t["reach"] * unit(k, n), dtype=torch.float32).reshape(shape)
torch.save(state, "pytorch_model.bin")
