"""Small files of NumPy's, and what is in them, for numpy_test.go.

Run with Debian's python3-numpy (1.24) in this folder; it writes *.npy, *.npz and numpy_files.json.
"""
import json
import numpy as np

v = np.array([[1, -2.5, 0], [3, 100, -0.125]])
ARRAYS = {t: v.astype(t) for t in ("float16", "float32", "float64", "int8", "int16", "int32", "int64", "bool")}
ARRAYS["uint8"] = np.array([0, 7, 255], np.uint8)
ARRAYS["scalar"], ARRAYS["empty"] = np.float32(4.5), np.zeros((0, 3), np.float32)
ARRAYS["columns"] = np.asfortranarray(np.arange(24, dtype=np.float32).reshape(2, 3, 4))

np.savez("stored.npz", **ARRAYS)
np.savez_compressed("packed.npz", **ARRAYS)
np.save("one.npy", v)
np.savez("objects.npz", np.array([{"a": 1}], dtype=object))
np.savez("text.npz", np.array(["a", "bc"]))
np.savez("big.npz", v.astype(">f4"))
with open("numpy_files.json", "w") as f:
    json.dump({k: {"shape": list(a.shape), "values": [float(x) for x in np.asarray(a).reshape(-1).tolist()]} for k, a in ARRAYS.items()}, f)
    f.write("\n")
