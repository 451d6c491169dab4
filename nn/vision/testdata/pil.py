"""Writes pil.json: what PIL makes of pictures in memory, as SHA-256 of the bytes. Made with Pillow 9.4.0."""
import hashlib
import json

import PIL
from PIL import Image


def noise(width, height, channels):
    """The same bytes as noise() in resize_test.go: a linear congruential generator."""
    state, out = 12345, bytearray()
    for _ in range(width * height * channels):
        state = (state * 1103515245 + 12345) % (1 << 31)
        out.append(state >> 16 & 255)
    return bytes(out)


def digest(image):
    return hashlib.sha256(image.tobytes()).hexdigest()


SIZES = [(28, 28), (64, 64), (640, 480), (1, 1), (7, 3), (100, 1), (1, 90), (333, 251)]
TARGETS = [(28, 28), (64, 64), (224, 224), (1, 1), (5, 9), (400, 30), (97, 211)]
cases = []
for size in SIZES:
    for channels, mode in ((1, "L"), (3, "RGB")):
        image = Image.frombytes(mode, size, noise(*size, channels))
        for target in TARGETS:
            cases.append({"from": size, "channels": channels, "to": target,
                          "bilinear": digest(image.resize(target, Image.Resampling.BILINEAR)),
                          "nearest": digest(image.resize(target, Image.Resampling.NEAREST))})
rgb = Image.frombytes("RGB", (256, 256), noise(256, 256, 3))
small = Image.frombytes("RGB", (6, 4), noise(6, 4, 3)).resize((3, 5), Image.Resampling.BILINEAR)
json.dump({"pillow": PIL.__version__, "cases": cases, "grey": digest(rgb.convert("L")), "small": small.tobytes().hex()},
          open("pil.json", "w"), indent=0)
