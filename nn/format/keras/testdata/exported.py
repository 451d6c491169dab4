"""Opens what TestH5pyOpensExports writes, as Keras' loaders do: exported.py FOLDER OUTPUT (Debian's python3-h5py).

keras/src/legacy/saving/legacy_h5_format.py takes weights in the order of layer_names and weight_names,
keras/src/saving/saving_lib.py from layers/NAME/vars/0, 1, ….
"""
import io
import json
import sys
import zipfile
import h5py
import numpy as np


def forward(x, first, norm, last):
    x = np.maximum(x @ first[0] + first[1], 0)
    gamma, beta, mean, variance = norm
    x = (x - mean) / np.sqrt(variance + 1e-3) * gamma + beta
    return x @ last[0] + last[1]


x = np.arange(6, dtype="float32")[None] - 2
want = np.array(json.loads(sys.argv[2]), "float32")
with h5py.File(f"{sys.argv[1]}/m.h5", "r") as f:
    config = json.loads(f.attrs["model_config"])
    assert config["class_name"] == "Functional", config["class_name"]
    g = f["model_weights"]
    layers = [n.decode() for n in g.attrs["layer_names"]]
    assert layers == [layer["config"]["name"] for layer in config["config"]["layers"]], layers
    weights = [[g[n][w.decode()][()] for w in g[n].attrs["weight_names"]] for n in layers]
    weights = [w for w in weights if w]
    assert np.allclose(forward(x, *weights), want, rtol=1e-5, atol=1e-5)
with zipfile.ZipFile(f"{sys.argv[1]}/m.keras") as z:
    assert z.namelist() == ["metadata.json", "config.json", "model.weights.h5"], z.namelist()
    config = json.loads(z.read("config.json"))
    assert (config["module"], config["registered_name"]) == ("keras.src.models.functional", "Functional")
    with h5py.File(io.BytesIO(z.read("model.weights.h5")), "r") as f:
        weights = []
        for name in ("dense", "batch_normalization", "dense_1"):
            group = f["layers"][name]["vars"]
            weights.append([group[str(i)][()] for i in range(len(group))])
        assert np.allclose(forward(x, *weights), want, rtol=1e-5, atol=1e-5)
