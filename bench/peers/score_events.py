"""The job of bench/score-events.mjs in Python: features by polars, four models of the originals, a CSV of probabilities.

usage: score_events.py train EVENTS.csv MODELS TREES THREADS
       score_events.py score HISTORY.csv EVENTS.csv MODELS OUTPUT.csv THREADS

The models have the sizes of ecomml's defaults (31 leaves, depth 6, depth 6, full trees); the blend is their weighted mean.
Categories are the codes of the training events; texts that training did not have are missing.
"""
import json
import os
import sys
import time

import joblib
import numpy as np
import polars as pl
from features_polars import clean, features

WEIGHTS = {"catboost": 0.4, "xgboost": 0.3, "lightgbm": 0.2, "random-forest": 0.1}
CATEGORIES = ["category_level_1", "category_level_2", "category_level_3", "brand", "id_of_user", "id_of_product", "id_of_category"]


def labels(events, rows):
    """1 when the session buys the product at the moment or later: its last purchase is not before the moment."""
    bought = events.filter(pl.col("event_type") == "purchase").group_by("user_session", "product_id").agg(pl.col("event_time").max().alias("bought"))
    moments = rows.select("source_row").join(events, on="source_row", how="left").join(bought, on=["user_session", "product_id"], how="left", maintain_order="left")
    return moments.select((pl.col("bought") >= pl.col("event_time")).fill_null(False)).to_series().cast(pl.Int8).to_numpy()


def matrix(rows, dictionaries):
    codes = []
    for name in CATEGORIES:
        codes.append(rows.select(pl.col(name)).join(dictionaries[name], on=name, how="left", maintain_order="left").select(pl.col("code").cast(pl.Float32).alias(name)).to_series())
    numbers = rows.select(pl.exclude("source_row", *CATEGORIES).cast(pl.Float32))
    return numbers.with_columns(codes).to_numpy()


def train(path, folder, trees, threads):
    from catboost import CatBoostClassifier
    from lightgbm import LGBMClassifier
    from sklearn.ensemble import RandomForestClassifier
    from xgboost import XGBClassifier

    events = clean(path)
    rows = features(events)
    dictionaries = {name: rows.select(pl.col(name).drop_nulls().unique().sort()).with_row_index("code") for name in CATEGORIES}
    x, y = matrix(rows, dictionaries), labels(events, rows)
    models = {
        "lightgbm": LGBMClassifier(n_estimators=trees, num_leaves=31, n_jobs=threads, verbose=-1),
        "xgboost": XGBClassifier(n_estimators=trees, max_depth=6, n_jobs=threads),
        "catboost": CatBoostClassifier(iterations=trees, depth=6, thread_count=threads, verbose=0, allow_writing_files=False),
        "random-forest": RandomForestClassifier(n_estimators=trees, max_depth=16, n_jobs=threads),
    }
    for model in models.values():
        model.fit(x, y)
    os.makedirs(folder, exist_ok=True)
    joblib.dump({"models": models, "dictionaries": dictionaries}, os.path.join(folder, "models.joblib"))
    return {"rows": rows.height}


def score(history, path, folder, output, threads):
    kept = joblib.load(os.path.join(folder, "models.joblib"))
    begun = time.perf_counter()
    past = clean(history)
    events = clean(path)
    last = past["source_row"].max()
    both = pl.concat([past, events.with_columns(pl.col("source_row") + last)])
    rows = features(both).filter(pl.col("source_row") > last).with_columns(pl.col("source_row") - last)
    made = time.perf_counter()
    x = matrix(rows, kept["dictionaries"])
    columns = {}
    for name, model in kept["models"].items():
        if hasattr(model, "n_jobs"):
            model.n_jobs = threads
        options = {"thread_count": threads} if name == "catboost" else {}
        columns[name] = np.asarray(model.predict_proba(x, **options))[:, 1]
    blend = sum(weight * columns[name] for name, weight in WEIGHTS.items())
    passed = rows.select("source_row").join(events, on="source_row", how="left", maintain_order="left")
    passed = passed.select("source_row", "event_time", "event_type", "product_id", "user_id", "user_session")
    passed.with_columns(pl.Series("purchase_probability", blend), *[pl.Series(name, values) for name, values in columns.items()]).write_csv(output)
    done = time.perf_counter()
    return {"rows": rows.height, "features": made - begun, "scores": done - made}


if __name__ == "__main__":
    from process_figures import process_figures

    verb, *arguments = sys.argv[1:]
    if verb == "train":
        result = train(arguments[0], arguments[1], int(arguments[2]), int(arguments[3]))
    else:
        result = score(*arguments[:4], int(arguments[4]))
    print(json.dumps({**result, **process_figures()}))
