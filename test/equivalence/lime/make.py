"""Goldens of LIME: `python test/equivalence/lime/make.py` (pip install lime scikit-learn numpy).

Three parts. "fit": the local fit of lime_base on given 0/1 rows, answers and distances. "discretizer": what the quartile
discretizer learns from a table. "weights": explanations of one row by the whole package over many seeds, whose means and
spreads over the seeds are kept: another generator can agree with them in distribution only.
"""

import json
import math
from functools import partial
from importlib.metadata import version
from pathlib import Path

import numpy as np
from lime.discretize import QuartileDiscretizer
from lime.lime_base import LimeBase
from lime.lime_tabular import LimeTabularExplainer

HERE = Path(__file__).resolve().parent
SEEDS = 150


def kernel(d, width):
    return np.sqrt(np.exp(-(d**2) / width**2))


def fit_case(seed, rows, columns, features):
    random = np.random.default_rng(seed)
    share = random.uniform(0.1, 0.9, columns)
    same = (random.random((rows, columns)) < share).astype(int)
    same[0] = 1
    answers = 1 / (1 + np.exp(-(same @ random.normal(size=columns) - 1 + same[:, 0] * same[:, 1]))) * 0.9
    distances = np.sqrt((1 - same).sum(axis=1))
    base = LimeBase(partial(kernel, width=0.75 * math.sqrt(columns)), random_state=1)
    labels = np.column_stack([1 - answers, answers])
    intercept, terms, score, local = base.explain_instance_with_data(same.astype(float), labels, distances, 1, features)
    return {
        "features": features,
        "same": ["".join(map(str, row)) for row in same.tolist()],
        "answers": answers.tolist(),
        "terms": [[int(column), float(weight)] for column, weight in terms],
        "intercept": float(intercept),
        "r_squared": float(score),
        "local": float(local[0]),
    }


def table():
    random = np.random.default_rng(3)
    x = np.column_stack([
        random.normal(size=500),
        random.exponential(2, 500),
        random.uniform(-1, 1, 500),
        random.normal(5, 3, 500),
        random.choice(4, 500, p=[0.5, 0.25, 0.15, 0.1]),
        random.normal(size=500),
    ])
    return np.round(x, 4)


def answer(x):
    score = 1.2 * x[:, 0] - 0.4 * x[:, 1] + 0.9 * x[:, 2] * x[:, 0] + 1.5 * (x[:, 4] == 1) + 0.1 * x[:, 3] - 0.3
    p = 1 / (1 + np.exp(-score))
    return np.column_stack([1 - p, p])


x = table()
discretizer = QuartileDiscretizer(x, [4], [str(c) for c in range(6)])
learned = {
    str(c): {
        "means": [float(v) for v in discretizer.means[c]],
        "stds": [float(v) for v in discretizer.stds[c]],
        "mins": [float(v) for v in discretizer.mins[c]],
        "maxs": [float(v) for v in discretizer.maxs[c]],
    }
    for c in range(6)
    if c != 4
}

row = np.array([0.8, 1.0, 0.3, 6.0, 1, -0.5])
weights, fits = [], []
frequencies = None
for seed in range(SEEDS):
    explainer = LimeTabularExplainer(x, categorical_features=[4], random_state=seed)
    frequencies = {str(c): np.asarray(explainer.feature_frequencies[c]).tolist() for c in range(6)}
    explanation = explainer.explain_instance(row, answer, num_features=6, num_samples=5000)
    weights.append([weight for _, weight in sorted(explanation.local_exp[1])])
    fits.append([explanation.score, float(explanation.local_pred[0]), explanation.intercept[1]])
weights, fits = np.array(weights), np.array(fits)

goldens = {
    "versions": {"lime": version("lime"), "scikit-learn": version("scikit-learn")},
    "fit": [fit_case(1, 300, 12, 5), fit_case(2, 300, 12, 8), fit_case(3, 200, 6, 10), fit_case(4, 400, 20, 6)],
    "table": x.tolist(),
    "discretizer": learned,
    "frequencies": frequencies,
    "row": row.tolist(),
    "seeds": SEEDS,
    "weights": {"mean": weights.mean(axis=0).tolist(), "spread": weights.std(axis=0, ddof=1).tolist()},
    "fits": {"mean": fits.mean(axis=0).tolist(), "spread": fits.std(axis=0, ddof=1).tolist()},
}
(HERE / "goldens" / "lime.json").write_text(json.dumps(goldens))
