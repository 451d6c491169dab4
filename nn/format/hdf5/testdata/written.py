"""Reads what TestH5pyReadsWhatIsWritten writes: written.py FILE (Debian's python3-h5py)."""
import sys
import h5py
import numpy as np

with h5py.File(sys.argv[1], "r") as f:
    assert f.attrs["text"] == "长 text " * 20000
    assert f.attrs["nothing"] == ""
    assert [s.decode() for s in f.attrs["list"]] == ["a", "猫", "", "longest"], f.attrs["list"]
    assert sorted(f) == ["a", "empty", "many"], list(f)
    assert f["a/b/half:0"].dtype == np.float16
    assert np.array_equal(f["a/b/half:0"][()], np.arange(6, dtype="float16").reshape(2, 3) - 1.5)
    assert f["a/b/one"].shape == () and f["a/b/one"][()] == -2.5
    assert len(f["empty"]) == 0 and len(f["empty"].attrs["list"]) == 0
    names = sorted(f["many"])
    assert len(names) == 300, len(names)
    for i in range(300):
        d = f["many"][f"member {i}"]
        assert d.dtype == np.float32 and d.shape == (i,)
        assert np.array_equal(d[()], np.arange(i, dtype="float32") - 1.5)
