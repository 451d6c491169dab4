"""Writes keras.json: what Keras' own Tokenizer and pad_sequences make of a few texts, and
lower.json: Python's str.lower.

Needs Keras Preprocessing 1.1.2 (github.com/keras-team/keras-preprocessing) on the path, numpy and
six; made with Python 3.11, whose Unicode is 14.0.

    PYTHONPATH=keras-preprocessing python3 keras.py
"""
import json
import sys
import types
import unicodedata

# The package's __init__ wants Keras itself; text and sequence alone do not.
sys.modules.setdefault("keras", types.ModuleType("keras"))
from keras_preprocessing.sequence import pad_sequences
from keras_preprocessing.text import Tokenizer

CORPUS = [
    "The quick brown fox, the lazy dog; the END.",
    "don't STOP -- can't stop\twon't\nstop!",
    "",
    "   ",
    "naïve café Ünïcode ΣΊΣΥΦΟΣ İstanbul ſtraße ẞ ǅ",
    "emoji 😀 and 中文 字 mixed; a_b c|d {e}",
    "<OOV> is also a word of the texts",
    "fox dog fox dog cat",
    'quotes "double" \\ back / slash \x7f \x01 \u2028',
]
NEW = ["the unknown FOX meets a dog", "ΣΑΣ σας ΑΣ", "", "zzz", "stop the <OOV> 😀 字"]
CASES = {
    "defaults": {},
    "num_words": {"num_words": 6},
    "oov": {"oov_token": "<UNK>"},
    "oov and num_words": {"oov_token": "<UNK>", "num_words": 5},
    "oov that is a word": {"oov_token": "oov"},
    "no lower": {"lower": False},
    "no filters": {"filters": ""},
    "other split": {"split": "o"},
    "long split": {"split": "ab", "filters": " "},
    "characters": {"char_level": True},
    "characters with oov": {"char_level": True, "oov_token": "?", "num_words": 20, "lower": False},
}


def tokenizer_case(name, arguments):
    t = Tokenizer(**arguments)
    t.fit_on_texts(CORPUS[:5])
    t.fit_on_texts(CORPUS[5:])
    return {"name": name, "arguments": arguments, "json": t.to_json(), "sequences": t.texts_to_sequences(CORPUS + NEW)}


def pad_case(maxlen, padding, truncating, value):
    rows = [[1, 2, 3, 4, 5], [], [6], [7, 8, 9]]
    out = pad_sequences(rows, maxlen=maxlen, padding=padding, truncating=truncating, value=value)
    return {"maxlen": maxlen or 0, "padding": padding, "truncating": truncating, "value": value, "rows": out.tolist()}


def lower():
    assigned = [chr(c) for c in range(0x110000) if not 0xD800 <= c < 0xE000 and unicodedata.category(chr(c)) not in ("Cn", "Co")]
    changed = {c: c.lower() for c in assigned if c.lower() != c}
    # Whether a character lets a sigma before or behind it be final shows whether it is cased or ignorable.
    kind = {"after": [], "before": []}
    for c in assigned:
        if ("A\u03a3" + c + "A").lower()[1] == "\u03c3":
            kind["after"].append(ord(c))
        if (c + "\u03a3").lower()[-1] == "\u03c2":
            kind["before"].append(ord(c))
    return {"unicode": unicodedata.unidata_version, "changed": changed, **{k: ranges(v) for k, v in kind.items()}, "assigned": ranges([ord(c) for c in assigned])}


def ranges(numbers):
    """[first, last, first, last, …] of ascending numbers."""
    out = []
    for n in numbers:
        if out and out[-1] == n - 1:
            out[-1] = n
        else:
            out += [n, n]
    return out


json.dump({"corpus": CORPUS, "new": NEW, "cases": [tokenizer_case(n, a) for n, a in CASES.items()],
           "pad": [pad_case(m, p, t, v) for m in (None, 3, 6) for p in ("pre", "post") for t in ("pre", "post") for v in (0, 7)]},
          open("keras.json", "w"), indent=1)
json.dump(lower(), open("lower.json", "w"))
