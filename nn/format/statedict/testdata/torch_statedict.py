"""Outputs of torchvision's networks, for torch_test.go.

Run with Debian's python3-torch (1.13) and python3-torchvision (0.14) and keep the output:
    /usr/bin/python3 torch_statedict.py > torch_statedict.json

Weights and input come from a formula that torch_test.go has too: element i of tensor number k of the state dict, in
PyTorch's layout. The networks run in float64. What torchvision lacks (timm's MobileNetV4 and EfficientNet-Lite, the
CIFAR ResNets, LeNet) is written here with torch.nn under the published names.
"""
import json
import math
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import torchvision.models as tv

INPUT = 1 << 20  # the number of the input among the tensors


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


def middle_and_reach(name, shape):
    """What unit is scaled by: kernels keep the variance, variances lie around 1, shifts are small."""
    if name.endswith("running_var"):
        return 1, 0.5
    if len(shape) > 1:
        return 0, math.sqrt(6 / math.prod(shape[1:]))
    return (1, 0.1) if name.endswith("weight") else (0, 0.1)


def fill(net):
    """Fills the tensors of floats and lists all: "name 64x3x7x7"."""
    listed = []
    for k, (name, t) in enumerate(net.state_dict().items()):
        listed.append(name + " " + "x".join(map(str, t.shape)))
        if t.is_floating_point():
            middle, reach = middle_and_reach(name, t.shape)
            v = (middle + reach * unit(k, t.numel())).astype(np.float32).astype(np.float64)
            t.copy_(torch.from_numpy(v).reshape(t.shape))
    return listed


class ConvNorm(nn.Module):
    """timm's ConvNormAct."""

    def __init__(self, i, o, k, s=1, groups=1, act=None):
        super().__init__()
        self.conv = nn.Conv2d(i, o, k, s, k // 2, groups=groups, bias=False)
        self.bn = nn.BatchNorm2d(o)
        self.act = act

    def forward(self, x):
        x = self.bn(self.conv(x))
        return self.act(x) if self.act else x


class ConvBn(nn.Module):
    """timm's ConvBnAct: a block, with other names."""

    def __init__(self, i, o, k, s):
        super().__init__()
        self.conv = nn.Conv2d(i, o, k, s, k // 2, bias=False)
        self.bn1 = nn.BatchNorm2d(o)

    def forward(self, x):
        return F.relu(self.bn1(self.conv(x)))


class Universal(nn.Module):
    """timm's UniversalInvertedResidual."""

    def __init__(self, i, start, mid, e, o, s):
        super().__init__()
        wide = math.ceil(i * e / 8) * 8
        self.dw_start = ConvNorm(i, i, start, 1 if mid else s, i) if start else nn.Identity()
        self.pw_exp = ConvNorm(i, wide, 1, act=F.relu)
        self.dw_mid = ConvNorm(wide, wide, mid, s, wide, F.relu) if mid else nn.Identity()
        self.pw_proj = ConvNorm(wide, o, 1)
        self.skip = i == o and s == 1

    def forward(self, x):
        y = self.pw_proj(self.dw_mid(self.pw_exp(self.dw_start(x))))
        return x + y if self.skip else y


class V4(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.conv_stem = nn.Conv2d(3, 32, 3, 2, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(32)
        stages = [nn.Sequential(ConvBn(32, 32, 3, 2), ConvBn(32, 32, 1, 1)),
                  nn.Sequential(ConvBn(32, 96, 3, 2), ConvBn(96, 64, 1, 1))]
        i = 64
        for stage in (((5, 5, 3, 96, 2), (0, 3, 2, 96, 1), (0, 3, 2, 96, 1), (0, 3, 2, 96, 1), (0, 3, 2, 96, 1), (3, 0, 4, 96, 1)),
                      ((3, 3, 6, 128, 2), (5, 5, 4, 128, 1), (0, 5, 4, 128, 1), (0, 5, 3, 128, 1), (0, 3, 4, 128, 1),
                       (0, 3, 4, 128, 1))):
            blocks = []
            for a, k, e, o, s in stage:
                blocks.append(Universal(i, a, k, e, o, s))
                i = o
            stages.append(nn.Sequential(*blocks))
        stages.append(nn.Sequential(ConvBn(128, 960, 1, 1)))
        self.blocks = nn.Sequential(*stages)
        self.conv_head = nn.Conv2d(960, 1280, 1, bias=False)
        self.norm_head = nn.BatchNorm2d(1280)
        self.classifier = nn.Linear(1280, classes)

    def forward(self, x):
        x = self.blocks(F.relu(self.bn1(self.conv_stem(x)))).mean((2, 3), keepdim=True)
        return self.classifier(F.relu(self.norm_head(self.conv_head(x))).flatten(1))


class LiteBlock(nn.Module):
    """timm's DepthwiseSeparableConv (e 1) and InvertedResidual."""

    def __init__(self, i, o, k, s, e):
        super().__init__()
        wide, self.skip, self.e = i * e, i == o and s == 1, e
        if e > 1:
            self.conv_pw, self.bn1 = nn.Conv2d(i, wide, 1, bias=False), nn.BatchNorm2d(wide)
        self.conv_dw = nn.Conv2d(wide, wide, k, s, k // 2, groups=wide, bias=False)
        if e > 1:
            self.bn2 = nn.BatchNorm2d(wide)
            self.conv_pwl, self.bn3 = nn.Conv2d(wide, o, 1, bias=False), nn.BatchNorm2d(o)
        else:
            self.bn1 = nn.BatchNorm2d(wide)
            self.conv_pw, self.bn2 = nn.Conv2d(wide, o, 1, bias=False), nn.BatchNorm2d(o)

    def forward(self, x):
        if self.e > 1:
            y = F.relu6(self.bn1(self.conv_pw(x)))
            y = self.bn3(self.conv_pwl(F.relu6(self.bn2(self.conv_dw(y)))))
        else:
            y = self.bn2(self.conv_pw(F.relu6(self.bn1(self.conv_dw(x)))))
        return x + y if self.skip else y


class Lite0(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.conv_stem, self.bn1 = nn.Conv2d(3, 32, 3, 2, 1, bias=False), nn.BatchNorm2d(32)
        i, stages = 32, []
        for e, k, s, o, n in ((1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 5, 2, 40, 2), (6, 3, 2, 80, 3), (6, 5, 1, 112, 3),
                              (6, 5, 2, 192, 4), (6, 3, 1, 320, 1)):
            blocks = []
            for j in range(n):
                blocks.append(LiteBlock(i, o, k, s if j == 0 else 1, e))
                i = o
            stages.append(nn.Sequential(*blocks))
        self.blocks = nn.Sequential(*stages)
        self.conv_head, self.bn2 = nn.Conv2d(320, 1280, 1, bias=False), nn.BatchNorm2d(1280)
        self.classifier = nn.Linear(1280, classes)

    def forward(self, x):
        x = self.blocks(F.relu6(self.bn1(self.conv_stem(x))))
        return self.classifier(F.relu6(self.bn2(self.conv_head(x))).mean((2, 3)))


class BasicA(nn.Module):
    def __init__(self, i, o, s):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(i, o, 3, s, 1, bias=False), nn.BatchNorm2d(o)
        self.conv2, self.bn2 = nn.Conv2d(o, o, 3, 1, 1, bias=False), nn.BatchNorm2d(o)
        self.pad = (o - i) // 2

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if self.pad:
            x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.pad, self.pad))
        return F.relu(x + y)


class CIFAR(nn.Module):
    """github.com/akamaster/pytorch_resnet_cifar10"""

    def __init__(self, n):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16)
        for stage, (i, o) in enumerate(((16, 16), (16, 32), (32, 64)), 1):
            blocks = [BasicA(i if j == 0 else o, o, 2 if j == 0 and stage > 1 else 1) for j in range(n)]
            setattr(self, f"layer{stage}", nn.Sequential(*blocks))
        self.linear = nn.Linear(64, 10)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        return self.linear(self.layer3(self.layer2(self.layer1(x))).mean((2, 3)))


class LeNet(nn.Module):
    """pytorch.org/tutorials/beginner/blitz/neural_networks_tutorial.html"""

    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2).flatten(1)
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x)))))


def vgg(make):
    net = make(num_classes=7)
    net.classifier[0], net.classifier[3], net.classifier[6] = nn.Linear(25088, 24), nn.Linear(24, 24), nn.Linear(24, 7)
    return net


NETS = {
    "densenet121": lambda: tv.densenet121(num_classes=7), "efficientnet_b0": lambda: tv.efficientnet_b0(num_classes=7),
    "efficientnet_lite0": lambda: Lite0(7), "lenet": LeNet, "mobilenet_v2_torch": lambda: tv.mobilenet_v2(num_classes=7),
    "mobilenet_v3_large": lambda: tv.mobilenet_v3_large(num_classes=7),
    "mobilenet_v3_small": lambda: tv.mobilenet_v3_small(num_classes=7), "mobilenet_v4_small": lambda: V4(7),
    "resnet18": lambda: tv.resnet18(num_classes=7), "resnet20": lambda: CIFAR(3), "resnet32": lambda: CIFAR(5),
    "resnet34": lambda: tv.resnet34(num_classes=7), "resnet44": lambda: CIFAR(7), "resnet50": lambda: tv.resnet50(num_classes=7),
    "resnet56": lambda: CIFAR(9), "squeezenet1_1": lambda: tv.squeezenet1_1(num_classes=7),
    "vgg16": lambda: vgg(tv.vgg16), "vgg16_bn": lambda: vgg(tv.vgg16_bn), "vgg19": lambda: vgg(tv.vgg19),
    "vgg19_bn": lambda: vgg(tv.vgg19_bn),
}

cases = []
with torch.no_grad():
    for name, make in NETS.items():
        net = make().double().eval()
        tensors = fill(net)
        # An odd side and one between powers of two: windows that do not come out even.
        side = 224 if name.startswith("vgg") else 32 if name in ("resnet20", "resnet32", "resnet44", "resnet56", "lenet") else 70
        channels = 1 if name == "lenet" else 3
        x = torch.from_numpy(unit(INPUT, channels * side * side)).reshape(1, channels, side, side)
        out = net(x)[0]  # before any softmax
        cases.append({"name": name, "side": side, "tensors": tensors, "output": [float(f"{v:.9g}") for v in out.tolist()]})
print("[" + ",\n".join(json.dumps(c) for c in cases) + "]")
