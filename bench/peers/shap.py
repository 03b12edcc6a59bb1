"""Contributions by LightGBM and XGBoost with one thread, and their trees for the other side.

Argument: a job as JSON {folder, family, rows, repetitions}. A model of 100 trees is trained on a seeded table of 30
columns; explained are its first rows. Writes cells.f64, trees.json and contributions.f64 into `folder`; prints CPU
seconds of each repetition.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np

job = json.loads(sys.argv[1])
folder = Path(job["folder"])
random = np.random.default_rng(5)
x = random.normal(size=(20000, 30)).astype(np.float32).astype(np.float64)
x[random.random(x.shape) < 0.05] = np.nan
filled = np.nan_to_num(x)
score = filled[:, 0] - filled[:, 1] * filled[:, 2] + np.sin(2 * filled[:, 3]) + filled[:, 4:12].sum(axis=1) * 0.3
label = (score + random.normal(size=len(x)) > 0).astype(int)
shown = np.ascontiguousarray(x[: job["rows"]])

if job["family"] == "lightgbm":
    import lightgbm as lgb

    model = lgb.train(dict(objective="binary", num_threads=1, verbosity=-1), lgb.Dataset(x, label), 100)
    explain = lambda: model.predict(shown, pred_contrib=True, num_threads=1)

    def node(n):
        if "leaf_value" in n:
            return {"value": n["leaf_value"], "cover": n["leaf_count"]}
        return {"feature": n["split_feature"], "threshold": n["threshold"], "left": node(n["left_child"]),
                "right": node(n["right_child"]), "defaultLeft": n["default_left"], "missing": n["missing_type"],
                "cover": n["internal_count"]}

    trees, intercept = [node(t["tree_structure"]) for t in model.dump_model()["tree_info"]], 0
else:
    import xgboost as xgb

    model = xgb.train({"objective": "binary:logistic", "nthread": 1, "base_score": 0.5}, xgb.DMatrix(x, label), 100)
    few = xgb.DMatrix(shown, nthread=1)
    explain = lambda: model.predict(few, pred_contribs=True)

    def node(n):
        if "leaf" in n:
            return {"value": n["leaf"], "cover": n["cover"]}
        children = {c["nodeid"]: c for c in n["children"]}
        return {"feature": int(n["split"][1:]), "threshold": n["split_condition"], "left": node(children[n["yes"]]),
                "right": node(children[n["no"]]), "defaultLeft": n["missing"] == n["yes"], "missing": "NaN",
                "cover": n["cover"]}

    trees, intercept = [node(json.loads(t)) for t in model.get_dump(with_stats=True, dump_format="json")], 0

seconds = []
for _ in range(job["repetitions"]):
    start = time.process_time()
    contributions = explain()
    seconds.append(time.process_time() - start)
shown.tofile(folder / "cells.f64")
contributions.astype(np.float64).tofile(folder / "contributions.f64")
(folder / "trees.json").write_text(json.dumps({"trees": trees, "intercept": intercept}))
print("\n" + json.dumps({"seconds": seconds}))
