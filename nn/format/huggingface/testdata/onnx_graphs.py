"""A small classifier and a small encoder of texts as ONNX files with three inputs, a classifier of pictures, and the
answers of those from PyTorch.

Run with Debian's python3-torch (1.13) and python3-onnx, in this folder:
    /usr/bin/python3 onnx_graphs.py

The graphs are what torch.onnx writes for BERT as Hugging Face's transformers compute it: positions are a slice of a
buffer, the mask becomes large negative numbers, type and position embeddings are added.
"""
import json
import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, d, heads):
        super().__init__()
        self.heads = heads
        self.q, self.k, self.v, self.o = (nn.Linear(d, d) for _ in range(4))
        self.a, self.b = nn.LayerNorm(d, 1e-12), nn.LayerNorm(d, 1e-12)
        self.up, self.down = nn.Linear(d, 2 * d), nn.Linear(2 * d, d)

    def split(self, x):
        x = x.view(x.size()[:-1] + (self.heads, x.size(-1) // self.heads))
        return x.permute(0, 2, 1, 3)

    def forward(self, x, mask):
        q, k, v = self.split(self.q(x)), self.split(self.k(x)), self.split(self.v(x))
        scores = torch.matmul(q, k.transpose(-1, -2)) / (q.size(-1) ** 0.5) + mask
        y = torch.matmul(nn.functional.softmax(scores, dim=-1), v).permute(0, 2, 1, 3).contiguous()
        y = y.view(y.size()[:-2] + (x.size(-1),))
        x = self.a(x + self.o(y))
        return self.b(x + self.down(nn.functional.gelu(self.up(x))))


class Net(nn.Module):
    def __init__(self, classes, roberta=False):
        super().__init__()
        d = 8
        self.word, self.position, self.kind = nn.Embedding(12, d), nn.Embedding(40, d), nn.Embedding(2, d)
        self.norm, self.blocks = nn.LayerNorm(d, 1e-12), nn.ModuleList([Block(d, 2) for _ in range(2)])
        self.register_buffer("position_ids", torch.arange(40).expand((1, -1)))
        self.pooler = nn.Linear(d, d)
        self.classifier = nn.Linear(d, classes) if classes else None
        self.roberta = roberta

    def forward(self, input_ids, attention_mask, token_type_ids=None):
        if self.roberta:  # positions count from the padding's number, padding has none
            real = input_ids.ne(1).int()
            positions = (torch.cumsum(real, dim=1).type_as(real) * real).long() + 1
        else:
            positions = self.position_ids[:, : input_ids.size(1)]
        x = self.word(input_ids) + self.position(positions)
        if token_type_ids is not None:
            x = x + self.kind(token_type_ids)
        x = self.norm(x)
        mask = (1.0 - attention_mask[:, None, None, :].to(x.dtype)) * torch.finfo(x.dtype).min
        for b in self.blocks:
            x = b(x, mask)
        if self.classifier is None:
            return x
        return self.classifier(torch.tanh(self.pooler(x[:, 0])))


def write(name, net, row, kinds):
    torch.manual_seed(7)
    for p in net.parameters():
        nn.init.normal_(p, 0, 0.3)
    net.eval()
    ids = torch.tensor([row])
    args = (ids, torch.ones_like(ids)) + ((torch.zeros_like(ids),) if kinds else ())
    names = ["input_ids", "attention_mask", "token_type_ids"][: len(args)]
    out = "logits" if net.classifier is not None else "last_hidden_state"
    torch.onnx.export(net, args, name + ".onnx", input_names=names, output_names=[out], opset_version=14,
                      dynamic_axes={n: {0: "batch_size", 1: "sequence_length"} for n in names})
    y = net(*args)[0]
    return (y.softmax(-1) if net.classifier is not None else y.mean(0)).tolist()


torch.onnx.export(nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 3)),
                  (torch.zeros(1, 3, 8, 8),), "picture.onnx", input_names=["pixel_values"], output_names=["logits"],
                  dynamic_axes={"pixel_values": {0: "batch_size"}}, opset_version=14)
row = [2, 5, 9, 4, 7, 3]
print(json.dumps({
    "bert": write("bert", Net(3), row, True),
    "roberta": write("roberta", Net(3, roberta=True), row, False),
    "encoder": write("encoder", Net(0), row, True),
}), file=open("onnx_graphs.json", "w"))
