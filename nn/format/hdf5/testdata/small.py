"""Writes old.h5 and new.h5, which FuzzFile begins with: small.py FOLDER (Debian's python3-h5py)."""
import sys
import h5py
import numpy as np

for name, libver in (("old", "earliest"), ("new", "latest")):
    with h5py.File(f"{sys.argv[1]}/{name}.h5", "w", libver=libver) as f:
        f.attrs["model_config"] = '{"class_name": "Sequential"}'
        f.attrs["names"] = np.array([b"one", b"three"])
        g = f.create_group("model_weights")
        g.create_dataset("plain", data=np.arange(6, dtype="float32").reshape(2, 3))
        g.create_dataset("half", data=np.arange(6, dtype="float16"))
        g.create_dataset("gzip", data=np.arange(60, dtype="int16").reshape(6, 10), chunks=(4, 4), compression="gzip",
                         shuffle=True, fletcher32=True)
        g.create_dataset("open", data=np.arange(20, dtype="float64"), chunks=(3,), maxshape=(None,))
        for i in range(12):
            g.attrs[f"attribute {i}"] = i
