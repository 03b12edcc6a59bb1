"""One training by an original library, in a process of its own: the counterpart of bench/train-ecomml.mjs.

Argument: a job as JSON {folder, family, parameters, threads, seed, predictions}. The table is brought into the layout that the
library reads fastest before training is timed, CatBoost's Pool included (it only holds the cells); binning is timed.
"""

import json
import sys

import numpy as np
from table import process_figures, read_columns, read_table


def lightgbm(job, columns):
    import lightgbm as lgb

    categorical = [c for c, column in enumerate(columns) if column["kind"] == "categorical"]
    parameters = {"objective": "binary", "verbose": -1, "num_threads": job["threads"], "seed": job["seed"], **job["parameters"]}
    rounds = parameters.pop("num_iterations")

    def train(x, y):
        data = lgb.Dataset(x, y, params=parameters, categorical_feature=categorical, free_raw_data=True)
        return lgb.train(parameters, data, rounds)

    return lambda x, y: np.ascontiguousarray(x), train, lambda model, x: model.predict(x)


def xgboost(job, columns):
    import xgboost as xgb

    types = ["c" if column["kind"] == "categorical" else "q" for column in columns]
    parameters = {"objective": "binary:logistic", "tree_method": "hist", "nthread": job["threads"], "seed": job["seed"], **job["parameters"]}
    rounds = parameters.pop("n_estimators")
    shared = {"feature_types": types, "enable_categorical": True, "nthread": job["threads"]}

    def train(x, y):
        data = xgb.QuantileDMatrix(x, y, max_bin=parameters.get("max_bin", 256), **shared)
        return xgb.train(parameters, data, rounds)

    return lambda x, y: np.ascontiguousarray(x), train, lambda model, x: model.predict(xgb.DMatrix(x, **shared))


def catboost(job, columns):
    import catboost as cb

    categorical = [c for c, column in enumerate(columns) if column["kind"] == "categorical"]
    parameters = {**job["parameters"], "thread_count": job["threads"], "verbose": False, "allow_writing_files": False}

    def laid_out(x):
        if not categorical:
            return x
        import pandas as pd

        codes = set(categorical)
        # Missing categories are a category of their own, -2, in ecomml as well.
        return pd.DataFrame(
            {c: np.nan_to_num(x[:, c], nan=-2).astype(np.int32) if c in codes else x[:, c] for c in range(x.shape[1])}
        )

    def pool(x, y):
        return cb.Pool(laid_out(x), y, cat_features=categorical, thread_count=job["threads"])

    def train(data, _):
        return cb.CatBoostClassifier(**parameters, random_seed=job["seed"]).fit(data)

    return pool, train, lambda model, x: model.predict_proba(pool(x, None))[:, 1]


def random_forest(job, columns):
    from sklearn.ensemble import RandomForestClassifier

    words = {"none": None, "all": None}
    parameters = {name: words.get(value, value) for name, value in job["parameters"].items()}

    def train(x, y):
        return RandomForestClassifier(**parameters, n_jobs=job["threads"], random_state=job["seed"]).fit(x, y)

    return lambda x, y: x, train, lambda model, x: model.predict_proba(x)[:, 1]


FAMILIES = {"lightgbm": lightgbm, "xgboost": xgboost, "catboost": catboost, "random-forest": random_forest}


def main():
    job = json.loads(sys.argv[1])
    ready, train, predict = FAMILIES[job["family"]](job, read_columns(job["folder"]))
    started = process_figures()
    cells, label = read_table(job["folder"], "train")
    data = ready(cells, label)
    del cells
    read = process_figures()
    model = train(data, label)
    trained = process_figures()
    print(json.dumps({"started": started, "read": read, "trained": trained}), flush=True)
    if "predictions" in job:
        test, _ = read_table(job["folder"], "test")
        np.asarray(predict(model, test), dtype=np.float64).tofile(job["predictions"])


main()
