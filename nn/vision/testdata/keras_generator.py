"""Writes keras_generator.json: pictures changed by the formulas of Keras 3's
ImageDataGenerator (keras/src/legacy/preprocessing/image.py, the same in Keras 2.4 to 2.15),
written out here with NumPy, on SciPy's ndimage.affine_transform, which Keras calls.

Needs NumPy and SciPy (1.10). Run: python3 keras_generator.py > keras_generator.json
"""
import json

import numpy as np
from scipy import ndimage


def picture(height, width, channels):
    n = height * width * channels
    k = np.arange(n, dtype=np.uint64)
    return ((k * 2654435761 + 12345) >> 7 & 255).astype("float32").reshape(height, width, channels)


def apply_affine_transform(x, fill_mode, cval, theta=0, tx=0, ty=0, shear=0, zx=1, zy=1):
    matrix = np.eye(3)
    if theta != 0:
        a = np.deg2rad(theta)
        matrix = matrix @ [[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1]]
    matrix = matrix @ [[1, 0, tx], [0, 1, ty], [0, 0, 1]]
    if shear != 0:
        a = np.deg2rad(shear)
        matrix = matrix @ [[1, -np.sin(a), 0], [0, np.cos(a), 0], [0, 0, 1]]
    matrix = matrix @ [[zx, 0, 0], [0, zy, 0], [0, 0, 1]]
    h, w = x.shape[:2]
    ox, oy = h / 2 - 0.5, w / 2 - 0.5  # transform_matrix_offset_center(matrix, h, w)
    matrix = [[1, 0, ox], [0, 1, oy], [0, 0, 1]] @ matrix @ [[1, 0, -ox], [0, 1, -oy], [0, 0, 1]]
    exchange = np.array([[0, 1, 0], [1, 0, 0], [0, 0, 1]])  # col_axis > row_axis
    matrix = exchange @ matrix @ exchange
    return np.stack([ndimage.affine_transform(x[..., c], matrix[:2, :2], matrix[:2, 2], order=1,
                                              mode=fill_mode, cval=cval) for c in range(x.shape[2])], -1)


def apply_transform(x, t, fill_mode, cval, channel_shift=0, flip_horizontal=False, flip_vertical=False):
    x = apply_affine_transform(x, fill_mode, cval, **t)
    if channel_shift:
        x = np.clip(x + np.float32(channel_shift), x.min(), x.max())
    if flip_horizontal:
        x = x[:, ::-1]
    if flip_vertical:
        x = x[::-1]
    return x


cases = []
for fill_mode in ["nearest", "reflect", "constant", "wrap"]:
    for size, transforms in [((7, 7, 1), [
        {"theta": 23}, {"theta": -170}, {"tx": 2.3}, {"ty": -9.7}, {"shear": 17}, {"zx": 0.8, "zy": 1.3},
    ]), ((5, 8, 3), [
        {"theta": 31, "tx": 1.6, "ty": -2.2, "shear": -12, "zx": 1.2, "zy": 0.7}, {"tx": -20.3, "ty": 17.1},
    ])]:
        for t in transforms:
            extra = {"flip_horizontal": True} if t.get("theta") == 31 else {}
            if t.get("theta") == 23:
                extra = {"flip_vertical": True, "channel_shift": 60.5}
            y = apply_transform(picture(*size), t, fill_mode, 40.0, **extra)
            cases.append({"fill": fill_mode, "size": size, "transform": t, **extra,
                          "pixels": [round(float(v), 4) for v in y.ravel()]})
print("[" + ",\n".join(json.dumps(c) for c in cases) + "]")
