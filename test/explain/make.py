"""Goldens of contributions: `python test/explain/make.py` (pip install lightgbm xgboost catboost numpy pandas).

Small models on a seeded table with missing cells, a zero-heavy column and a category, their trees as dumped, and for 12
rows the originals' own contributions (the last number of a row is the base). One thread.
"""

import json
import tempfile
from pathlib import Path

import catboost
import lightgbm as lgb
import numpy as np
import pandas as pd
import xgboost as xgb

HERE = Path(__file__).resolve().parent
ROWS, SHOWN = 2000, 12

random = np.random.default_rng(11)
x = np.round(random.normal(size=(ROWS, 4)), 3)
x[random.random((ROWS, 4)) < 0.1] = np.nan
x[random.random(ROWS) < 0.5, 1] = 0.0
brand = random.integers(0, 12, ROWS)
score = np.nan_to_num(x[:, 0]) * 1.5 - np.nan_to_num(x[:, 1]) * np.nan_to_num(x[:, 2], nan=1.0) + (brand % 3 == 1) * 1.2
label = (score + random.normal(size=ROWS) > 0.5).astype(int)
names = ["a", "b", "c", "d"]
table = pd.DataFrame(x, columns=names)
table["brand"] = pd.Categorical(brand)
shown = [[None if np.isnan(v) else float(v) for v in row] + [int(b)] for row, b in zip(x[:SHOWN], brand[:SHOWN])]


def leaves_lightgbm(node):
    if "leaf_value" in node:
        return {"value": node["leaf_value"], "cover": node.get("leaf_count", 0)}
    categorical = node["decision_type"] == "=="
    return {
        "feature": node["split_feature"],
        "set": [int(c) for c in node["threshold"].split("||")] if categorical else None,
        "threshold": None if categorical else node["threshold"],
        "default_left": node["default_left"],
        "missing": node["missing_type"],
        "cover": node["internal_count"],
        "left": leaves_lightgbm(node["left_child"]),
        "right": leaves_lightgbm(node["right_child"]),
    }


def lightgbm_case(**parameters):
    settings = dict(objective="binary", num_threads=1, deterministic=True, force_col_wise=True, verbosity=-1, seed=1)
    model = lgb.train({**settings, **parameters}, lgb.Dataset(table, label), num_boost_round=10)
    trees = [leaves_lightgbm(tree["tree_structure"]) for tree in model.dump_model()["tree_info"]]
    return {"trees": trees, "contributions": model.predict(table[:SHOWN], pred_contrib=True).tolist()}


def leaves_xgboost(node):
    if "leaf" in node:
        return {"value": node["leaf"], "cover": node["cover"]}
    children = {child["nodeid"]: child for child in node["children"]}
    categorical = isinstance(node["split_condition"], list)
    return {
        "feature": (names + ["brand"]).index(node["split"]),
        # Categories in the set take the "yes" branch in the dump of a partition.
        "set": node["split_condition"] if categorical else None,
        "threshold": None if categorical else node["split_condition"],
        "default_left": node["missing"] == node["yes"],
        "cover": node["cover"],
        "left": leaves_xgboost(children[node["yes"]]),
        "right": leaves_xgboost(children[node["no"]]),
    }


def xgboost_case(**parameters):
    data = xgb.DMatrix(table, label, enable_categorical=True)
    model = xgb.train({"objective": "binary:logistic", "nthread": 1, **parameters}, data, num_boost_round=10)
    trees = [leaves_xgboost(json.loads(tree)) for tree in model.get_dump(with_stats=True, dump_format="json")]
    few = xgb.DMatrix(table[:SHOWN], enable_categorical=True)
    margin = json.loads(model.save_config())["learner"]["learner_model_param"]["base_score"].strip("[]")
    return {
        "trees": trees,
        "intercept": float(np.log(float(margin) / (1 - float(margin)))),
        "contributions": model.predict(few, pred_contribs=True).astype(float).tolist(),
        "interactions": model.predict(few, pred_interactions=True).astype(float).tolist(),
    }


def catboost_case():
    numbers = table[names]
    model = catboost.CatBoostClassifier(
        iterations=10, depth=6, thread_count=1, verbose=False, random_seed=1, allow_writing_files=False, leaf_estimation_iterations=1
    ).fit(numbers, label)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        model.save_model(str(path), format="json")
        dump = json.loads(path.read_text())
    trees = [
        {
            "splits": [[split["float_feature_index"], split["border"]] for split in tree["splits"]],
            "values": tree["leaf_values"],
            "weights": tree["leaf_weights"],
        }
        for tree in dump["oblivious_trees"]
    ]
    pool = catboost.Pool(numbers[:SHOWN])
    scale, bias = dump["scale_and_bias"]
    return {
        "trees": trees,
        "scale": scale,
        "intercept": bias[0] if isinstance(bias, list) else bias,
        "contributions": model.get_feature_importance(pool, type="ShapValues").tolist(),
    }


goldens = {
    "versions": {"lightgbm": lgb.__version__, "xgboost": xgb.__version__, "catboost": catboost.__version__},
    "rows": shown,
    "lightgbm": {
        "plain": lightgbm_case(num_leaves=15),
        "zero as missing": lightgbm_case(num_leaves=15, zero_as_missing=True),
        "without missing": lightgbm_case(num_leaves=15, use_missing=False, min_data_in_leaf=5),
    },
    "xgboost": {
        "plain": xgboost_case(max_depth=5),
        "partitions": xgboost_case(max_depth=4, max_cat_to_onehot=1, base_score=0.3),
    },
    "catboost": {"plain": catboost_case()},
}
(HERE / "goldens").mkdir(exist_ok=True)
(HERE / "goldens" / "contributions.json").write_text(json.dumps(goldens, separators=(",", ":")) + "\n")
