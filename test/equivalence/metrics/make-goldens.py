"""Writes goldens.json: what scikit-learn (and DeLong's variance written out in numpy) say of a few score vectors.

    python test/equivalence/metrics/make-goldens.py

Versions are stored in the file. The tests read the file and need no Python.
"""
import json
import platform
from pathlib import Path

import numpy as np
import sklearn
from sklearn.calibration import calibration_curve
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score, roc_curve


def delong_interval(y, p):
    """Pair by pair, straight from DeLong et al. (1988), eq. 2 to 5: quadratic, so small inputs only."""
    pos, neg = p[y == 1], p[y == 0]
    psi = (pos[:, None] > neg[None, :]) + 0.5 * (pos[:, None] == neg[None, :])
    auc = psi.mean()
    var = psi.mean(axis=1).var(ddof=1) / len(pos) + psi.mean(axis=0).var(ddof=1) / len(neg)
    half = 1.959963984540054 * np.sqrt(var)
    return [max(0.0, auc - half), min(1.0, auc + half)]


def case(name, y, p, w=None):
    y, p = np.asarray(y, float), np.asarray(p, float)
    fpr, tpr, _ = roc_curve(y, p, sample_weight=w)
    rate, mean = calibration_curve(y, p, n_bins=10, strategy="uniform")
    out = {
        "name": name,
        "label": y.tolist(),
        "probability": p.tolist(),
        "weight": None if w is None else w.tolist(),
        "auc": roc_auc_score(y, p, sample_weight=w),
        "pr_auc": average_precision_score(y, p, sample_weight=w),
        "log_loss": log_loss(y, p, sample_weight=w),
        "brier": brier_score_loss(y, p, sample_weight=w),
        "roc_area": float(np.trapezoid(tpr, fpr)),
    }
    if w is None:
        out["auc_ci"] = delong_interval(y, p)
        out["uniform_curve"] = {"observed": rate.tolist(), "mean": mean.tolist()}
    return out


rng = np.random.default_rng(20240607)


def draw(n, base, digits=None, sharp=1.0):
    logit = rng.normal(np.log(base / (1 - base)), 1.2, n)
    p = 1 / (1 + np.exp(-sharp * logit))
    y = (rng.random(n) < 1 / (1 + np.exp(-logit))).astype(float)
    return y, (p if digits is None else p.round(digits))


cases = [
    case("balanced, no ties", *draw(300, 0.5)),
    case("rare positives", *draw(800, 0.03)),
    case("many ties", *draw(400, 0.2, digits=1)),
    case("overconfident", *draw(400, 0.3, sharp=3)),
    case("all scores equal", [0, 1, 1, 0, 0], [0.4] * 5),
    case("perfect", [0, 0, 1, 1, 1], [0.1, 0.2, 0.7, 0.8, 0.9]),
    case("zeros and ones, some wrong", [0, 1, 1, 0, 1, 0], [0.0, 1.0, 0.0, 1.0, 1.0, 0.0]),
    case("weighted", *draw(300, 0.25, digits=2), w=rng.integers(1, 9, 300) / 4),
    case("weighted with zeros", *draw(200, 0.4), w=np.where(rng.random(200) < 0.3, 0, 1.5)),
]
versions = {"python": platform.python_version(), "numpy": np.__version__, "scikit-learn": sklearn.__version__}
out = Path(__file__).with_name("goldens.json")
out.write_text(json.dumps({"versions": versions, "cases": cases}, indent=1) + "\n")
print(out, versions)
