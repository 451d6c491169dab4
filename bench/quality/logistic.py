"""Accuracy of scikit-learn on a draw of tools/quality, as JSON.

same: LogisticRegression on the features that Wafer's head was solved on.
characters: TfidfVectorizer of characters, 1 to 3, and LogisticRegression, on the texts.

Usage: logistic.py FOLDER, with train.* and test.* as tools/quality writes them.
"""
import json
import sys
import warnings

import numpy as np
import scipy.sparse as sp
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

warnings.filterwarnings("ignore")


def read(base):
    about = json.load(open(base + ".json"))
    parts = []
    if about["width"]:
        dense = np.fromfile(base + ".dense", "<f4").reshape(about["rows"], about["width"])
        parts.append(dense)
    if about["words"]:
        csr = (np.fromfile(base + ".value", "<f4"), np.fromfile(base + ".index", "<i4"), np.fromfile(base + ".indptr", "<i4"))
        parts.append(sp.csr_matrix(csr, shape=(about["rows"], about["words"])))
    x = parts[0] if len(parts) == 1 else sp.hstack([sp.csr_matrix(parts[0]), parts[1]]).tocsr()
    return x, np.array(about["y"]), about["texts"]


def main():
    x, y, texts = read(sys.argv[1] + "/train")
    z, truth, others = read(sys.argv[1] + "/test")
    same = LogisticRegression(max_iter=1000).fit(x, y).score(z, truth)
    result = {"same": same, "characters": 0}
    if texts and any(ord(c) > 0x2E7F for t in texts[:50] for c in t):
        tfidf = TfidfVectorizer(analyzer="char", ngram_range=(1, 3))
        model = LogisticRegression(max_iter=1000).fit(tfidf.fit_transform(texts), y)
        result["characters"] = model.score(tfidf.transform(others), truth)
    print(json.dumps(result))


main()
