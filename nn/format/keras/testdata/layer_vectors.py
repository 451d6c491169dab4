"""Writes layer_vectors.json, the architectures behind keras-js' test vectors: layer_vectors.py FOLDER > layer_vectors.json.

FOLDER is notebooks/layers of github.com/transcranial/keras-js (MIT), whose cells say how each vector was made. The
cells run against classes that only note what they are called with.
"""
import glob
import json
import re
import sys

FIRST = {  # names of positional arguments
    "Dense": ["units"], "Activation": ["activation"], "Dropout": ["rate"], "Permute": ["dims"], "RepeatVector": ["n"],
    "Reshape": ["target_shape"], "Embedding": ["input_dim", "output_dim"], "LSTM": ["units"], "GRU": ["units"],
    "SimpleRNN": ["units"], "Conv1D": ["filters", "kernel_size"], "Conv2D": ["filters", "kernel_size"],
    "Conv3D": ["filters", "kernel_size"], "SeparableConv2D": ["filters", "kernel_size"],
    "Conv2DTranspose": ["filters", "kernel_size"], "GaussianNoise": ["stddev"], "GaussianDropout": ["rate"],
    "TimeDistributed": ["layer"], "Bidirectional": ["layer"], "Softmax": ["axis"],
}


class Stop(Exception):
    pass


class Tensor:
    def __init__(self, name):
        self.name = name


def notebook(cell, found):
    layers = []

    def factory(class_name):
        class Layer:
            def __init__(self, *args, **kwargs):
                self.class_name, self.config = class_name, dict(zip(FIRST.get(class_name, []), args), **kwargs)
                if class_name in ("LSTM", "GRU"):
                    self.config.setdefault("recurrent_activation", "hard_sigmoid")  # the default of that Keras
                if hasattr(self.config.get("layer"), "class_name"):
                    inner = self.config["layer"]
                    self.config["layer"] = {"class_name": inner.class_name, "config": inner.config}

            def __call__(self, of):
                of = of if isinstance(of, list) else [of]
                name = f"layer_{len(layers)}"
                layers.append({"class_name": class_name, "name": name, "config": dict(self.config, name=name),
                               "inbound_nodes": [[[t.name, 0, 0, {}] for t in of]]})
                return Tensor(name)
        return Layer

    def merge(class_name):
        return lambda of, **kwargs: factory(class_name)(**kwargs)(of)

    def Input(shape, dtype="float32"):
        name = f"layer_{len(layers)}"
        layers.append({"class_name": "InputLayer", "name": name, "inbound_nodes": [],
                       "config": {"name": name, "batch_input_shape": [None, *shape], "dtype": dtype}})
        return Tensor(name)

    def Model(inputs, outputs):
        refs = lambda of: [[t.name, 0, 0] for t in (of if isinstance(of, list) else [of])]
        found.update(class_name="Model", keras_version="2.0.0", config={"name": "m", "layers": layers,
                     "input_layers": refs(inputs), "output_layers": refs(outputs)})
        raise Stop

    class Names(dict):
        def __missing__(self, key):
            if key in ("True", "False", "None") or key == "__builtins__":
                raise KeyError(key)
            if key[0].islower():
                return merge(key.capitalize())
            return factory(key)

    names = Names(Input=Input, Model=Model)
    try:
        exec(compile(cell, "cell", "exec"), names)
    except Stop:
        pass


out = {}
for path in sorted(glob.glob(sys.argv[1] + "/**/*.ipynb", recursive=True)):
    for cell in json.load(open(path))["cells"]:
        text = "".join(cell["source"])
        key = re.search(r"DATA\['([^']+)'\] =", text)
        if not key or "Model(" not in text:
            continue
        found = {}
        try:
            notebook(text, found)
        except Exception as e:
            print(f"{key[1]}: {e}", file=sys.stderr)
        if found:
            out[key[1]] = found
print("{\n" + ",\n".join(f"{json.dumps(k)}: {json.dumps(v, separators=(',', ':'))}" for k, v in out.items()) + "\n}")
