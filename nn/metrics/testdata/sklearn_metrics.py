"""Figures of scikit-learn for nn/metrics: python3 sklearn_metrics.py > sklearn_metrics.json (scikit-learn 1.2.1)."""
import json
import numpy as np
from sklearn import metrics
from sklearn.calibration import calibration_curve

rng = np.random.default_rng(7)
cases = []
for n, k in ((40, 2), (120, 3), (200, 5)):
    labels = rng.integers(0, k, n)
    logits = rng.normal(size=(n, k)) + 1.5 * np.eye(k)[labels]
    p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    p = np.round(p, 2).astype(np.float32)  # ties
    said = p.argmax(1)
    precision, recall, f1, support = metrics.precision_recall_fscore_support(labels, said, zero_division=0)
    macro = metrics.precision_recall_fscore_support(labels, said, average="macro", zero_division=0)
    case = dict(labels=labels.tolist(), classes=k, p=[float(v) for v in p.ravel()],
                accuracy=metrics.accuracy_score(labels, said), precision=precision.tolist(), recall=recall.tolist(),
                f1=f1.tolist(), support=support.tolist(), macro=list(macro[:3]), auc=[], ap=[], roc=[], pr=[])
    for c in range(k):
        scores = p[:, c].astype(np.float64)
        fpr, tpr, at = metrics.roc_curve(labels == c, scores, drop_intermediate=False)
        case["roc"].append([fpr.tolist(), tpr.tolist()])
        case["auc"].append(metrics.roc_auc_score(labels == c, scores))
        pre, rec, at = metrics.precision_recall_curve(labels == c, scores)
        full = int(np.flatnonzero(rec == 1)[-1])  # scikit-learn goes on to thresholds that find no more
        case["pr"].append([rec[full:-1][::-1].tolist(), pre[full:-1][::-1].tolist()])
        case["ap"].append(metrics.average_precision_score(labels == c, scores))
    top = p.max(1).astype(np.float64)
    shares, means = calibration_curve(said == labels, top, n_bins=10)
    case["calibration"] = [means.tolist(), shares.tolist()]
    cases.append(case)
print(json.dumps(cases))
