"""Writes .h5 files that mean harm, for TestHostileFiles: hostile.py FOLDER (Debian's python3-h5py).

Each is a model of one Dense layer whose kernel, or what leads to it, is not what it seems.
"""
import json
import sys
import zlib
import h5py
import numpy as np

CONFIG = {"class_name": "Sequential", "config": {"name": "m", "layers": [
    {"class_name": "Dense", "config": {"name": "dense", "units": 4, "use_bias": False, "batch_input_shape": [None, 4]}}]}}


def model(name, kernel, config=CONFIG):
    with h5py.File(f"{sys.argv[1]}/{name.replace(chr(32), chr(95))}.h5", "w") as f:
        f.attrs["model_config"] = config if isinstance(config, str) else json.dumps(config)
        f.attrs["keras_version"] = "2.4.0"
        g = f.create_group("model_weights")
        g.attrs["layer_names"] = np.array([b"dense"])
        d = g.create_group("dense")
        d.attrs["weight_names"] = np.array([b"kernel"])
        kernel(d)


def plain(g):
    g.create_dataset("kernel", data=np.ones((4, 4), "float32"))


def chunk(data, **options):
    def write(g):
        d = g.create_dataset("kernel", (4, 4), "float32", chunks=(4, 4), **options)
        d.id.write_direct_chunk((0, 0), data)
    return write


def cycle(g):
    g["kernel"] = h5py.SoftLink("/model_weights/dense/other")
    g["other"] = h5py.SoftLink("/model_weights/dense/kernel")


def layer(class_name, **config):
    return {"class_name": "Sequential", "config": {"name": "m", "layers": [
        {"class_name": class_name, "config": {"name": "dense", "batch_input_shape": [None, 4], **config}}]}}


def loop():
    node = lambda name, of: {"class_name": "Dense", "name": name, "config": {"name": name, "units": 4},
                             "inbound_nodes": [[[of, 0, 0, {}]]]}
    return {"class_name": "Model", "config": {"name": "m", "layers": [
        {"class_name": "InputLayer", "name": "in", "config": {"name": "in", "batch_input_shape": [None, 4]},
         "inbound_nodes": []}, node("dense", "b"), node("b", "dense")],
        "input_layers": [["in", 0, 0]], "output_layers": [["b", 0, 0]]}}


def nested(n):
    text = json.dumps(CONFIG)
    for _ in range(n):
        text = '{"class_name": "Sequential", "config": {"name": "m", "layers": [' + text + "]}}"
    return text


model("shape bomb", lambda g: g.create_dataset("kernel", (1 << 31, 4), "float32", chunks=(1 << 20, 4), compression="gzip"))
model("shape bomb without chunks", lambda g: g.create_dataset("kernel", (4, 4), "float32", chunks=(4, 4), compression="gzip"))
model("external storage", lambda g: g.create_dataset("kernel", (4, 4), "float32", external=[("passwd", 0, 64)]))
model("external link", lambda g: g.__setitem__("kernel", h5py.ExternalLink("other.h5", "/x")))
model("symbolic links in a circle", cycle)
model("chunk larger than declared", chunk(b"\0" * 4096))
model("chunk that unpacks to more", chunk(zlib.compress(b"\0" * (1 << 22)), compression="gzip"))
model("chunk that is not gzip", chunk(b"not gzip at all", compression="gzip"))
model("text for numbers", lambda g: g.create_dataset("kernel", data=np.array([[b"a"] * 4] * 4)))
model("other shape", lambda g: g.create_dataset("kernel", data=np.ones((4, 5), "float32")))
model("lambda", plain, layer("Lambda", function="4wEAAAA="))
model("saved model layer", plain, layer("TFSMLayer", filepath="/etc/passwd"))
model("vocabulary from a path", plain, layer("StringLookup", vocabulary="http://127.0.0.1/words"))
model("vectorization from a path", plain, layer("TextVectorization", vocabulary="/etc/passwd"))
model("class from a module", plain, layer("Popen", module="subprocess", registered_name="Popen"))
model("units without end", plain, layer("Dense", units=1 << 40))
model("fractions for whole numbers", plain, layer("Dense", units=4.5))
model("layers in a circle", plain, loop())
model("models in models", plain, nested(60))
