"""Prediction by an original library with one thread, and its model's trees for the other sides.

Argument: a job as JSON {folder, models, family, parameters, repetitions, batches}. The model is trained once and kept in
`models` (native file, trees.json); predicted are the table's test rows, from float32 rows in memory, each repetition
whole. Prints seconds (wall, CPU) by batch size, and writes raw.f64, the raw scores, into `models`.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
from table import read_columns, read_table


def lightgbm(job, folder):
    import lightgbm as lgb

    path = folder / "model.txt"
    if not path.exists():
        cells, label = read_table(job["folder"], "train")
        categorical = [c for c, column in enumerate(read_columns(job["folder"])) if column["kind"] == "categorical"]
        parameters = {"objective": "binary", "verbose": -1, "num_threads": 2, **job["parameters"]}
        rounds = parameters.pop("num_iterations")
        data = lgb.Dataset(np.ascontiguousarray(cells), label, params=parameters, categorical_feature=categorical)
        lgb.train(parameters, data, rounds).save_model(path)
    model = lgb.Booster(model_file=path)

    def nodes(node, out):
        at = len(out)
        out.append(None)
        if "leaf_value" in node:
            out[at] = {"value": node["leaf_value"]}
            return at
        test = {"feature": node["split_feature"], "missing": node["missing_type"], "defaultLeft": node["default_left"]}
        if node["decision_type"] == "==":
            test["set"] = [int(code) for code in str(node["threshold"]).split("||")]
        else:
            test["lessOrEqual"] = node["threshold"]
        out[at] = test | {"left": nodes(node["left_child"], out), "right": nodes(node["right_child"], out)}
        return at

    trees = []
    for tree in model.dump_model()["tree_info"]:
        trees.append([])
        nodes(tree["tree_structure"], trees[-1])
    return {"trees": trees, "intercept": 0}, lambda x: model.predict(x, raw_score=True, num_threads=1)


def xgboost(job, folder):
    import xgboost as xgb

    path = folder / "model.json"
    columns = read_columns(job["folder"])
    types = ["c" if column["kind"] == "categorical" else "q" for column in columns]
    if not path.exists():
        cells, label = read_table(job["folder"], "train")
        parameters = {"objective": "binary:logistic", "tree_method": "hist", "nthread": 2, **job["parameters"]}
        rounds = parameters.pop("n_estimators")
        data = xgb.QuantileDMatrix(np.ascontiguousarray(cells), label, feature_types=types, enable_categorical=True)
        xgb.train(parameters, data, rounds).save_model(path)
    model = xgb.Booster({"nthread": 1}, model_file=path)
    document = json.loads(path.read_text())["learner"]
    base = float(np.float32(document["learner_model_param"]["base_score"].strip("[]")))

    def single(value):
        return float(np.float32(value))

    trees = []
    for tree in document["gradient_booster"]["model"]["trees"]:
        categories = {
            node: tree["categories"][start : start + size]
            for node, start, size in zip(
                tree["categories_nodes"], tree["categories_segments"], tree["categories_sizes"], strict=True
            )
        }
        out = []
        for node, left in enumerate(tree["left_children"]):
            if left < 0:
                out.append({"value": single(tree["split_conditions"][node])})
                continue
            test = {"feature": tree["split_indices"][node], "missing": "NaN", "left": left}
            test |= {"right": tree["right_children"][node], "defaultLeft": bool(tree["default_left"][node])}
            if tree["split_type"][node] == 1:
                # A category in the set goes right: the children are exchanged.
                test |= {"set": categories[node], "left": test["right"], "right": left}
                test["defaultLeft"] = not test["defaultLeft"]
            else:
                test["less"] = single(tree["split_conditions"][node])
            out.append(test)
        trees.append(out)
    intercept = float(np.log(base / (1 - base)))
    return {"trees": trees, "intercept": intercept}, lambda x: model.inplace_predict(x, predict_type="margin")


def catboost(job, folder):
    import catboost as cb

    path = folder / "model.json"
    if not path.exists():
        cells, label = read_table(job["folder"], "train")
        model = cb.CatBoostClassifier(**job["parameters"], thread_count=2, verbose=False, allow_writing_files=False)
        model.fit(cells, label).save_model(str(path), format="json")
    model = cb.CatBoost()
    model.load_model(str(path), format="json")
    document = json.loads(path.read_text())
    trees = [
        {
            "splits": [{"feature": split["float_feature_index"], "border": split["border"]} for split in tree["splits"]],
            "leaves": tree["leaf_values"],
        }
        for tree in document["oblivious_trees"]
    ]
    scale, bias = document["scale_and_bias"]
    assert scale == 1
    return {"oblivious": trees, "intercept": bias[0]}, lambda x: model.predict(x, "RawFormulaVal", thread_count=1)


FAMILIES = {"lightgbm": lightgbm, "xgboost": xgboost, "catboost": catboost}


def main():
    job = json.loads(sys.argv[1])
    folder = Path(job["models"])
    folder.mkdir(parents=True, exist_ok=True)
    document, predict = FAMILIES[job["family"]](job, folder)
    (folder / "trees.json").write_text(json.dumps({"family": job["family"], **document}))
    cells, _ = read_table(job["folder"], "test")
    rows = np.ascontiguousarray(cells)
    np.asarray(predict(rows), dtype=np.float64).tofile(folder / "raw.f64")
    seconds = {}
    for batch in job["batches"]:
        runs = []
        for _ in range(job["repetitions"]):
            wall, cpu = time.perf_counter(), time.process_time()
            for begin in range(0, len(rows), batch):
                predict(rows[begin : begin + batch])
            runs.append({"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu})
        seconds[batch] = runs
    print(json.dumps({"rows": len(rows), "seconds": seconds}))


main()
