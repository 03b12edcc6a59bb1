"""Makes the goldens that catboost.test.ts reads, with the catboost of PyPI. Run from anywhere: python make.py [part ...]

trees     plain oblivious trees on numeric columns with all randomness off: splits, borders and leaf values
statistics  raw scores of test rows after a few trees on categorical columns in time order, without randomness
borders   the borders of every numeric column of some tables
defaults  test AUC and log loss of the defaults, over seeds
sampled   test AUC and log loss of one random mechanism at a time, over ten seeds
ordered   ordered boosting in time order: trees on numeric columns, raw scores on categorical ones
weights   trees on numeric columns with weights of rows and of classes
ctrs      raw scores in time order with other target statistics than the default ones
detector  validation losses until the overfitting detector stopped
families  the four families' log loss on the access table with their defaults
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
# Rows of the access table where it stands for Amazon's, a quarter of them for testing.
ACCESS_ROWS = 40000
# Test rows of `statistics`.
SCORED = 400
TABLES = ["adult", "online-shoppers", "credit-default", "higgs", "telco-churn", "magic", "access"]
# No randomness but that of permutations.
QUIET = dict(random_strength=0, bootstrap_type="No")
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
            model = catboost.CatBoostClassifier(**QUIET, boosting_type="Plain", **parameters, **COMMON).fit(X, y)
            cases.append(
                {"table": name, "parameters": parameters, "losses": losses(model, X, y, parameters), **saved_trees(model)}
            )
    write("trees", {"cases": cases})


def saved_trees(model):
    """Intercept and trees of a model on numeric columns."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        model.save_model(str(path), format="json")
        saved = json.loads(path.read_text())
    trees = [
        {
            "features": [split["float_feature_index"] for split in tree["splits"]],
            "borders": [split["border"] for split in tree["splits"]],
            "leaf_values": tree["leaf_values"],
            "leaf_weights": tree["leaf_weights"],
        }
        for tree in saved["oblivious_trees"]
    ]
    return {"bias": saved["scale_and_bias"][1][0], "trees": trees}


def borders():
    cases = []
    for name, X, _ in matrices():
        kinds = ["GreedyMinEntropy", "MaxLogSum", "MinEntropy", "Uniform", "UniformAndQuantiles"]
        more = [(kind, 40) for kind in kinds]
        for kind, count in [("GreedyLogSum", 254), ("GreedyLogSum", 32), ("Median", 254), *more]:
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


# One random mechanism each; the permutations of the target statistics are random in all of them.
SAMPLED = {
    "Bernoulli": dict(random_strength=0, bootstrap_type="Bernoulli", subsample=0.66),
    "Bayesian": dict(random_strength=0, bootstrap_type="Bayesian", bagging_temperature=1.0),
    "MVS": dict(random_strength=0, bootstrap_type="MVS", subsample=0.8),
    "rsm": dict(rsm=0.5, **QUIET),
    "random_strength": dict(random_strength=3.0, bootstrap_type="No"),
    "Ordered": dict(boosting_type="Ordered", **QUIET),
}


# Seeds where ten of the original left it open whether it differs; on magic nothing is drawn but the columns.
MORE_SEEDS = {("adult", "rsm"): 20, ("magic", "rsm"): 75}


def sampled():
    results = {}
    for name in ["adult", "online-shoppers", "access", "magic"]:
        loaded = access(ACCESS_ROWS) if name == "access" else load_table(name)
        train = catboost.Pool(frame(loaded.train, loaded), loaded.train.y, cat_features=loaded.categorical)
        test = catboost.Pool(frame(loaded.test, loaded), loaded.test.y, cat_features=loaded.categorical)
        results[name] = {}
        for mechanism, given in SAMPLED.items():
            if name == "magic" and mechanism != "rsm":
                continue
            parameters = dict(iterations=200, learning_rate=0.1, **given)
            runs = []
            for seed in range(MORE_SEEDS.get((name, mechanism), 10)):
                start = time.perf_counter()
                model = catboost.CatBoostClassifier(random_seed=seed, **parameters, **COMMON).fit(train)
                seconds = time.perf_counter() - start
                p = model.predict_proba(test)[:, 1]
                runs.append({"auc": roc_auc_score(loaded.test.y, p), "log_loss": log_loss(loaded.test.y, p)})
            print(name, mechanism, runs[-1], f"{seconds:.1f} s", flush=True)
            results[name][mechanism] = {"parameters": parameters, "runs": runs}
    write("sampled", {"tables": results})


def pools(name):
    """Training rows, and the first test rows, of a table without education_num (see statistics)."""
    loaded = table(name)
    keep = [i for i, column in enumerate(loaded.columns) if column != "education_num"]
    categorical = [at for at, i in enumerate(keep) if loaded.kinds[i] == "categorical"]
    train = catboost.Pool(frame(loaded.train, loaded)[:, keep], loaded.train.y, cat_features=categorical)
    test = catboost.Pool(frame(loaded.test, loaded)[:SCORED, keep], loaded.test.y[:SCORED], cat_features=categorical)
    return train, test


# All ten leaf steps, so that the original's approximate loss decides nothing.
STEPS = dict(leaf_estimation_iterations=10, leaf_estimation_backtracking="No")


def ordered():
    trees, scores = [], []
    settings = [
        dict(iterations=8, learning_rate=0.2, depth=5),
        dict(iterations=5, learning_rate=0.3, depth=4, score_function="L2", fold_len_multiplier=3.0),
        dict(iterations=5, learning_rate=0.3, depth=6, leaf_estimation_method="Gradient"),
    ]
    for name, X, y in matrices():
        for given in settings:
            parameters = dict(has_time=True, boosting_type="Ordered", **STEPS, **given)
            model = catboost.CatBoostClassifier(**QUIET, **parameters, **COMMON).fit(X, y)
            trees.append({"table": name, "parameters": parameters, **saved_trees(model)})
    X, y = numeric()
    weight = row_weights(len(y))
    parameters = dict(has_time=True, boosting_type="Ordered", **STEPS, iterations=5, learning_rate=0.2, depth=4)
    model = catboost.CatBoostClassifier(**QUIET, **parameters, **COMMON).fit(X, y, sample_weight=weight)
    trees.append({"table": "numeric", "weighted": True, "parameters": parameters, **saved_trees(model)})
    for name in ["access", "telco-churn", "adult"]:
        train, test = pools(name)
        for given in [dict(max_ctr_complexity=1), dict(max_ctr_complexity=3, depth=4)]:
            parameters = dict(
                iterations=12, learning_rate=0.15, has_time=True, boosting_type="Ordered", **STEPS, **given
            )
            model = catboost.CatBoostClassifier(**QUIET, **parameters, **COMMON).fit(train)
            raw = model.predict(test, prediction_type="RawFormulaVal")
            scores.append({"table": name, "parameters": parameters, "raw": [round(score, 9) for score in raw]})
    write("ordered", {"trees": trees, "scores": scores})


def row_weights(rows):
    """Whole numbers from 1 to 16: for balanced classes the original cuts the sum of a class's weights to a whole number."""
    return np.floor(uniform(np.arange(rows), 300) * 16 + 1)


def weights():
    cases = []
    settings = [
        dict(weighted=True),
        dict(weighted=True, leaf_estimation_method="Gradient", leaf_estimation_iterations=5),
        dict(weighted=True, auto_class_weights="Balanced"),
        dict(auto_class_weights="SqrtBalanced"),
        dict(class_weights=[0.5, 2.0]),
        dict(weighted=True, scale_pos_weight=1.5),
        dict(min_data_in_leaf=200),
    ]
    X, y = numeric()
    # Fewer positives than negatives.
    y = np.where(uniform(np.arange(len(y)), 301) < 0.6, 0.0, y)
    for given in settings:
        parameters = dict(iterations=4, learning_rate=0.3, depth=5, **STEPS) | given
        weighted = parameters.pop("weighted", False)
        weight = row_weights(len(y)) if weighted else None
        model = catboost.CatBoostClassifier(**QUIET, **parameters, **COMMON).fit(X, y, sample_weight=weight)
        if "class_weights" in parameters:
            parameters["class_weights"] = ",".join(map(str, parameters["class_weights"]))
        cases.append({"weighted": weighted, "parameters": parameters, **saved_trees(model)})
    write("weights", {"cases": cases})


def ctrs():
    """Where (count + prior) / (rows + 1) · borders is a whole number, its rounding to single precision decides a row's bin in
    the original. These priors and numbers of borders keep away from whole numbers, but for the usual 15 borders and few
    others, whose rounding is harmless."""
    cases = []
    settings = [
        dict(simple_ctr="Buckets", combinations_ctr="Borders"),
        dict(simple_ctr="Buckets:Prior=0.3:CtrBorderCount=41,Counter", combinations_ctr="Buckets:Prior=1"),
        dict(
            simple_ctr="BinarizedTargetMeanValue",
            combinations_ctr="BinarizedTargetMeanValue:CtrBorderCount=101:Prior=0.3",
        ),
        dict(simple_ctr="Borders:CtrBorderCount=4:Prior=2:Prior=-1", combinations_ctr="Counter:Prior=0.5"),
        dict(
            simple_ctr="Borders:TargetBorderCount=1:Prior=0.5/1,Buckets:Prior=0.2:CtrBorderCount=7,Counter:Prior=0.1",
            combinations_ctr="Borders:Prior=0.3:CtrBorderCount=251,BinarizedTargetMeanValue:Prior=0.7:CtrBorderCount=13",
        ),
    ]
    for name in ["access", "adult"]:
        train, test = pools(name)
        for given in settings:
            parameters = dict(iterations=15, learning_rate=0.15, has_time=True, max_ctr_complexity=2, **STEPS, **given)
            lists = {key: value.split(",") for key, value in given.items()}
            model = catboost.CatBoostClassifier(**QUIET, **{**parameters, **lists}, **COMMON).fit(train)
            raw = model.predict(test, prediction_type="RawFormulaVal")
            cases.append({"table": name, "parameters": parameters, "raw": [round(score, 9) for score in raw]})
    # Counter statistics that count validation rows too: the test rows of known categories are the validation part.
    loaded = table("access")
    known = (loaded.test.X >= 0).all(axis=1)
    rows = np.flatnonzero(known)
    test = catboost.Pool(frame(loaded.test, loaded)[rows], loaded.test.y[rows], cat_features=loaded.categorical)
    train = catboost.Pool(frame(loaded.train, loaded), loaded.train.y, cat_features=loaded.categorical)
    for method in ["SkipTest", "Full"]:
        parameters = dict(
            iterations=15, learning_rate=0.15, has_time=True, max_ctr_complexity=1, counter_calc_method=method,
            simple_ctr="Counter:CtrBorderCount=200,Borders", **STEPS,
        )
        given = {**parameters, "simple_ctr": parameters["simple_ctr"].split(",")}
        model = catboost.CatBoostClassifier(**QUIET, **given, use_best_model=False, **COMMON).fit(train, eval_set=test)
        raw = model.predict(test, prediction_type="RawFormulaVal")[:SCORED]
        cases.append(
            {"table": "access", "validated": True, "parameters": parameters, "raw": [round(score, 9) for score in raw]}
        )
    write("ctrs", {"cases": cases})


def detector():
    cases = []
    X, y = numeric()
    half = len(y) // 2
    settings = [
        dict(early_stopping_rounds=7),
        dict(od_type="Iter", od_wait=12),
        dict(od_type="IncToDec", od_pval=0.01, od_wait=7),
        dict(od_pval=0.1),
        dict(od_pval=0.5, od_wait=1),
        dict(od_pval=0.99, od_wait=30),
        dict(od_pval=1.0, od_wait=9),
    ]
    for given in settings:
        model = catboost.CatBoostClassifier(
            iterations=600, learning_rate=0.15, **QUIET, **given, **COMMON
        ).fit(X[:half], y[:half], eval_set=(X[half:], y[half:]))
        cases.append({"parameters": given, "losses": model.get_evals_result()["validation"]["Logloss"]})
    write("detector", {"cases": cases})


def families():
    import lightgbm
    import pandas as pd
    import xgboost
    from sklearn.ensemble import RandomForestClassifier

    loaded = access(ACCESS_ROWS)
    (train, y), (test, truth) = [(part.X, part.y) for part in (loaded.train, loaded.test)]
    frames = [
        pd.DataFrame(
            {
                name: pd.Categorical(X[:, c], categories=np.arange(len(loaded.categories[c])))
                for c, name in enumerate(loaded.columns)
            }
        )
        for X in (train, test)
    ]
    strings = [frame(part, loaded) for part in (loaded.train, loaded.test)]
    runs = {
        "lightgbm": (lightgbm.LGBMClassifier(n_jobs=1, verbose=-1), frames, {}),
        "xgboost": (xgboost.XGBClassifier(n_jobs=1, enable_categorical=True), frames, {}),
        "random-forest": (RandomForestClassifier(n_jobs=1, random_state=1), (train, test), {}),
        "catboost": (catboost.CatBoostClassifier(**COMMON), strings, {"cat_features": loaded.categorical}),
    }
    results = {}
    for name, (model, (own_train, own_test), more) in runs.items():
        p = model.fit(own_train, y, **more).predict_proba(own_test)[:, 1].clip(1e-15, 1 - 1e-15)
        results[name] = {"auc": roc_auc_score(truth, p), "log_loss": log_loss(truth, p)}
        print(name, results[name], flush=True)
    write("families", {"rows": len(y), "families": results})


PARTS = ["trees", "borders", "statistics", "defaults", "sampled", "ordered", "weights", "ctrs", "detector", "families"]

if __name__ == "__main__":
    for part in sys.argv[1:] or PARTS:
        globals()[part]()
