"""Goldens from the original XGBoost: `python test/equivalence/xgboost/make.py [case ...]` (pip install xgboost numpy
pandas), where names of cases remake those alone.

For each table: test AUC and log loss, a few test probabilities, and the first trees as dumped. One thread, tree_method
hist, categories by enable_categorical.
"""

import json
import sys
from pathlib import Path

import numpy as np
import xgboost as xgb

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from missing import missing  # noqa: E402
from tables import TABLES, load_table  # noqa: E402

SAME = dict(objective="binary:logistic", tree_method="hist", nthread=1, seed=1, verbosity=1)
# Each case: table, parameters, trees dumped.
CASES = {name: (name, {}, 3) for name in TABLES}
CASES["adult-regularized"] = ("adult", {"lambda": 3.0, "alpha": 0.5, "gamma": 1.0, "min_child_weight": 5.0}, 3)
CASES["adult-step"] = ("adult", {"max_delta_step": 0.5, "max_depth": 4}, 3)
CASES["adult-lossguide"] = ("adult", {"grow_policy": "lossguide", "max_leaves": 20, "max_depth": 0}, 3)
CASES["adult-leaves"] = ("adult", {"max_leaves": 11}, 3)
CASES["adult-onehot"] = ("adult", {"max_cat_to_onehot": 100}, 3)
CASES["adult-parts"] = ("adult", {"max_cat_threshold": 5}, 3)
CASES["magic-coarse"] = ("magic", {"max_bin": 16, "max_depth": 3}, 3)
CASES["higgs-weighted"] = ("higgs", {"scale_pos_weight": 2.5}, 3)
CASES["higgs-base"] = ("higgs", {"base_score": 0.25, "eta": 0.1, "max_depth": 9}, 3)
# Constraints, on columns by position.
ADULT_MONOTONE = {"monotone_constraints": {"0": 1, "4": 1, "10": 1, "12": -1}}
CASES["adult-monotone"] = ("adult", ADULT_MONOTONE, 3)
CASES["adult-monotone-regularized"] = ("adult", {**ADULT_MONOTONE, "alpha": 0.5, "max_delta_step": 0.7, "max_depth": 8}, 3)
CASES["magic-monotone"] = (
    "magic",
    {"monotone_constraints": {"0": 1, "1": -1, "8": -1, "9": 1}, "grow_policy": "lossguide", "max_leaves": 31},
    3,
)
CASES["adult-interactions"] = ("adult", {"interaction_constraints": [[0, 4, 10], [4, 5, 6, 7], [1, 12]]}, 3)
# Random draws: the original's own, so sampled trees are the same trees too.
CASES["adult-subsample"] = ("adult", {"subsample": 0.5}, 2)
CASES["adult-columns"] = ("adult", {"colsample_bytree": 0.7, "colsample_bylevel": 0.8, "colsample_bynode": 0.75}, 2)
CASES["higgs-columns"] = (
    "higgs",
    {"colsample_bylevel": 0.5, "colsample_bynode": 0.6, "subsample": 0.8, "grow_policy": "lossguide", "max_leaves": 31},
    2,
)
CASES["higgs-leaves-columns"] = ("higgs", {"max_leaves": 21, "colsample_bylevel": 0.7, "colsample_bynode": 0.6}, 2)
CASES["adult-feature-weights"] = (
    "adult",
    {"colsample_bytree": 0.6, "colsample_bynode": 0.5, "subsample": 0.9, "feature_weights": "0:3,4:0.5,6:2,10:0,12:0.25"},
    2,
)
CASES["adult-gradient-based"] = ("adult", {"sampling_method": "gradient_based", "subsample": 0.2}, 2)
CASES["adult-parallel"] = (
    "adult",
    {"n_estimators": 15, "num_parallel_tree": 4, "subsample": 0.6, "colsample_bynode": 0.7},
    4,
)
CASES["higgs-parallel-gradient-based"] = (
    "higgs",
    {"n_estimators": 15, "num_parallel_tree": 3, "sampling_method": "gradient_based", "subsample": 0.3},
    3,
)
DART = {"booster": "dart", "n_estimators": 40, "rate_drop": 0.2}
CASES["adult-dart"] = ("adult", {**DART, "skip_drop": 0.3}, 3)
CASES["adult-dart-forest"] = ("adult", {**DART, "normalize_type": "forest", "subsample": 0.7, "colsample_bytree": 0.7}, 3)
CASES["adult-dart-weighted"] = ("adult", {**DART, "sample_type": "weighted"}, 3)
CASES["higgs-dart-one"] = ("higgs", {**DART, "rate_drop": 0.01, "one_drop": True, "eta": 0.1}, 3)
CASES["higgs-dart-one-weighted"] = (
    "higgs",
    {**DART, "rate_drop": 0.01, "one_drop": True, "sample_type": "weighted", "normalize_type": "forest"},
    3,
)
CASES["higgs-dart-parallel"] = ("higgs", {**DART, "n_estimators": 15, "num_parallel_tree": 3, "subsample": 0.6}, 3)
# Weights of rows, which the cuts follow too; xgboost.test.ts has the same formula.
WEIGHTED = {"adult-weights", "magic-weights", "missing-weights"}
CASES["adult-weights"] = ("adult", {}, 3)
CASES["magic-weights"] = ("magic", {"max_bin": 64, "scale_pos_weight": 0.5, "subsample": 0.8}, 3)
# Missing cells: 256 bins and one more, learned directions.
CASES["missing"] = ("missing", {}, 3)
CASES["missing-lossguide"] = ("missing", {"grow_policy": "lossguide", "max_leaves": 40, "min_child_weight": 0}, 3)
CASES["missing-weights"] = ("missing", {"max_depth": 4, "alpha": 0.3}, 3)


def row_weights(rows):
    return (1 + np.arange(rows) * 7 % 13) / 4


def auc(label, score):
    values, inverse, counts = np.unique(score, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks = ((ends - counts + 1 + ends) / 2)[inverse]
    positives = label.sum()
    return (ranks[label == 1].sum() - positives * (positives + 1) / 2) / (positives * (len(label) - positives))


def nodes(tree, i=0):
    value = float(tree["split_conditions"][i])
    if tree["left_children"][i] == -1:
        return {"value": value, "hessian": tree["sum_hessian"][i]}
    node = {
        "feature": tree["split_indices"][i],
        "threshold": value,
        "defaultLeft": bool(tree["default_left"][i]),
        "gain": tree["loss_changes"][i],
        "hessian": tree["sum_hessian"][i],
        "left": nodes(tree, tree["left_children"][i]),
        "right": nodes(tree, tree["right_children"][i]),
    }
    if i in tree["categories_nodes"]:
        k = tree["categories_nodes"].index(i)
        start = tree["categories_segments"][k]
        node["set"] = tree["categories"][start : start + tree["categories_sizes"][k]]
    return node


def run(case):
    name, parameters, dumped = CASES[case]
    table = missing() if name == "missing" else load_table(name, unseen=9999.0)  # a code that no training row has
    kinds = ["c" if kind == "categorical" else "q" for kind in table.kinds]
    train = xgb.DMatrix(table.train.X, table.train.y, feature_types=kinds, enable_categorical=True)
    test = xgb.DMatrix(table.test.X, feature_types=kinds, enable_categorical=True)
    given = {**SAME, **parameters}
    if "monotone_constraints" in given:
        directions = given["monotone_constraints"]
        given["monotone_constraints"] = tuple(directions.get(str(c), 0) for c in range(len(kinds)))
        parameters = {**parameters, "monotone_constraints": ",".join(f"{c}:{d}" for c, d in directions.items())}
    if "interaction_constraints" in given:
        given["interaction_constraints"] = json.dumps(given["interaction_constraints"], separators=(",", ":"))
        parameters = {**parameters, "interaction_constraints": given["interaction_constraints"][1:-1]}
    if "feature_weights" in given:
        weights = np.ones(len(kinds), np.float32)
        for entry in given.pop("feature_weights").split(","):
            column, weight = entry.split(":")
            weights[int(column)] = float(weight)
        train.set_info(feature_weights=weights)
    if case in WEIGHTED:
        train.set_weight(row_weights(len(table.train.y)))
    booster = xgb.train(given, train, num_boost_round=given.pop("n_estimators", 100))
    p = booster.predict(test).astype(np.float64)
    raw = booster.predict(test, output_margin=True).astype(np.float64)
    loss = np.mean(np.logaddexp(0, np.where(table.test.y == 1, -raw, raw)))
    model = json.loads(booster.save_raw("json"))["learner"]
    boosted = model["gradient_booster"]
    trees = boosted.get("gbtree", boosted)["model"]["trees"]
    weights = boosted.get("weight_drop", [1.0] * len(trees))
    cuts = train.get_quantile_cut()
    return {
        "table": name,
        **({"weighted": True} if case in WEIGHTED else {}),
        "parameters": parameters,
        "baseScore": model["learner_model_param"]["base_score"],
        "auc": auc(table.test.y, p),
        "logLoss": loss,
        "raw": raw[:: max(1, len(raw) // 200)].tolist(),
        # How many cuts each column has, and their sum.
        "cuts": [
            [int(b - a), float(cuts[1][a:b].astype(np.float64).sum())]
            for a, b in zip(cuts[0].astype(np.int64), cuts[0][1:].astype(np.int64))
        ],
        # Factors on the leaves' values below.
        **({"treeWeights": weights} if "weight_drop" in boosted else {}),
        "trees": [nodes(tree) for tree in trees[:dumped]],
        "leaves": [sum(1 for left in tree["left_children"] if left == -1) for tree in trees],
    }


if __name__ == "__main__":
    path = HERE / "goldens" / "xgboost.json"
    path.parent.mkdir(exist_ok=True)
    names = sys.argv[1:] or list(CASES)
    kept = json.loads(path.read_text())["cases"] if sys.argv[1:] else {}
    made = kept | {case: run(case) for case in names}
    cases = {case: made[case] for case in CASES}
    goldens = {"versions": {"xgboost": xgb.__version__, "numpy": np.__version__}, "cases": cases}
    path.write_text(json.dumps(goldens, separators=(",", ":")) + "\n")
