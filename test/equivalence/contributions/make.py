"""Goldens of contributions on the real tables: `python test/equivalence/contributions/make.py` (pip install lightgbm xgboost numpy pandas).

LightGBM and XGBoost trained with their defaults on each table (as in ../lightgbm/make.py and ../xgboost/make.py), and what
their pred_contrib(s) give for 20 test rows spread over the table; the last number of a row is the base.
"""

import json
import sys
from pathlib import Path

import lightgbm as lgb
import numpy as np
import xgboost as xgb

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from tables import load_table  # noqa: E402

TABLES = ("adult", "online-shoppers", "credit-default", "telco-churn", "higgs", "magic")
ROWS = 20


def shown(rows):
    return np.arange(ROWS) * (rows // ROWS)


def lightgbm(name):
    table = load_table(name)
    data = lgb.Dataset(table.train.X, table.train.y, categorical_feature=table.categorical)
    same = dict(objective="binary", num_threads=1, deterministic=True, force_col_wise=True, verbosity=-1, seed=1)
    model = lgb.train(same, data, num_boost_round=100)
    return model.predict(table.test.X[shown(len(table.test.y))], pred_contrib=True).tolist()


def xgboost(name):
    table = load_table(name, unseen=9999.0)
    kinds = ["c" if kind == "categorical" else "q" for kind in table.kinds]
    train = xgb.DMatrix(table.train.X, table.train.y, feature_types=kinds, enable_categorical=True)
    same = dict(objective="binary:logistic", tree_method="hist", nthread=1, seed=1)
    model = xgb.train(same, train, num_boost_round=100)
    few = xgb.DMatrix(table.test.X[shown(len(table.test.y))], feature_types=kinds, enable_categorical=True)
    return model.predict(few, pred_contribs=True).astype(float).tolist()


goldens = {
    "versions": {"lightgbm": lgb.__version__, "xgboost": xgb.__version__},
    "lightgbm": {name: lightgbm(name) for name in TABLES},
    "xgboost": {name: xgboost(name) for name in TABLES},
}
(HERE / "goldens" / "contributions.json").write_text(json.dumps(goldens, separators=(",", ":")) + "\n")
