"""Raw events to the features of `ecomml features` (the families that need no windows), by pandas.

usage: features_pandas.py EVENTS.csv OUTPUT.parquet

As in features_polars.py every total is a cumulative sum over the instants of a key, less the instant itself: one sorted
grouping for each key, vectorised throughout, no Python function a row or a group.
"""
import json
import sys
import time

import numpy as np
import pandas as pd

ANY = ["view", "cart", "remove_from_cart", "purchase"]
TYPES = {"views": "view", "carts": "cart", "removals": "remove_from_cart", "purchases": "purchase"}


def clean(path):
    frame = pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""])
    frame.insert(0, "source_row", np.arange(1, len(frame) + 1))
    frame["event_time"] = pd.to_datetime(frame["event_time"], format="%Y-%m-%d %H:%M:%S UTC", errors="coerce").astype("datetime64[us]")
    frame["event_type"] = frame["event_type"].str.lower()
    frame["price"] = pd.to_numeric(frame["price"], errors="coerce")
    required = frame[["event_time", "product_id", "user_id", "user_session"]].notna().all(axis=1)
    priced = frame["price"].isna() | frame["price"].between(0, 1e9)
    frame = frame[required & frame["event_type"].isin(ANY) & priced]
    return frame.drop_duplicates(subset=frame.columns[1:], ignore_index=True)


def coded(events):
    e = pd.DataFrame({"source_row": events["source_row"], "us": events["event_time"].astype("int64")})
    keys = {"user": "user_id", "product": "product_id", "category": "category_id", "brand": "brand", "session": "user_session"}
    for key, column in keys.items():
        e[key] = pd.factorize(events[column])[0]
    for name, kind in TYPES.items():
        e[name] = (events["event_type"] == kind).astype("int64")
    e["events"] = 1
    e["prices"] = events["price"].notna().astype("int64")
    e["units"] = (events["price"] * 1e4).round().fillna(0).astype("int64")
    e["lowest"] = (events["price"] * 1e4).round()
    e["spend"] = e["units"] * e["purchases"]
    e["priced"] = e["prices"] * e["purchases"]
    e = e.sort_values(["us", "source_row"], kind="stable")
    for pair in (["user", "session"], ["user", "product"], ["session", "product"], ["session", "category"]):
        e["new_" + "_".join(pair)] = (~e.duplicated(pair)).astype("int64")
    e.loc[e["category"] < 0, "new_session_category"] = 0
    instants = e[["session", "us"]].drop_duplicates()
    instants["dwell"] = (instants.groupby("session")["us"].shift(-1) - instants["us"]).fillna(0)
    return e.merge(instants, on=["session", "us"])


def past(e, keys, name, sums=(), times=()):
    """One row a key and instant: sums over the key's earlier instants, and its first and last ones."""
    how = {column: "sum" for column in sums}
    if "lowest" in times:
        how["lowest"] = "min"
    if "dwell" in times:
        how["dwell"] = "first"
    grouped = e.groupby([*keys, "us"], sort=True).agg(how).reset_index()
    by = grouped.groupby(keys, sort=False)
    total = by[list(sums)].cumsum() - grouped[list(sums)]
    out = pd.concat([grouped[[*keys, "us"]], total.add_prefix(f"{name}_")], axis=1)
    us = grouped["us"]
    for time_name in times:
        if time_name == "first":
            first = by["us"].transform("first")
            column = first.where(first < us)
        elif time_name == "last":
            column = by["us"].shift(1)
        elif time_name == "instants":
            column = by.cumcount()
        elif time_name == "lowest":
            least = by["lowest"].cummin()
            column = least.groupby([grouped[key] for key in keys]).shift(1)
            column = column.groupby([grouped[key] for key in keys]).ffill()
        elif time_name == "dwell":
            column = by["dwell"].cumsum() - grouped["dwell"]
        else:
            at = us.where(grouped["purchases" if time_name == "last_purchase" else "carts"] > 0)
            key = [grouped[key] for key in keys]
            column = at.groupby(key).shift(1).groupby(key).ffill()
        out[f"{name}_{time_name}"] = column
    return out


def features(events):
    e = coded(events)
    types = list(TYPES)
    pasts = [
        (["user"], past(e, ["user"], "user", ["events", *types, "spend", "priced", "new_user_session"], ["first", "last", "last_purchase"])),
        (["product"], past(e, ["product"], "product", [*types, "units", "prices", "new_user_product"], ["first", "last", "last_purchase", "lowest"])),
        (["category"], past(e, ["category"], "category", ["views", "purchases", "units", "prices"])),
        (["brand"], past(e, ["brand"], "brand", ["views", "purchases", "units", "prices"])),
        (["session"], past(e, ["session"], "session", ["events", *types, "units", "prices", "new_session_product", "new_session_category"], ["first", "last", "last_cart", "instants"])),
        (["user", "product"], past(e, ["user", "product"], "up", ["views", "carts", "purchases"], ["last"])),
        (["user", "category"], past(e, ["user", "category"], "uc", ["events", "purchases"])),
        (["session", "product"], past(e, ["session", "product"], "sp", ["views", "carts", "removals"], ["last", "dwell"])),
        (["session", "category"], past(e, ["session", "category"], "sc", ["events"])),
    ]
    r = e.loc[(e["views"] == 1) | (e["carts"] == 1), ["source_row", "us", "user", "product", "category", "brand", "session", "carts"]]
    for keys, totals in pasts:
        r = r.merge(totals, on=[*keys, "us"], how="left")
    r = r.sort_values("source_row", ignore_index=True)
    own = events.set_index("source_row").loc[r["source_row"]].reset_index()
    return named(r, own)


def named(r, own):
    price = own["price"]
    since = lambda column: (r["us"] - r[column]) / 1e6
    mean = lambda units, number: r[units] / 1e4 / r[number].where(r[number] > 0)
    over = lambda value: price / value.where(value != 0)
    rate = lambda of, views: (r[of] + 1) / (r[views] + 50)
    given = lambda key, value: value.where(r[key] >= 0)
    code = own["category_code"].str.split(".", n=3, expand=True).reindex(columns=range(3)).replace("", None)
    angle = (r["us"] % 86_400_000_000) / 86_400_000_000 * 6.283185307179586
    weekday = own["event_time"].dt.day_of_week + 1
    return pd.DataFrame({
        "source_row": r["source_row"],
        "user_events": r["user_events"], "user_sessions": r["user_new_user_session"], "user_views": r["user_views"],
        "user_carts": r["user_carts"], "user_purchases": r["user_purchases"], "user_spend": r["user_spend"] / 1e4,
        "user_mean_purchase_price": mean("user_spend", "user_priced"),
        "price_to_user_mean_purchase": over(mean("user_spend", "user_priced")),
        "user_conversion": rate("user_purchases", "user_views"),
        "seconds_since_user_first_event": since("user_first"), "seconds_since_user_purchase": since("user_last_purchase"),
        "user_product_views": r["up_views"], "user_product_carts": r["up_carts"], "user_product_purchases": r["up_purchases"],
        "seconds_since_user_product": since("up_last"),
        "user_category_events": given("category", r["uc_events"]), "user_category_purchases": given("category", r["uc_purchases"]),
        "price": price,
        "price_to_product_mean": over(mean("product_units", "product_prices")),
        "price_to_product_lowest": over(r["product_lowest"] / 1e4),
        "price_to_category_mean": given("category", over(mean("category_units", "category_prices"))),
        "price_to_brand_mean": given("brand", over(mean("brand_units", "brand_prices"))),
        "product_views": r["product_views"], "product_carts": r["product_carts"], "product_removals": r["product_removals"],
        "product_purchases": r["product_purchases"], "product_users": r["product_new_user_product"],
        "product_conversion": rate("product_purchases", "product_views"),
        "product_cart_rate": (r["product_carts"] + 2.5) / (r["product_views"] + 50),
        "seconds_since_product_first_event": since("product_first"), "seconds_since_product_event": since("product_last"),
        "seconds_since_product_purchase": since("product_last_purchase"),
        "category_level_1": code[0], "category_level_2": code[1], "category_level_3": code[2],
        "category_views": given("category", r["category_views"]), "category_purchases": given("category", r["category_purchases"]),
        "category_conversion": given("category", rate("category_purchases", "category_views")),
        "brand": own["brand"],
        "brand_views": given("brand", r["brand_views"]), "brand_purchases": given("brand", r["brand_purchases"]),
        "brand_conversion": given("brand", rate("brand_purchases", "brand_views")),
        "hour": own["event_time"].dt.hour, "weekday": weekday, "is_weekend": (weekday >= 6).astype("int64"),
        "time_of_day_sin": np.sin(angle).round(9), "time_of_day_cos": np.cos(angle).round(9),
        "seconds_since_session_start": since("session_first").fillna(0),
        "seconds_since_session_event": since("session_last"), "seconds_since_user_event": since("user_last"),
        "event_is_cart": r["carts"], "session_events": r["session_events"], "session_position": r["session_instants"] + 1,
        "session_views": r["session_views"], "session_carts": r["session_carts"], "session_removals": r["session_removals"],
        "session_purchases": r["session_purchases"], "session_products": r["session_new_session_product"],
        "session_categories": r["session_new_session_category"],
        "session_category_events": given("category", r["sc_events"]),
        "session_product_views": r["sp_views"], "session_product_carts": r["sp_carts"], "session_product_removals": r["sp_removals"],
        "session_product_dwell": r["sp_dwell"] / 1e6,
        "session_mean_gap": since("session_first") / r["session_instants"],
        "seconds_since_session_product": since("sp_last"), "seconds_since_session_cart": since("session_last_cart"),
        "price_to_session_mean": over(mean("session_units", "session_prices")),
        "id_of_user": own["user_id"], "id_of_product": own["product_id"], "id_of_category": own["category_id"],
    })


if __name__ == "__main__":
    from process_figures import process_figures

    begun = time.perf_counter()
    events = clean(sys.argv[1])
    cleaned = time.perf_counter()
    rows = features(events)
    rows.to_parquet(sys.argv[2], compression="zstd", index=False)
    done = time.perf_counter()
    print(json.dumps({"rows": len(rows), "clean": cleaned - begun, "features": done - cleaned, **process_figures()}))
