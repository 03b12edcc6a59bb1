"""Goldens of continued training by the originals: `python test/equivalence/continued/make.py`.

goldens/continued.json: raw scores of 60 test rows after a first training and after more trees on other rows
(LightGBM's and CatBoost's init_model, XGBoost's xgb_model). Rows 0, 2, 4, … of the training part are the first's, the
others the second's. And the evaluation history of the test rows, after each of fifteen trees.
"""

import json
import sys
from pathlib import Path

import catboost
import lightgbm
import numpy as np
import xgboost

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from tables import load_table  # noqa: E402

FIRST, MORE, ROWS, HISTORY = 8, 12, 60, 15


def lightgbm_scores(first, more, test):
    parameters = {"objective": "binary", "verbose": -1, "num_threads": 1, "deterministic": True, "force_col_wise": True}
    begun = lightgbm.train(parameters, lightgbm.Dataset(*first), FIRST)
    both = lightgbm.train(parameters, lightgbm.Dataset(*more), MORE, init_model=begun)
    return [model.predict(test, raw_score=True) for model in (begun, both)]


def xgboost_scores(first, more, test):
    parameters = {"objective": "binary:logistic", "tree_method": "hist", "nthread": 1}
    begun = xgboost.train(parameters, xgboost.DMatrix(*first), FIRST)
    both = xgboost.train(parameters, xgboost.DMatrix(*more), MORE, xgb_model=begun)
    return [model.predict(xgboost.DMatrix(test), output_margin=True) for model in (begun, both)]


def catboost_scores(first, more, test):
    parameters = {
        "loss_function": "Logloss",
        "learning_rate": 0.1,
        "bootstrap_type": "No",
        "random_strength": 0,
        "thread_count": 1,
        "boosting_type": "Plain",
        "verbose": False,
        "allow_writing_files": False,
    }
    begun = catboost.CatBoost(parameters | {"iterations": FIRST}).fit(catboost.Pool(*first))
    both = catboost.CatBoost(parameters | {"iterations": MORE}).fit(catboost.Pool(*more), init_model=begun)
    return [model.predict(test, prediction_type="RawFormulaVal") for model in (begun, both)]


def lightgbm_history(train, test):
    metrics = {"log_loss": "binary_logloss", "auc": "auc", "pr_auc": "average_precision", "error": "binary_error"}
    parameters = {"objective": "binary", "metric": list(metrics.values()), "verbose": -1, "num_threads": 1}
    found = {}
    lightgbm.train(
        parameters,
        lightgbm.Dataset(*train),
        HISTORY,
        valid_sets=[lightgbm.Dataset(*test)],
        valid_names=["valid"],
        callbacks=[lightgbm.record_evaluation(found)],
    )
    return {name: found["valid"][own] for name, own in metrics.items()}


def xgboost_history(train, test):
    metrics = {"log_loss": "logloss", "auc": "auc", "error": "error"}
    parameters = {"objective": "binary:logistic", "tree_method": "hist", "nthread": 1, "eval_metric": list(metrics.values())}
    found = {}
    valid = [(xgboost.DMatrix(*test), "valid")]
    xgboost.train(parameters, xgboost.DMatrix(*train), HISTORY, evals=valid, evals_result=found, verbose_eval=False)
    return {name: found["valid"][own] for name, own in metrics.items()}


if __name__ == "__main__":
    table = load_table("magic")
    X, y = np.ascontiguousarray(table.train.X), table.train.y
    test = np.ascontiguousarray(table.test.X[:ROWS])
    parts = [(X[0::2], y[0::2]), (X[1::2], y[1::2])]
    made = {
        "versions": {module.__name__: module.__version__ for module in (lightgbm, xgboost, catboost)},
        "first": FIRST,
        "more": MORE,
    }
    for name, scores in (("lightgbm", lightgbm_scores), ("xgboost", xgboost_scores), ("catboost", catboost_scores)):
        begun, both = scores(*parts, test)
        made[name] = {"first": [float(v) for v in begun], "both": [float(v) for v in both]}
    valid = (np.ascontiguousarray(table.test.X), table.test.y)
    made["history"] = {"lightgbm": lightgbm_history((X, y), valid), "xgboost": xgboost_history((X, y), valid)}
    (HERE / "goldens" / "continued.json").write_text(json.dumps(made, indent=1) + "\n")
