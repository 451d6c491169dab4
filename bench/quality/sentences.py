"""Sentence vectors of Universal Sentence Encoder Lite, by the formulas in models/use-lite-en/SOURCE.md, in NumPy.

Usage: sentences.py MODEL_FOLDER TEXTS.json OUT. For every text of the list it appends to OUT the SHA-256 of the text, its
white space folded, and 512 float32, little endian.
"""
import hashlib
import json
import struct
import sys
import unicodedata

import numpy as np

BATCH = 2048  # tokens at once


def weights(path):
    with open(path, "rb") as f:
        head = json.loads(f.read(struct.unpack("<Q", f.read(8))[0]))
        content = f.read()
    w = {}
    for name, t in head.items():
        if name != "__metadata__":
            start, end = t["data_offsets"]
            kind = {"F16": "<f2", "F32": "<f4"}[t["dtype"]]
            w[name] = np.frombuffer(content[start:end], kind).astype(np.float32).reshape(t["shape"])
    return w


class Tokenizer:
    """Unigram by Viterbi; a character that starts no piece is id 0 with score 0, runs of id 0 become one."""

    def __init__(self, path):
        pieces = list(enumerate(json.load(open(path))))[6:]
        self.score = {p: (i, s or 0.0) for i, (p, s) in pieces}
        self.longest = max(map(len, self.score))

    def ids(self, text):
        if not text:
            return []
        t = "\u2581" + unicodedata.normalize("NFKC", text).replace(" ", "\u2581")
        best, back = [0.0] + [float("-inf")] * len(t), [None] * (len(t) + 1)
        for i in range(len(t)):
            known = False
            for j in range(i + 1, min(len(t), i + self.longest) + 1):
                piece = self.score.get(t[i:j])
                if piece:
                    known = True
                    if best[i] + piece[1] >= best[j]:
                        best[j], back[j] = best[i] + piece[1], (i, piece[0])
            if not known and best[i] >= best[i + 1]:
                best[i + 1], back[i + 1] = best[i], (i, 0)
        path, i = [], len(t)
        while i > 0:
            i, token = back[i]
            if token or not path or path[-1]:
                path.append(token)
        return path[::-1][:128]


class Encoder:
    def __init__(self, folder):
        self.w = weights(folder + "/use_lite_en.f16.safetensors")
        self.tokenizer = Tokenizer(folder + "/vocab.json")

    def dense(self, x, name):
        return x @ self.w[name + ".weight"] + self.w[name + ".bias"]

    def norm(self, x, name):
        mean = x.mean(-1, keepdims=True)
        variance = ((x - mean) ** 2).mean(-1, keepdims=True)
        return (x - mean) / np.sqrt(variance + 1e-6) * self.w[name + ".scale"] + self.w[name + ".bias"]

    def attention(self, x, layer):
        b, n, _ = x.shape
        parts = np.split(self.dense(x, layer + ".qkv"), 3, -1)
        q, k, v = (p.reshape(b, n, 4, -1).transpose(0, 2, 1, 3) for p in parts)
        a = q @ k.transpose(0, 1, 3, 2) / np.float32(np.sqrt(q.shape[-1]))
        a = np.exp(a - a.max(-1, keepdims=True))
        mixed = (a / a.sum(-1, keepdims=True)) @ v
        return self.dense(mixed.transpose(0, 2, 1, 3).reshape(b, n, -1), layer + ".out")

    def batch(self, ids):
        """Vectors of texts of equally many tokens [b, n]."""
        ids = np.array(ids, int).reshape(len(ids), -1)
        if ids.shape[1] == 0:
            mean = np.zeros((len(ids), 512), np.float32)
        else:
            angle = np.arange(ids.shape[1], dtype=np.float32)[:, None] * self.w["inv_timescales"][None]
            x = 2 * self.w["embeddings"][ids] + np.concatenate([np.sin(angle), np.cos(angle)], -1)[None]
            for layer in ("layer0", "layer1"):
                residual = self.dense(x, "layer0.residual") if layer == "layer0" else x
                x = self.attention(self.norm(x, layer + ".ln1"), layer) + residual
                inner = np.maximum(self.dense(self.norm(x, layer + ".ln2"), layer + ".ffn1"), 0)
                x = x + self.dense(inner, layer + ".ffn2")
            mean = x.mean(1)
        e = np.tanh(self.dense(mean, "tanh"))
        return (e / np.linalg.norm(e, axis=-1, keepdims=True)).astype("<f4")

    def __call__(self, texts):
        by_length = {}
        for i, text in enumerate(texts):
            ids = self.tokenizer.ids(text)
            by_length.setdefault(len(ids), []).append((i, ids))
        out = np.zeros((len(texts), 512), "<f4")
        for length, group in sorted(by_length.items()):
            step = max(1, BATCH // max(length, 1))
            for at in range(0, len(group), step):
                part = group[at:at + step]
                out[[i for i, _ in part]] = self.batch([ids for _, ids in part])
        return out


def main():
    folder, texts, out = sys.argv[1:]
    texts = [" ".join(t.split()) for t in json.load(open(texts))]
    vectors = Encoder(folder)(texts)
    with open(out, "ab") as f:
        for text, vector in zip(texts, vectors):
            f.write(hashlib.sha256(text.encode()).digest() + vector.tobytes())


if __name__ == "__main__":
    main()
