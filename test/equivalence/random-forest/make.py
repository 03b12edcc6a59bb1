"""Goldens of the random forest by scikit-learn: `python test/equivalence/random-forest/make.py [forest ...]`, where names
of forests remake those alone, `trees` the single trees, `drawn` the drawn ones and
`means` the means.

goldens/trees.json: single trees of whole samples (no bootstrap, all features), unique up to ties.
goldens/drawn.json (`drawn`): single trees of drawn features and thresholds, with the generator's state each began with.
goldens/means.json (`means`): means and deviations over sixty seeds, of forests that ten of ours are held to closely.
goldens/forests.json: test AUC and log loss, and the out-of-bag score, of forests over ten or twenty seeds.
"""

import json
import sys
from pathlib import Path

import numpy as np
import sklearn
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.metrics import log_loss, roc_auc_score

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from tables import Part, load_table  # noqa: E402

VERSIONS = {"python": sys.version.split()[0], "numpy": np.__version__, "scikit-learn": sklearn.__version__}


def holes(X):
    """Cell (row, column) is lost when (row * 7919 + column * 104729) % 11 is 0."""
    rows, columns = np.indices(X.shape)
    return np.where((rows * 7919 + columns * 104729) % 11 == 0, np.nan, X)


# --- single trees ---------------------------------------------------------------------------------------------------

def generated():
    """800 rows without equal values within a column; a column with holes; a label with some noise."""
    random = np.random.default_rng(20)
    X = np.column_stack([random.permutation(800) for _ in range(5)]).astype(np.float64)
    X[:, 1] = X[:, 1] / 8 - 40
    X[:, 2] = X[:, 2] ** 2
    X[random.random(800) < 0.2, 3] = np.nan
    z = (X[:, 0] - 400) / 200 + np.where(X[:, 1] > 10, 1.5, -0.5) * (X[:, 2] > 2e5) + np.where(np.isnan(X[:, 3]), 1, 0)
    return X, (random.random(800) < 1 / (1 + np.exp(-z))).astype(np.float64)


def as_text(parameters):
    """Class weights as ecomml writes them: 0:1,1:3."""
    weight = parameters.get("class_weight")
    if not isinstance(weight, dict):
        return parameters
    return parameters | {"class_weight": ",".join(f"{label}:{value}" for label, value in weight.items())}


def tree(X, y, weight=None, **parameters):
    forest = RandomForestClassifier(1, bootstrap=False, max_features=None, random_state=0, **parameters)
    made = tree_of(forest.fit(X, y, sample_weight=weight).estimators_[0].tree_)
    return {"parameters": as_text(parameters)} | made


def tree_of(t):
    return {
        "feature": t.feature.tolist(),
        "threshold": [v if np.isfinite(v) else "inf" for v in t.threshold.tolist()],
        "left": t.children_left.tolist(),
        "right": t.children_right.tolist(),
        "missing_left": t.missing_go_to_left.tolist(),
        "value": t.value[:, 0, 1].tolist(),
        "count": t.n_node_samples.tolist(),
        "impurity": t.impurity.tolist(),
        "weight": t.weighted_n_node_samples.tolist(),
    }


def trees():
    X, y = generated()
    weight = 1.0 + np.arange(len(y)) % 4
    zeros = np.where(np.arange(len(y)) % 5 == 0, 0.0, 0.25)
    variants = {
        "default": {},
        "entropy": {"criterion": "entropy"},
        "min_samples_leaf": {"min_samples_leaf": 15},
        "min_samples_split": {"min_samples_split": 40},
        "max_depth": {"max_depth": 4},
        "shares": {"min_samples_leaf": 0.02, "min_samples_split": 0.1},
        "min_weight_fraction_leaf": {"min_weight_fraction_leaf": 0.03},
        "min_impurity_decrease": {"min_impurity_decrease": 0.002},
        "balanced": {"class_weight": "balanced", "min_samples_leaf": 5},
        "log_loss": {"criterion": "log_loss", "min_samples_leaf": 3},
        "class weights": {"class_weight": {0: 1, 1: 3.5}, "min_samples_leaf": 5},
        "max_leaf_nodes": {"max_leaf_nodes": 9},
        "max_leaf_nodes, entropy": {"max_leaf_nodes": 60, "criterion": "entropy", "min_samples_leaf": 3, "max_depth": 7},
        "ccp_alpha": {"ccp_alpha": 0.003},
        "ccp_alpha, entropy": {"ccp_alpha": 0.004, "criterion": "entropy"},
    }
    made = {"default": tree(X, y)}
    made |= {name: tree(X, y, **parameters) for name, parameters in variants.items()}
    made["weighted"] = tree(X, y, weight, min_weight_fraction_leaf=0.01)
    made["weighted, of classes too"] = tree(X, y, weight, class_weight={1: 2}, max_leaf_nodes=25, ccp_alpha=0.001)
    made["weights of zero"] = tree(X, y, zeros, min_samples_leaf=5)
    real = {}
    # churn's charges are its minutes times a price: every split on one ties with the other. Holes part them.
    for name in ["adult", "online-shoppers", "credit-default", "telco-churn", "higgs", "magic"]:
        train = load_table(name).train
        real[name] = tree(train.X, train.y, min_samples_leaf=20, max_depth=10)
    train = load_table("churn").train
    real["churn with holes"] = tree(holes(train.X), train.y, min_samples_leaf=20, max_depth=10)
    return {
        "versions": VERSIONS,
        "generated": {
            "columns": [[None if np.isnan(v) else v for v in column] for column in X.T.tolist()],
            "label": y.tolist(),
            "weights": {
                "weighted": weight.tolist(),
                "weighted, of classes too": weight.tolist(),
                "weights of zero": zeros.tolist(),
            },
            "trees": made,
        },
        "real": real,
    }


# --- drawn trees ----------------------------------------------------------------------------------------------------

# Split best first, so that the order of the draws is the order of the gains; large leaves, so that gains do not tie.
DRAWN = {
    "forest": (False, {"max_leaf_nodes": 40, "min_samples_leaf": 5}),
    "forest, entropy, half the features": (
        False,
        {"max_leaf_nodes": 30, "min_samples_leaf": 5, "criterion": "entropy", "max_features": 0.5},
    ),
    "extra-trees": (True, {"max_leaf_nodes": 60, "min_samples_leaf": 3}),
    "extra-trees, all features": (True, {"max_leaf_nodes": 40, "min_samples_leaf": 5, "max_features": None}),
}


def drawn():
    made = {}
    for table_name in ["generated", "online-shoppers", "credit-default", "magic"]:
        part = Part(*generated()) if table_name == "generated" else load_table(table_name).train
        for name, (extra, parameters) in DRAWN.items():
            kind = ExtraTreesClassifier if extra else RandomForestClassifier
            model = kind(3, bootstrap=False, random_state=7, **parameters).fit(part.X, part.y)
            given = as_text(parameters) | {"splitter": "random" if extra else "best"}
            if "max_features" in given:
                given["max_features"] = given["max_features"] or "all"
            made[f"{table_name} {name}"] = {
                "parameters": given,
                # What the splitter draws first from the tree's own random_state (tree/_splitter.pyx, init).
                "states": [int(np.random.RandomState(t.random_state).randint(0, 2**31 - 1)) for t in model.estimators_],
                "trees": [tree_of(t.tree_) | {"parameters": given} for t in model.estimators_],
            }
    return {"versions": VERSIONS, "drawn": made}


# --- whole forests --------------------------------------------------------------------------------------------------

# Half a vote of a hundred trees: fully grown trees say 0 and 1, and one such row wrong costs any loss one likes.
CLIP = 0.005


def nodes_of(tree):
    """Nodes that do not lie below a pure one: of weights like 0.9171, scikit-learn finds a pure node's impurity to be some
    1e-15 and goes on to split it."""
    nodes, pending = 0, [0]
    while pending:
        node = pending.pop()
        nodes += 1
        if tree.children_left[node] >= 0 and 1e-12 < tree.value[node, 0, 1] < 1 - 1e-12:
            pending += [tree.children_left[node], tree.children_right[node]]
    return nodes


def forests_of(seeds, train, test, splitter="best", weight=None, **parameters):
    kind = ExtraTreesClassifier if splitter == "random" else RandomForestClassifier
    bagged = parameters.get("bootstrap", splitter == "best")
    runs = []
    for seed in range(seeds):
        forest = kind(100, oob_score=bagged, random_state=seed, n_jobs=1, **parameters)
        forest.fit(train.X, train.y, sample_weight=weight)
        p = forest.predict_proba(test.X)[:, 1]
        run = out_of_bag(forest, train.y) if bagged else {}
        runs.append(
            run
            | {
                "auc": roc_auc_score(test.y, p),
                "log_loss": log_loss(test.y, np.clip(p, CLIP, 1 - CLIP)),
                "unclipped_log_loss": log_loss(test.y, np.clip(p, 1e-15, 1 - 1e-15)),
                "mean": float(p.mean()),
                "nodes": float(np.mean([nodes_of(t.tree_) for t in forest.estimators_])),
            }
        )
    if splitter != "best":
        parameters["splitter"] = splitter
    return {"parameters": as_text(parameters), "runs": runs}


def out_of_bag(forest, y):
    p = np.clip(forest.oob_decision_function_[:, 1], CLIP, 1 - CLIP)
    return {"oob_accuracy": forest.oob_score_, "oob_log_loss": log_loss(y, p)}


# Name to table, seeds and parameters; small tables scatter more and cost less.
FORESTS = {
    "adult": ("adult", 10, {}),
    "online-shoppers": ("online-shoppers", 10, {}),
    "credit-default": ("credit-default", 10, {}),
    "higgs": ("higgs", 10, {}),
    "magic": ("magic", 10, {}),
    "telco-churn": ("telco-churn", 20, {}),
    "churn": ("churn", 20, {}),
    "churn with holes": ("churn", 20, {}),
    "telco-churn, max_samples": ("telco-churn", 20, {"max_samples": 0.3, "min_samples_leaf": 3}),
    "telco-churn, balanced": ("telco-churn", 20, {"class_weight": "balanced", "max_depth": 8}),
    "telco-churn, balanced_subsample": (
        "telco-churn",
        20,
        {"class_weight": "balanced_subsample", "criterion": "entropy", "max_features": 0.5},
    ),
    "adult, extra-trees": ("adult", 10, {"splitter": "random"}),
    "online-shoppers, extra-trees": ("online-shoppers", 10, {"splitter": "random"}),
    "credit-default, extra-trees": ("credit-default", 10, {"splitter": "random"}),
    "higgs, extra-trees": ("higgs", 10, {"splitter": "random"}),
    "telco-churn, weighted": ("telco-churn", 20, {"min_samples_leaf": 3}),
    "telco-churn, weighted without bootstrap": ("telco-churn", 20, {"bootstrap": False, "min_samples_leaf": 3}),
    "telco-churn, class weights": ("telco-churn", 20, {"class_weight": {0: 1, 1: 4}, "max_depth": 8}),
    "telco-churn, max_leaf_nodes": ("telco-churn", 20, {"max_leaf_nodes": 40}),
    "telco-churn, ccp_alpha": ("telco-churn", 20, {"ccp_alpha": 0.0005}),
    "telco-churn, max_samples counted": ("telco-churn", 20, {"max_samples": 1500}),
    "magic, extra-trees": ("magic", 10, {"splitter": "random"}),
    "telco-churn, extra-trees": ("telco-churn", 20, {"splitter": "random", "min_samples_leaf": 3}),
    "churn with holes, extra-trees": ("churn", 20, {"splitter": "random"}),
    "churn, extra-trees with bootstrap": ("churn", 20, {"splitter": "random", "bootstrap": True}),
}


def forests(names, made):
    for name in names:
        table_name, seeds, parameters = FORESTS[name]
        table = load_table(table_name)
        parts = [Part(holes(part.X) if "holes" in name else part.X, part.y) for part in (table.train, table.test)]
        # Row i weighs i % 4, so that every fourth row counts for nothing.
        weight = np.arange(len(parts[0].y)) % 4 * 1.0 if "weighted" in name else None
        made[name] = forests_of(seeds, *parts, weight=weight, **parameters)
        print(name, flush=True)
    return {"versions": VERSIONS, "clip": CLIP, "forests": {name: made[name] for name in FORESTS}}


# Ten seeds of the original scatter as much as ten of ours: a mean of sixty is known well enough to be held to.
MEANS = [
    "online-shoppers",
    "higgs",
    "online-shoppers, extra-trees",
    "credit-default, extra-trees",
    "higgs, extra-trees",
]


def means():
    made = {}
    for name in MEANS:
        table_name, _, parameters = FORESTS[name]
        table = load_table(table_name)
        runs = forests_of(60, table.train, table.test, **parameters)["runs"]
        made[name] = {"seeds": len(runs)}
        for figure in ["auc", "log_loss"]:
            values = [run[figure] for run in runs]
            made[name][figure] = {"mean": float(np.mean(values)), "deviation": float(np.std(values, ddof=1))}
    return {"versions": VERSIONS, "forests": made}


if __name__ == "__main__":
    goldens = HERE / "goldens"
    goldens.mkdir(exist_ok=True)
    path = goldens / "forests.json"
    if sys.argv[1:] == ["drawn"]:
        (goldens / "drawn.json").write_text(json.dumps(drawn()) + "\n")
        sys.exit()
    if sys.argv[1:] == ["means"]:
        (goldens / "means.json").write_text(json.dumps(means(), indent=1) + "\n")
        sys.exit()
    if sys.argv[1:] == ["trees"]:
        (goldens / "trees.json").write_text(json.dumps(trees()) + "\n")
        sys.exit()
    if sys.argv[1:]:
        made, names = json.loads(path.read_text())["forests"], sys.argv[1:]
    else:
        made, names = {}, list(FORESTS)
        (goldens / "trees.json").write_text(json.dumps(trees()) + "\n")
        (goldens / "drawn.json").write_text(json.dumps(drawn()) + "\n")
        (goldens / "means.json").write_text(json.dumps(means(), indent=1) + "\n")
    path.write_text(json.dumps(forests(names, made), indent=1) + "\n")
