"""Golden of the row where XGBoost's contributions are furthest from the exact ones: `python test/explain/make_single_precision.py`.

The model is that of bench/shap.mjs (100 trees of depth 6 on 30 columns; pip install xgboost numpy). Kept is the row whose exact values, Shapley values over all subsets of each leaf's features summed without loss in double precision, are
furthest from what XGBoost gives: with its trees, its values and the exact ones.
"""

import gzip
import json
import math
import subprocess
import sys
import tempfile
from itertools import combinations
from pathlib import Path

import numpy as np
import xgboost as xgb

HERE = Path(__file__).resolve().parent
ROWS, COLUMNS = 2000, 30
SUSPECTS = 12

with tempfile.TemporaryDirectory() as folder:
    job = {"folder": folder, "family": "xgboost", "rows": ROWS, "repetitions": 1}
    peer = HERE.parent.parent / "bench" / "peers" / "shap.py"
    subprocess.run([sys.executable, str(peer), json.dumps(job)], check=True, stdout=subprocess.DEVNULL)
    cells = np.fromfile(Path(folder) / "cells.f64").reshape(ROWS, COLUMNS)
    given = np.fromfile(Path(folder) / "contributions.f64").reshape(ROWS, COLUMNS + 1)
    trees = json.loads((Path(folder) / "trees.json").read_text())["trees"]


def single(number):
    return float(np.float32(number))


def leaves(node, row, factors):
    if "value" in node:
        yield single(node["value"]), factors
        return
    cell = row[node["feature"]]
    goes_left = node["defaultLeft"] if math.isnan(cell) else cell < single(node["threshold"])
    both = node["left"]["cover"] + node["right"]["cover"]
    one, zero = factors.get(node["feature"], (1.0, 1.0))
    for side, follows in (("left", goes_left), ("right", not goes_left)):
        share = node[side]["cover"] / both
        yield from leaves(node[side], row, {**factors, node["feature"]: (one * follows, zero * share)})


def exact(row):
    parts = [[] for _ in range(COLUMNS + 1)]
    for tree in trees:
        for value, factors in leaves(tree, row, {}):
            parts[COLUMNS].append(value * math.prod(zero for _, zero in factors.values()))
            for feature, (one, zero) in factors.items():
                others = [factor for other, factor in factors.items() if other != feature]
                n = len(others) + 1
                for size in range(n):
                    weight = math.factorial(size) * math.factorial(n - size - 1) / math.factorial(n)
                    for known in combinations(range(n - 1), size):
                        rest = math.prod(others[k][0] if k in known else others[k][1] for k in range(n - 1))
                        if rest != 0:
                            parts[feature].append(value * weight * rest * (one - zero))
    return np.array([math.fsum(part) for part in parts])


def plain(node):
    if "value" in node:
        return [node["value"], node["cover"]]
    yes, no = plain(node["left"]), plain(node["right"])
    return [node["feature"], node["threshold"], node["cover"], int(node["defaultLeft"]), yes, no]


# Row 864 is where the bench finds its largest difference; beside it the rows of largest contributions, where floats are coarsest.
suspects = sorted(range(ROWS), key=lambda r: -np.abs(given[r]).max())[:SUSPECTS] + [864]
found = {row: exact(cells[row]) for row in suspects}
row = max(suspects, key=lambda r: np.abs(found[r] - given[r]).max())
golden = {
    "versions": {"xgboost": xgb.__version__},
    "row": row,
    "cells": [None if math.isnan(cell) else cell for cell in cells[row]],
    "trees": [plain(tree) for tree in trees],
    "given": given[row].tolist(),
    "exact": found[row].tolist(),
}
text = json.dumps(golden, separators=(",", ":")) + "\n"
(HERE / "goldens" / "single-precision.json.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))
print(row, np.abs(found[row] - given[row]).max(), len(text))
