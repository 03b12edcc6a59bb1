"""Goldens of curves and statistics: `python test/explain/make_curves.py` (pip install scikit-learn xgboost numpy scipy).

"forest": a small random forest of scikit-learn with its partial dependence and individual curves by the brute method, and
Friedman's H² of pairs by scoring every combination. "statistics": distances, tests and adjusted p-values by scipy.
"xgboost": 100 trees, the contributions XGBoost gives (single precision), and the exact ones: for each leaf the Shapley values over all
subsets of the features on its path, added in double precision without loss.
"""

import json
import math
from itertools import combinations
from pathlib import Path

import numpy as np
import scipy.stats
import sklearn
import xgboost as xgb
from sklearn.ensemble import RandomForestClassifier
from sklearn.inspection import partial_dependence

HERE = Path(__file__).resolve().parent
random = np.random.default_rng(2)
x = random.normal(size=(400, 4)).astype(np.float32).astype(np.float64)
x[:, 3] = random.integers(0, 5, 400)
score = x[:, 0] * x[:, 1] + x[:, 2] + (x[:, 3] == 2)
label = (score + random.normal(size=400) * 0.5 > 0.3).astype(int)
forest = RandomForestClassifier(n_estimators=12, max_depth=6, random_state=1, n_jobs=1).fit(x, label)
background = x[:60]


def tree_of(tree):
    return {
        "feature": tree.feature.tolist(),
        "threshold": tree.threshold.tolist(),
        "left": tree.children_left.tolist(),
        "right": tree.children_right.tolist(),
        "value": (tree.value[:, 0, 1] / tree.value[:, 0].sum(axis=1)).tolist(),
    }


def curve(feature, grid):
    # The brute method on scikit-learn's own terms: its estimator scored on the rows with the column set.
    found = partial_dependence(
        forest, background, [feature], method="brute", kind="both", response_method="predict_proba",
        custom_values={feature: np.asarray(grid)},
    )
    return {"feature": feature, "grid": list(map(float, grid)), "mean": found["average"][0].tolist(),
            "curves": found["individual"][0].tolist()}


def mean_at(columns):
    values = []
    for row in few:
        changed = few.copy()
        for column in columns:
            changed[:, column] = row[column]
        values.append(forest.predict_proba(changed)[:, 1].mean())
    values = np.array(values)
    return values - values.mean()


few = x[:25]
single = {c: mean_at([c]) for c in range(4)}
h = []
for a, b in combinations(range(4), 2):
    both = mean_at([a, b])
    h.append([a, b, float(((both - single[a] - single[b]) ** 2).sum() / (both**2).sum())])

# --- XGBoost in single precision against the exact sums
wide = random.normal(size=(3000, 8)).astype(np.float32)
target = (wide[:, 0] - wide[:, 1] * wide[:, 2] + np.sin(2 * wide[:, 3]) + random.normal(size=3000) > 0).astype(int)
model = xgb.train({"objective": "binary:logistic", "nthread": 1, "base_score": 0.5, "max_depth": 4}, xgb.DMatrix(wide, target), 100)
shown = wide[:4]
given = model.predict(xgb.DMatrix(shown), pred_contribs=True).astype(float)


def plain(n):
    if "leaf" in n:
        return [n["leaf"], n["cover"]]
    children = {c["nodeid"]: c for c in n["children"]}
    yes, no = plain(children[n["yes"]]), plain(children[n["no"]])
    return [int(n["split"][1:]), n["split_condition"], n["cover"], yes, no]


trees = [plain(json.loads(t)) for t in model.get_dump(with_stats=True, dump_format="json")]


def cover_of(n):
    return n[1] if len(n) == 2 else n[2]


def leaves(n, path):
    if len(n) == 2:
        yield n[0], path
        return
    feature, threshold, _, yes, no = n
    both = cover_of(yes) + cover_of(no)
    yield from leaves(yes, path + [(feature, np.float32(threshold), True, cover_of(yes) / both)])
    yield from leaves(no, path + [(feature, np.float32(threshold), False, cover_of(no) / both)])


def exact(row):
    parts, base = [[] for _ in range(8)], []
    for tree in trees:
        for value, path in leaves(tree, []):
            factors = {}
            for feature, threshold, below, share in path:
                one, zero = factors.get(feature, (1.0, 1.0))
                factors[feature] = (one * float((row[feature] < threshold) == below), zero * share)
            base.append(value * math.prod(zero for _, zero in factors.values()))
            for feature, (one, zero) in factors.items():
                others = [f for f in factors if f != feature]
                n = len(others) + 1
                for size in range(n):
                    weight = math.factorial(size) * math.factorial(n - size - 1) / math.factorial(n)
                    for known in combinations(others, size):
                        rest = math.prod(factors[f][0] if f in known else factors[f][1] for f in others)
                        parts[feature].append(value * weight * rest * (one - zero))
    return [math.fsum(p) for p in parts] + [math.fsum(base)]


a, b = random.normal(size=200), random.normal(0.2, 1.1, 150)
p_values = [0.001, 0.02, 0.04, 0.03, 0.9, 0.5, 0.0004, 0.04]
goldens = {
    "versions": {"scikit-learn": sklearn.__version__, "xgboost": xgb.__version__, "scipy": scipy.__version__},
    "forest": {
        "trees": [tree_of(t.tree_) for t in forest.estimators_],
        "background": background.tolist(),
        "curves": [curve(0, np.linspace(-2, 2, 9)), curve(1, np.linspace(-1, 1, 5)), curve(3, range(5))],
        "few": len(few),
        "h_squared": h,
    },
    "statistics": {
        "a": a.tolist(),
        "b": b.tolist(),
        "ks": float(scipy.stats.ks_2samp(a, b).statistic),
        "ks_p": float(scipy.stats.ks_2samp(a, b, method="asymp").pvalue),
        "p_values": p_values,
        "adjusted": scipy.stats.false_discovery_control(p_values).tolist(),
        "two_sided": [[z, float(2 * scipy.stats.norm.sf(z))] for z in (0, 0.5, 1.96, 4, 9)],
        "chi_square_95": [[k, float(scipy.stats.chi2.ppf(0.95, k))] for k in (1, 3, 9, 11)],
    },
    "xgboost": {"trees": trees, "rows": shown.astype(float).tolist(), "given": given.tolist(), "exact": [exact(r) for r in shown]},
}
(HERE / "goldens" / "curves.json").write_text(json.dumps(goldens))
