"""Writes HDF5 files of every form that is read, for TestH5py: forms.py FOLDER (Debian's python3-h5py).

Every dataset of numbers holds 0, 1, 2, … in row-major order, modulo 100.
"""
import sys
import h5py
import numpy as np


def ramp(shape, dtype):
    return (np.arange(int(np.prod(shape))) % 100).astype(dtype).reshape(shape)


for libver in ("earliest", "v108", "v110", "latest"):
    with h5py.File(f"{sys.argv[1]}/{libver}.h5", "w", libver=libver if libver == "earliest" else (libver, libver)) as f:
        for dtype in ("float16", "float32", "float64", "int8", "int32", "int64", "uint8", "uint16", ">f4", ">i2"):
            f.create_dataset(f"types/{dtype}", data=ramp((5, 7), dtype))
        f.create_dataset("types/bool", data=ramp((9,), "int8") % 2 == 1)
        f["scalar"] = np.float32(0)
        f.create_dataset("empty", data=np.zeros((0, 4), "float32"))
        f.create_dataset("chunks/plain", data=ramp((10, 11), "float32"), chunks=(3, 4))
        f.create_dataset("chunks/one", data=ramp((10, 11), "float32"), chunks=(10, 11))
        f.create_dataset("chunks/one gzip", data=ramp((10, 11), "float32"), chunks=(10, 11), compression="gzip")
        f.create_dataset("chunks/gzip", data=ramp((40, 33), "float32"), chunks=(7, 8), compression="gzip")
        f.create_dataset("chunks/shuffle", data=ramp((40, 33), "int16"), chunks=(7, 8), compression="gzip", shuffle=True)
        f.create_dataset("chunks/fletcher32", data=ramp((40, 33), "float64"), chunks=(7, 8), compression="gzip",
                         shuffle=True, fletcher32=True)
        f.create_dataset("chunks/only fletcher32", data=ramp((40,), "float32"), chunks=(7,), fletcher32=True)
        f.create_dataset("chunks/two open axes", data=ramp((60, 50), "float32"), chunks=(4, 3), maxshape=(None, None))
        f.create_dataset("chunks/two open axes gzip", data=ramp((60, 50), "float32"), chunks=(4, 3),
                         maxshape=(None, None), compression="gzip")
        f.create_dataset("chunks/many", data=ramp((5000,), "float32"), chunks=(2,))
        f.create_dataset("chunks/open axis", data=ramp((500,), "float32"), chunks=(3,), maxshape=(None,))
        p = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        p.set_layout(h5py.h5d.COMPACT)
        d = h5py.h5d.create(f.id, b"compact", h5py.h5t.IEEE_F32LE, h5py.h5s.create_simple((3, 4)), p)
        d.write(h5py.h5s.ALL, h5py.h5s.ALL, ramp((3, 4), "float32"))
        g = f.create_group("many links")
        for i in range(300):
            g.create_dataset(f"member {i}", data=ramp((3,), "float32"))
        g = f.create_group("attributes")
        for i in range(200):
            g.attrs[f"text {i}"] = f"value {i}"
        g.attrs["fixed"] = np.array([b"one", b"two", b"three"])
        g.attrs["list"] = ["α", "β", ""]
        g.attrs["number"] = np.float32(7)
