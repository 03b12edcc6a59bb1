"""Test scores of the original XGBoost over ten seeds, with everything sampled: `python test/equivalence/xgboost/make_seeds.py`."""

import json

import numpy as np
import xgboost as xgb
from make import HERE, SAME, auc, load_table

SAMPLED = {"subsample": 0.6, "colsample_bytree": 0.7, "colsample_bylevel": 0.8, "colsample_bynode": 0.8}
DART = {"booster": "dart", "rate_drop": 0.1, "skip_drop": 0.5, "n_estimators": 30, "subsample": 0.8}
CASES = {
    "online-shoppers": ("online-shoppers", SAMPLED),
    "online-shoppers-dart": ("online-shoppers", DART),
    "adult": ("adult", {**SAMPLED, "grow_policy": "lossguide", "max_leaves": 20}),
    "credit-default": ("credit-default", {**SAMPLED, "sampling_method": "gradient_based", "subsample": 0.3}),
}


def run(name, parameters):
    table = load_table(name, unseen=9999.0)
    kinds = ["c" if kind == "categorical" else "q" for kind in table.kinds]
    test = xgb.DMatrix(table.test.X, feature_types=kinds, enable_categorical=True)
    runs = []
    for seed in range(1, 11):
        train = xgb.DMatrix(table.train.X, table.train.y, feature_types=kinds, enable_categorical=True)
        given = {**SAME, **parameters, "seed": seed}
        booster = xgb.train(given, train, num_boost_round=given.pop("n_estimators", 100))
        raw = booster.predict(test, output_margin=True).astype(np.float64)
        loss = np.mean(np.logaddexp(0, np.where(table.test.y == 1, -raw, raw)))
        runs.append({"auc": auc(table.test.y, booster.predict(test).astype(np.float64)), "logLoss": loss})
    return {"table": name, "parameters": parameters, "runs": runs}


if __name__ == "__main__":
    goldens = {
        "versions": {"xgboost": xgb.__version__, "numpy": np.__version__},
        "cases": {case: run(*arguments) for case, arguments in CASES.items()},
    }
    (HERE / "goldens" / "seeds.json").write_text(json.dumps(goldens, separators=(",", ":")) + "\n")
