"""Makes the goldens that catboost.test.ts reads, with the catboost of PyPI. Run from anywhere: python make.py [part ...]

trees     plain oblivious trees on numeric columns with all randomness off: splits, borders and leaf values
statistics  raw scores of test rows after a few trees on categorical columns in time order, without randomness
borders   the borders of every numeric column of some tables
defaults  test AUC and log loss of the defaults, over seeds
"""

import json
import sys
import tempfile
import time
from pathlib import Path

import catboost
import numpy as np
import sklearn
from generated import access, numeric, uniform
from sklearn.metrics import log_loss, roc_auc_score
from tables import load_table

GOLDENS = Path(__file__).resolve().parent / "goldens"
VERSIONS = {"catboost": catboost.__version__, "numpy": np.__version__, "scikit-learn": sklearn.__version__}
ITERATIONS = 300
SEEDS = [0, 1, 2, 3, 4]
# Test rows of `statistics`.
SCORED = 400
TABLES = ["adult", "online-shoppers", "credit-default", "higgs", "telco-churn", "magic", "access"]
COMMON = dict(thread_count=1, verbose=False, allow_writing_files=False)


def write(name, content):
    GOLDENS.mkdir(exist_ok=True)
    (GOLDENS / f"{name}.json").write_text(json.dumps({"versions": VERSIONS, **content}) + "\n")


def table(name):
    return access() if name == "access" else load_table(name)


def matrices():
    """Numeric tables, rounded to float32 as the original stores them."""
    for name in ["higgs", "magic"]:
        loaded = load_table(name)
        yield name, loaded.train.X.astype(np.float32), loaded.train.y
    X, y = numeric()
    yield "numeric", X.astype(np.float32), y


def with_holes():
    """The generated table with a sixth of the cells of two columns missing."""
    X, y = numeric()
    for column in [0, 2]:
        X[uniform(np.arange(len(X)), 200 + column) < 1 / 6, column] = np.nan
    return "holes", X.astype(np.float32), y


def losses(model, X, y, parameters):
    """Log loss on the training rows after each tree, by scikit-learn: the original's own is good to 1e-4 only."""
    weight = np.where(y == 1, parameters.get("scale_pos_weight", 1.0), 1.0)
    return [log_loss(y, p, sample_weight=weight) for p in model.staged_predict_proba(X)]


def trees():
    cases = []
    steps = dict(leaf_estimation_backtracking="No")
    settings = [
        dict(iterations=10, learning_rate=0.1),
        dict(iterations=10, learning_rate=0.1, **steps),
        dict(iterations=5, learning_rate=0.3, depth=3, l2_leaf_reg=1, score_function="L2", **steps),
        dict(iterations=5, learning_rate=0.5, depth=8, leaf_estimation_method="Gradient", leaf_estimation_iterations=1),
        dict(iterations=5, learning_rate=0.1, border_count=32, leaf_estimation_iterations=1),
        dict(iterations=5, learning_rate=0.1, depth=4, scale_pos_weight=3.0, boost_from_average=True, **steps),
    ]
    holes = [dict(iterations=5, learning_rate=0.1, leaf_estimation_iterations=1, nan_mode=mode) for mode in ["Min", "Max"]]
    cases_of = [(matrix, settings) for matrix in matrices()] + [(with_holes(), holes)]
    for (name, X, y), settings in cases_of:
        for given in settings:
            parameters = {"leaf_estimation_iterations": 10, **given}
            model = catboost.CatBoostClassifier(
                random_strength=0, bootstrap_type="No", boosting_type="Plain", **parameters, **COMMON
            ).fit(X, y)
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "model.json"
                model.save_model(str(path), format="json")
                saved = json.loads(path.read_text())
            cases.append(
                {
                    "table": name,
                    "parameters": parameters,
                    "losses": losses(model, X, y, parameters),
                    "bias": saved["scale_and_bias"][1][0],
                    "trees": [
                        {
                            "features": [split["float_feature_index"] for split in tree["splits"]],
                            "borders": [split["border"] for split in tree["splits"]],
                            "leaf_values": tree["leaf_values"],
                            "leaf_weights": tree["leaf_weights"],
                        }
                        for tree in saved["oblivious_trees"]
                    ],
                }
            )
    write("trees", {"cases": cases})


def borders():
    cases = []
    for name, X, _ in matrices():
        for kind, count in [("GreedyLogSum", 254), ("GreedyLogSum", 32), ("Median", 254)]:
            pool = catboost.Pool(X, label=np.zeros(len(X)))
            pool.quantize(border_count=count, feature_border_type=kind)
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "borders.tsv"
                pool.save_quantization_borders(str(path))
                found = [[] for _ in range(X.shape[1])]
                for line in path.read_text().splitlines():
                    feature, border = line.split("\t")[:2]
                    found[int(feature)].append(float(border))
            cases.append({"table": name, "type": kind, "count": count, "borders": found})
    write("borders", {"cases": cases})


def frame(part, loaded):
    """Categorical codes as strings, missing and unseen as strings of their own."""
    columns = []
    for i, kind in enumerate(loaded.kinds):
        values = part.X[:, i]
        if kind == "numeric":
            columns.append(values.astype(object))
        else:
            columns.append(np.array(["missing" if np.isnan(v) else str(int(v)) for v in values], object))
    return np.column_stack(columns)


def statistics():
    """has_time makes the order of the rows the one permutation: target statistics and their combinations are determined.

    Adult goes without education_num, a function of education: a combination of the two is exactly as good as education
    alone, and rounding decides which of them a tree takes.
    """
    cases = []
    settings = [
        dict(max_ctr_complexity=1),
        dict(max_ctr_complexity=4),
        dict(max_ctr_complexity=2, model_size_reg=0.0, depth=4),
        dict(max_ctr_complexity=3, one_hot_max_size=6, score_function="L2"),
        dict(one_hot_max_size=255, max_ctr_complexity=1),
    ]
    for name in ["access", "telco-churn", "adult"]:
        loaded = table(name)
        keep = [i for i, column in enumerate(loaded.columns) if column != "education_num"]
        categorical = [at for at, i in enumerate(keep) if loaded.kinds[i] == "categorical"]
        train = catboost.Pool(frame(loaded.train, loaded)[:, keep], loaded.train.y, cat_features=categorical)
        test = catboost.Pool(frame(loaded.test, loaded)[:SCORED, keep], loaded.test.y[:SCORED], cat_features=categorical)
        for given in settings:
            parameters = dict(
                iterations=20, learning_rate=0.1, has_time=True, random_strength=0, bootstrap_type="No",
                leaf_estimation_iterations=10, leaf_estimation_backtracking="No", **given,
            )
            model = catboost.CatBoostClassifier(boosting_type="Plain", **parameters, **COMMON).fit(train)
            raw = model.predict(test, prediction_type="RawFormulaVal")
            cases.append({"table": name, "parameters": parameters, "raw": [round(score, 9) for score in raw]})
    write("statistics", {"cases": cases})


def defaults():
    results = {}
    for name in TABLES:
        loaded = table(name)
        train = catboost.Pool(frame(loaded.train, loaded), loaded.train.y, cat_features=loaded.categorical)
        test = catboost.Pool(frame(loaded.test, loaded), loaded.test.y, cat_features=loaded.categorical)
        runs = []
        for seed in SEEDS:
            start = time.perf_counter()
            model = catboost.CatBoostClassifier(iterations=ITERATIONS, random_seed=seed, **COMMON).fit(train)
            seconds = time.perf_counter() - start
            p = model.predict_proba(test)[:, 1]
            runs.append(
                {"seed": seed, "auc": roc_auc_score(loaded.test.y, p), "log_loss": log_loss(loaded.test.y, p)}
            )
            print(name, runs[-1], f"{seconds:.1f} s", flush=True)
        rate = model.get_all_params()["learning_rate"]
        results[name] = {"learning_rate": rate, "rows": len(loaded.train.y), "runs": runs}
    write("defaults", {"iterations": ITERATIONS, "tables": results})


if __name__ == "__main__":
    for part in sys.argv[1:] or ["trees", "borders", "statistics", "defaults"]:
        globals()[part]()
