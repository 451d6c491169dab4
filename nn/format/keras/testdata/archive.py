"""Writes model.keras and the same model as model.h5, for TestArchive: archive.py FOLDER (Debian's python3-h5py).

The layout of a .keras archive follows keras/src/saving/saving_lib.py of Keras 3: config.json, metadata.json and
model.weights.h5, in which the layers of a model are groups named by their class in snake case, counted.
"""
import json
import sys
import zipfile
import h5py
import numpy as np

random = np.random.default_rng(7)
made = lambda *shape: random.normal(size=shape).astype("float32")


def layer(class_name, name, **config):
    return {"module": "keras.layers", "class_name": class_name, "registered_name": None, "build_config": None,
            "config": {"name": name, "trainable": True, "dtype": {"module": "keras", "class_name": "DTypePolicy",
                       "config": {"name": "float32"}, "registered_name": None}, **config}}


def after(described, of):
    described["name"] = described["config"]["name"]
    described["inbound_nodes"] = [{"args": [{"class_name": "__keras_tensor__", "config": {
        "shape": [None], "dtype": "float32", "keras_history": [of, 0, 0]}}], "kwargs": {}}] if of else []
    return described


lstm = layer("LSTM", "lstm", units=3, return_sequences=True)
head = layer("Sequential", "head", layers=[layer("InputLayer", "head_input", batch_shape=[None, 6]),
                                           layer("Dense", "hidden", units=4, activation="relu"),
                                           layer("Dense", "shares", units=2, activation="softmax")])
config = {"module": "keras", "class_name": "Functional", "registered_name": "Functional", "config": {
    "name": "model", "trainable": True, "layers": [
        after(layer("InputLayer", "pictures", batch_shape=[None, 4, 5]), None),
        after(layer("BatchNormalization", "norm", axis=-1), "pictures"),
        after(layer("Bidirectional", "both", layer=lstm, merge_mode="concat"), "norm"),
        after(layer("Dense", "one", units=6), "both"),
        after(layer("GlobalAveragePooling1D", "mean"), "one"),
        after(layer("Dense", "two", units=6, activation={"module": "builtins", "class_name": "function", "config": "tanh",
                                                          "registered_name": "function"}), "mean"),
        after(head, "two")],
    "input_layers": ["pictures", 0, 0], "output_layers": [["head", 1, 0]]}}
gates = lambda: [made(5, 12), made(3, 12), made(12)]
weights = {  # path in the archive, layer and names in the .h5 file
    "layers/batch_normalization": ("norm", ["gamma", "beta", "moving_mean", "moving_variance"],
                                   [made(5), made(5), made(5), made(5) ** 2 + 1]),
    "layers/bidirectional/forward_layer/cell": ("both", ["forward_lstm/kernel", "forward_lstm/recurrent_kernel", "forward_lstm/bias"], gates()),
    "layers/bidirectional/backward_layer/cell": ("both", ["backward_lstm/kernel", "backward_lstm/recurrent_kernel", "backward_lstm/bias"], gates()),
    "layers/dense": ("one", ["kernel", "bias"], [made(6, 6), made(6)]),
    "layers/dense_1": ("two", ["kernel", "bias"], [made(6, 6), made(6)]),
    "layers/sequential/layers/dense": ("head", ["hidden/kernel", "hidden/bias"], [made(6, 4), made(4)]),
    "layers/sequential/layers/dense_1": ("head", ["shares/kernel", "shares/bias"], [made(4, 2), made(2)]),
}
folder = sys.argv[1]
with h5py.File(folder + "/model.weights.h5", "w") as f:
    for path, (_, _, arrays) in weights.items():
        for i, a in enumerate(arrays):
            f[f"{path}/vars/{i}"] = a
with zipfile.ZipFile(folder + "/model.keras", "w") as z:
    z.writestr("metadata.json", json.dumps({"keras_version": "3.5.0", "date_saved": "2024-01-01@00:00:00"}))
    z.writestr("config.json", json.dumps(config))
    z.write(folder + "/model.weights.h5", "model.weights.h5")
with h5py.File(folder + "/model.h5", "w") as f:
    f.attrs["model_config"], f.attrs["keras_version"], f.attrs["backend"] = json.dumps(config), "3.5.0", "tensorflow"
    g, lists = f.create_group("model_weights"), {}
    for layer_name, names, arrays in weights.values():
        for name, a in zip(names, arrays):
            g[f"{layer_name}/{layer_name}/{name}"] = a
            lists.setdefault(layer_name, []).append(f"{layer_name}/{name}")
    g.attrs["layer_names"] = list(lists)
    for layer_name, names in lists.items():
        g[layer_name].attrs["weight_names"] = names
