#!/usr/bin/python3
"""Times a training step in PyTorch on the CPU, natively: torch_steps.py '{"task": …, "batch": …, "threads": …, "timing": …}'
prints one line of JSON, as web/worker.mjs does."""
import json
import math
import os
import sys
import time

job = json.loads(sys.argv[1])
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = str(job["threads"])
os.environ["OMP_WAIT_POLICY"] = "PASSIVE"

import torch
import torch.nn as nn
import torch.nn.functional as F

import nets


def classify(model, x, classes, rate=1e-3):
    parameters = [p for p in model.parameters() if p.requires_grad]
    return model, x, torch.randint(0, classes, (len(x),)), F.cross_entropy, torch.optim.Adam(parameters, rate)


def vgg16_head(b):
    base = nets.ConvNet(nets.vgg16_notop(), [3, 224, 224]).requires_grad_(False)
    head = [nn.Flatten(), nn.Linear(25088, 1024), nn.ReLU(), nn.Linear(1024, 5)]
    return classify(nn.Sequential(base, *head), torch.randn(b, 3, 224, 224), 5, 1e-4)


def text_lstm(b):
    m = nets.TextLSTM()
    y = torch.randint(0, 2, (b, 1)).float()
    return m, torch.randint(0, m.words, (b, m.length)), y, F.binary_cross_entropy, torch.optim.Adam(m.parameters(), 1e-3)


def mlp(b):
    m = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 2), nn.Tanh(), nn.Linear(2, 1), nn.Tanh())
    return m, torch.randn(b, 2), torch.randint(0, 2, (b, 1)).float() * 2 - 1, F.mse_loss, torch.optim.SGD(m.parameters(), 0.03)


TASKS = {
    "fit_smallcnn": lambda b: classify(nets.ConvNet(nets.smallcnn("none"), [1, 28, 28]), torch.randn(b, 1, 28, 28), 10),
    "fit_textlstm": text_lstm,
    "fit_mobilenetv2": lambda b: classify(nets.ConvNet(nets.mobilenetv2(5), [3, 96, 96], norm=True), torch.randn(b, 3, 96, 96), 5),
    "fit_head": lambda b: classify(nn.Sequential(nn.Linear(1280, 100), nn.ReLU(), nn.Linear(100, 3)), torch.randn(b, 1280), 3),
    "fit_vgg16_head": vgg16_head,
    "fit_mlp": mlp,
}

if not nets.blas():
    sys.exit("PyTorch has only the reference BLAS, which says nothing about PyTorch; install libopenblas0-pthread")
torch.set_num_threads(job["threads"])
torch.manual_seed(1)
now = lambda: time.perf_counter() * 1e3
at = now()
model, x, y, loss_of, optimizer = TASKS[job["task"]](job["batch"])
model.train()
load = now() - at


def step():
    optimizer.zero_grad(set_to_none=True)
    loss = loss_of(model(x), y)
    loss.backward()
    optimizer.step()
    return loss.item()


t, at = job["timing"], now()
first_loss = step()
first = now() - at
start, warm = now(), 0
while warm < t["minWarm"] or now() - start < min(t["warmMs"], t["maxMs"]):
    step()
    warm += 1
mean = (now() - start) / warm if warm else first
group = math.ceil(1 / min(max(mean, 0.001), 1))
samples, begin, start = [], time.time() * 1e3, now()
while len(samples) < t["minSamples"] and (now() - start < t["maxMs"] or not samples) or now() - start < t["minMs"]:
    at = now()
    for _ in range(group):
        loss = step()
    samples.append((now() - at) / group)
print(json.dumps(dict(info=dict(version=f"{torch.__version__} with {nets.blas()}", threads=torch.get_num_threads()), load=load, first=first, samples=samples,
                      losses=[first_loss, loss], **{"from": begin, "to": time.time() * 1e3})))
