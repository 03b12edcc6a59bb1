"""The peer of bench/score-table.mjs: polars reads the table, LightGBM scores it, polars writes. One job a call."""
import os
import sys

os.environ.setdefault("POLARS_MAX_THREADS", sys.argv[5] if len(sys.argv) > 5 else "1")

import numpy as np
import polars as pl

CATEGORIES = ["app", "mail", "phone", "store", "web"]


def features(table):
    """Words as their codes, all columns as doubles."""
    columns = []
    for name in table.columns:
        column = table[name]
        if column.dtype == pl.String:
            column = column.cast(pl.Enum(CATEGORIES)).to_physical()
        columns.append(column.cast(pl.Float64).to_numpy())
    return np.column_stack(columns)


def train(table_path, model_path):
    import lightgbm

    table = pl.read_csv(table_path)
    words = [c for c, name in enumerate(table.columns[:-1]) if table[name].dtype == pl.String]
    data = lightgbm.Dataset(features(table.drop("y")), table["y"].to_numpy(), categorical_feature=words)
    lightgbm.train({"objective": "binary", "num_threads": 1, "verbose": -1}, data, 100).save_model(model_path)


def score(model_path, table_path, output_path, threads):
    import lightgbm

    model = lightgbm.Booster(model_file=model_path)
    table = pl.read_csv(table_path)
    probability = model.predict(features(table), num_threads=int(threads))
    rows = pl.Series("source_row", np.arange(1, len(probability) + 1))
    pl.DataFrame([rows, pl.Series("purchase_probability", probability)]).write_csv(output_path)


{"train": train, "score": score}[sys.argv[1]](*sys.argv[2:])
