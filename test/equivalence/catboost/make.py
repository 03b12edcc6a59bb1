"""Makes the goldens that catboost.test.ts reads, with the catboost of PyPI. Run from anywhere: python make.py [part ...]

trees     plain oblivious trees on numeric columns with all randomness off: splits, borders and leaf values
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
from generated import access, numeric
from sklearn.metrics import log_loss, roc_auc_score
from tables import load_table

GOLDENS = Path(__file__).resolve().parent / "goldens"
VERSIONS = {"catboost": catboost.__version__, "numpy": np.__version__, "scikit-learn": sklearn.__version__}
ITERATIONS = 300
SEEDS = [0, 1, 2, 3, 4]
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
    for name, X, y in matrices():
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
    for part in sys.argv[1:] or ["trees", "borders", "defaults"]:
        globals()[part]()
