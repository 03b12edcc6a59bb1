"""Small ONNX classifiers that ecomml did not make, the rows they are scored on, and their own probabilities.

    python make.py

Writes rows.csv, *.onnx and expected.json beside itself. Made with skl2onnx 1.20.0, onnxmltools 1.16.0, onnx 1.23.2,
scikit-learn 1.9.1, lightgbm 4.7.0, xgboost 3.2.0, catboost 1.2.10, onnxruntime 1.32.0 (which gave expected.json).
"""

import csv
import json
from pathlib import Path

import catboost
import lightgbm
import numpy as np
import onnx
import onnxruntime
import xgboost
from onnx import TensorProto, helper, numpy_helper
from onnxmltools import convert_lightgbm, convert_xgboost
from onnxmltools.convert.common.data_types import FloatTensorType as ToolsFloat
from skl2onnx import to_onnx
from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType, Int64TensorType, StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

HERE = Path(__file__).parent
ROWS = 120
random = np.random.default_rng(5)
amount = np.round(random.gamma(2.0, 30.0, ROWS), 2)
visits = random.integers(0, 20, ROWS)
channel = random.choice(["mail", "web", "app, other"], ROWS)
rate = np.round(random.random(ROWS), 4)
logit = -1.5 + 0.02 * amount + 0.08 * visits + (channel == "mail") - rate
bought = (random.random(ROWS) < 1 / (1 + np.exp(-logit))).astype(np.int64)

with open(HERE / "rows.csv", "w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["id", "amount", "visits", "channel", "rate", "bought"])
    for i in range(ROWS):
        writer.writerow([f"r{i:03}", amount[i], visits[i], channel[i], rate[i], bought[i]])

numbers = np.column_stack([amount, visits, rate])
floats = numbers.astype(np.float32)
NAMES = ["amount", "visits", "rate"]
expected = {}


def save(name, model, feeds=None, output=None, column=None, link=None, metadata=None):
    """Writes the model; with feeds, its probabilities too."""
    model = onnx.load_from_string(model if isinstance(model, bytes) else model.SerializeToString())
    model.graph.name = name  # onnxmltools takes a random one
    opsets = sorted({(entry.domain, entry.version) for entry in model.opset_import})  # skl2onnx has them in any order
    del model.opset_import[:]
    model.opset_import.extend(helper.make_opsetid(*opset) for opset in opsets)
    del model.metadata_props[:]
    for key, value in (metadata or {}).items():
        entry = model.metadata_props.add()
        entry.key, entry.value = key, value
    (HERE / f"{name}.onnx").write_bytes(model.SerializeToString(deterministic=True))
    if feeds is None:
        return
    session = onnxruntime.InferenceSession(model.SerializeToString())
    values = session.run([output], feeds)[0].astype(np.float64)
    values = values[:, column] if values.ndim == 2 else values
    if link == "logit":
        values = 1 / (1 + np.exp(-values))
    expected[name] = values.tolist()


no_zipmap = {"zipmap": False}

logistic = LogisticRegression().fit(floats, bought)
matrix = [("X", FloatTensorType([None, 3]))]
save("logistic", to_onnx(logistic, initial_types=matrix, options=no_zipmap, target_opset=17), {"X": floats}, "probabilities", 1)
save("zipmap", to_onnx(logistic, initial_types=matrix, target_opset=17))
named = {"feature_names": json.dumps(["rate", "amount", "visits"])}
shuffled = LogisticRegression().fit(floats[:, [2, 0, 1]], bought)
save(
    "metadata",
    to_onnx(shuffled, initial_types=matrix, options=no_zipmap, target_opset=17),
    {"X": floats[:, [2, 0, 1]]},
    "probabilities",
    1,
    metadata=named,
)

forest = RandomForestClassifier(5, max_depth=4, random_state=1).fit(numbers, bought)
doubles = [("X", DoubleTensorType([None, 3]))]
save("forest", to_onnx(forest, initial_types=doubles, options=no_zipmap, target_opset=17), {"X": numbers}, "probabilities", 1)

three = RandomForestClassifier(2, max_depth=2, random_state=1).fit(floats, visits % 3)
save("three-classes", to_onnx(three, initial_types=matrix, options=no_zipmap, target_opset=17))

columns = [
    ("amount", FloatTensorType([None, 1])),
    ("visits", Int64TensorType([None, 1])),
    ("channel", StringTensorType([None, 1])),
]
import pandas  # noqa: E402

frame = pandas.DataFrame({"amount": amount.astype(np.float32), "visits": visits, "channel": channel})
mixed = make_pipeline(
    ColumnTransformer(
        [("scale", StandardScaler(), ["amount", "visits"]), ("hot", OneHotEncoder(handle_unknown="ignore"), ["channel"])]
    ),
    LogisticRegression(),
).fit(frame, bought)
mixed_onnx = to_onnx(mixed, initial_types=columns, options={id(mixed): no_zipmap}, target_opset=17)
feeds = {
    "amount": amount.astype(np.float32).reshape(-1, 1),
    "visits": visits.astype(np.int64).reshape(-1, 1),
    "channel": channel.astype(object).reshape(-1, 1),
}
save("columns", mixed_onnx, feeds, "probabilities", 1)

boosted = lightgbm.LGBMClassifier(n_estimators=8, num_leaves=5, verbose=-1, n_jobs=1, random_state=1).fit(floats, bought)
save(
    "lightgbm",
    convert_lightgbm(boosted, initial_types=[("input", ToolsFloat([None, 3]))], zipmap=False, target_opset=15),
    {"input": floats},
    "probabilities",
    1,
)

xgb = xgboost.XGBClassifier(n_estimators=8, max_depth=3, n_jobs=1, random_state=1).fit(floats, bought)
save("xgboost", convert_xgboost(xgb, initial_types=[("input", ToolsFloat([None, 3]))], target_opset=15), {"input": floats}, "probabilities", 1)

cat = catboost.CatBoostClassifier(iterations=5, depth=3, verbose=0, allow_writing_files=False, thread_count=1, random_seed=1).fit(floats, bought)
cat.save_model(str(HERE / "catboost.onnx"), format="onnx")
save("catboost", (HERE / "catboost.onnx").read_bytes())


def graph(nodes, outputs, inputs, initializers=(), opset=17, name="g"):
    made = helper.make_graph(nodes, name, inputs, outputs, initializers)
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", opset)])
    model.ir_version = 8
    return model


weights = numpy_helper.from_array(np.array([[0.02], [0.08], [-1.0]], dtype=np.float32), "w")
bias = numpy_helper.from_array(np.array([-1.5], dtype=np.float32), "b")
linear = [helper.make_node("MatMul", ["x", "w"], ["xw"]), helper.make_node("Add", ["xw", "b"], ["logit"])]
x = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 3])
out = helper.make_tensor_value_info("logit", TensorProto.FLOAT, ["N", 1])
save("logit", graph(linear, [out], [x], [weights, bias]), {"x": floats}, "logit", 0, link="logit")
renamed = [linear[0], helper.make_node("Add", ["xw", "b"], ["result"])]
result = helper.make_tensor_value_info("result", TensorProto.FLOAT, ["N", 1])
save("unnamed-logit", graph(renamed, [result], [x], [weights, bias]), {"x": floats}, "result", 0, link="logit")
# One vector, a fixed batch of seven rows.
fixed_in = helper.make_tensor_value_info("x", TensorProto.FLOAT, [7, 3])
fixed_out = helper.make_tensor_value_info("probability", TensorProto.FLOAT, [7])
axes = numpy_helper.from_array(np.array([1], dtype=np.int64), "axes")
squeezed = [*linear, helper.make_node("Sigmoid", ["logit"], ["p"]), helper.make_node("Squeeze", ["p", "axes"], ["probability"])]
save("fixed-batch", graph(squeezed, [fixed_out], [fixed_in], [weights, bias, axes]))
expected["fixed-batch"] = expected["logit"]
save("newer-opset", graph(linear, [out], [x], [weights, bias], opset=99))
save("other-operator", graph([helper.make_node("Unheard", ["x"], ["logit"], domain="some.where")], [out], [x]))

(HERE / "expected.json").write_text(json.dumps(expected, indent=0) + "\n")
