"""Raw events to the features of `ecomml features` (the families that need no windows), by polars.

usage: features_polars.py EVENTS.csv OUTPUT.parquet

Every total is a cumulative sum over the instants of a key, less the instant itself: group by key and instant, cumulate,
join back. Written to be fast: lazy reading, integer codes for texts, one grouping for each key.
"""
import json
import sys
import time

import polars as pl

ANY = ["view", "cart", "remove_from_cart", "purchase"]
COLUMNS = ["event_time", "event_type", "product_id", "category_id", "category_code", "brand", "price", "user_id", "user_session"]


def clean(path):
    texts = {name: pl.String for name in COLUMNS}
    frame = pl.scan_csv(path, schema_overrides=texts).with_row_index("source_row", offset=1)
    frame = frame.with_columns(pl.col(COLUMNS).str.strip_chars().replace("", None))
    frame = frame.with_columns(
        pl.col("event_time").str.to_datetime("%Y-%m-%d %H:%M:%S UTC", time_unit="us", strict=False),
        pl.col("event_type").str.to_lowercase(),
        pl.col("price").cast(pl.Float64, strict=False),
    )
    frame = frame.filter(
        pl.col("event_time").is_not_null(),
        pl.col("event_type").is_in(ANY),
        pl.col("product_id").is_not_null(),
        pl.col("user_id").is_not_null(),
        pl.col("user_session").is_not_null(),
        pl.col("price").is_null() | pl.col("price").is_between(0, 1e9),
    )
    return frame.unique(COLUMNS, keep="first", maintain_order=True).collect()


def coded(events):
    keys = {"user": "user_id", "product": "product_id", "category": "category_id", "brand": "brand", "session": "user_session"}
    type_is = lambda name: (pl.col("event_type") == name).cast(pl.Int32)
    units = (pl.col("price") * 1e4).round().cast(pl.Int64)
    return events.select(
        "source_row",
        pl.col("event_time").cast(pl.Int64).alias("us"),
        *[pl.col(column).cast(pl.Categorical).to_physical().alias(key) for key, column in keys.items()],
        type_is("view").alias("views"),
        type_is("cart").alias("carts"),
        type_is("remove_from_cart").alias("removals"),
        type_is("purchase").alias("purchases"),
        units.alias("units"),
        pl.lit(1, pl.Int32).alias("events"),
    ).sort("us", "source_row").with_columns(
        pl.col("units").is_not_null().cast(pl.Int32).alias("prices"),
        pl.when(pl.col("purchases") == 1).then("units").alias("spend"),
        pl.when((pl.col("purchases") == 1) & pl.col("units").is_not_null()).then(1).otherwise(0).alias("priced"),
        *[
            pl.struct(pair).is_first_distinct().cast(pl.Int32).alias(name)
            for name, pair in {
                "new_user_session": ["user", "session"],
                "new_user_product": ["user", "product"],
                "new_session_product": ["session", "product"],
                "new_session_category": ["session", "category"],
            }.items()
        ],
    ).with_columns(
        pl.when(pl.col("category").is_not_null()).then("new_session_category").otherwise(0).alias("new_session_category")
    )


def past(events, keys, name, sums=(), times=(), extra=()):
    """One row a key and instant: sums over the key's earlier instants, and its first and last ones."""
    grouped = events.group_by([*keys, "us"]).agg(*[pl.col(column).sum() for column in sums], *extra).sort("us")
    before = [(pl.col(column).cum_sum().over(keys) - pl.col(column)).alias(f"{name}_{column}") for column in sums]
    known = {
        "first": pl.when(pl.col("us").first().over(keys) < pl.col("us")).then(pl.col("us").first().over(keys)),
        "last": pl.col("us").shift(1).over(keys),
        "instants": pl.int_range(pl.len()).over(keys),
        "last_purchase": pl.when(pl.col("purchases") > 0).then("us").shift(1).forward_fill().over(keys) if "purchases" in sums else None,
        "last_cart": pl.when(pl.col("carts") > 0).then("us").shift(1).forward_fill().over(keys) if "carts" in sums else None,
        "lowest": pl.col("lowest").cum_min().shift(1).forward_fill().over(keys),
        "dwell": pl.col("dwell").cum_sum().over(keys) - pl.col("dwell"),
    }
    return grouped.select(*keys, "us", *before, *[known[time].alias(f"{name}_{time}") for time in times])


def features(events):
    e = coded(events)
    instants = e.select("session", "us").unique().sort("us").with_columns(
        (pl.col("us").shift(-1).over("session") - pl.col("us")).fill_null(0).alias("dwell")
    )
    e = e.join(instants, on=["session", "us"], how="left")
    types = ["views", "carts", "removals", "purchases"]
    pasts = [
        (["user"], past(e, ["user"], "user", ["events", *types, "spend", "priced", "new_user_session"], ["first", "last", "last_purchase"])),
        (["product"], past(e, ["product"], "product", [*types, "units", "prices", "new_user_product"], ["first", "last", "last_purchase", "lowest"], [pl.col("units").min().alias("lowest")])),
        (["category"], past(e, ["category"], "category", ["views", "purchases", "units", "prices"])),
        (["brand"], past(e, ["brand"], "brand", ["views", "purchases", "units", "prices"])),
        (["session"], past(e, ["session"], "session", ["events", *types, "units", "prices", "new_session_product", "new_session_category"], ["first", "last", "last_cart", "instants"])),
        (["user", "product"], past(e, ["user", "product"], "up", ["views", "carts", "purchases"], ["last"])),
        (["user", "category"], past(e, ["user", "category"], "uc", ["events", "purchases"])),
        (["session", "product"], past(e, ["session", "product"], "sp", ["views", "carts", "removals"], ["last", "dwell"], [pl.col("dwell").first()])),
        (["session", "category"], past(e, ["session", "category"], "sc", ["events"])),
    ]
    rows = e.filter((pl.col("views") == 1) | (pl.col("carts") == 1)).select(
        "source_row", "us", "user", "product", "category", "brand", "session", pl.col("carts").alias("is_cart")
    )
    rows = rows.join(events, on="source_row", how="left")
    for keys, totals in pasts:
        rows = rows.join(totals, on=[*keys, "us"], how="left", nulls_equal=True)
    return rows.sort("source_row").select("source_row", *expressions())


def expressions():
    c = pl.col
    since = lambda name: (c("us") - c(name)) / 1e6
    mean = lambda units, number: pl.when(c(number) > 0).then(c(units) / 1e4 / c(number))
    over = lambda value: c("price") / pl.when(value != 0).then(value)
    rate = lambda of, views: (c(of) + 1) / (c(views) + 50)
    given = lambda key, value: pl.when(c(key).is_not_null()).then(value)
    code = lambda n: c("category_code").str.split(".").list.get(n, null_on_oob=True).replace("", None)
    day = c("us") % 86_400_000_000
    angle = day / 86_400_000_000 * 6.283185307179586
    weekday = c("event_time").dt.weekday()
    named = {
        "user_events": c("user_events"), "user_sessions": c("user_new_user_session"), "user_views": c("user_views"),
        "user_carts": c("user_carts"), "user_purchases": c("user_purchases"), "user_spend": c("user_spend") / 1e4,
        "user_mean_purchase_price": mean("user_spend", "user_priced"),
        "price_to_user_mean_purchase": over(mean("user_spend", "user_priced")),
        "user_conversion": rate("user_purchases", "user_views"),
        "seconds_since_user_first_event": since("user_first"), "seconds_since_user_purchase": since("user_last_purchase"),
        "user_product_views": c("up_views"), "user_product_carts": c("up_carts"), "user_product_purchases": c("up_purchases"),
        "seconds_since_user_product": since("up_last"),
        "user_category_events": given("category", c("uc_events")), "user_category_purchases": given("category", c("uc_purchases")),
        "price": c("price"),
        "price_to_product_mean": over(mean("product_units", "product_prices")),
        "price_to_product_lowest": over(c("product_lowest") / 1e4),
        "price_to_category_mean": given("category", over(mean("category_units", "category_prices"))),
        "price_to_brand_mean": given("brand", over(mean("brand_units", "brand_prices"))),
        "product_views": c("product_views"), "product_carts": c("product_carts"), "product_removals": c("product_removals"),
        "product_purchases": c("product_purchases"), "product_users": c("product_new_user_product"),
        "product_conversion": rate("product_purchases", "product_views"),
        "product_cart_rate": (c("product_carts") + 2.5) / (c("product_views") + 50),
        "seconds_since_product_first_event": since("product_first"), "seconds_since_product_event": since("product_last"),
        "seconds_since_product_purchase": since("product_last_purchase"),
        "category_level_1": code(0), "category_level_2": code(1), "category_level_3": code(2),
        "category_views": given("category", c("category_views")), "category_purchases": given("category", c("category_purchases")),
        "category_conversion": given("category", rate("category_purchases", "category_views")),
        "brand": c("brand_right"),
        "brand_views": given("brand", c("brand_views")), "brand_purchases": given("brand", c("brand_purchases")),
        "brand_conversion": given("brand", rate("brand_purchases", "brand_views")),
        "hour": c("event_time").dt.hour(), "weekday": weekday, "is_weekend": (weekday >= 6).cast(pl.Int32),
        "time_of_day_sin": angle.sin().round(9), "time_of_day_cos": angle.cos().round(9),
        "seconds_since_session_start": since("session_first").fill_null(0.0),
        "seconds_since_session_event": since("session_last"), "seconds_since_user_event": since("user_last"),
        "event_is_cart": c("is_cart"), "session_events": c("session_events"), "session_position": c("session_instants") + 1,
        "session_views": c("session_views"), "session_carts": c("session_carts"), "session_removals": c("session_removals"),
        "session_purchases": c("session_purchases"), "session_products": c("session_new_session_product"),
        "session_categories": c("session_new_session_category"),
        "session_category_events": given("category", c("sc_events")),
        "session_product_views": c("sp_views"), "session_product_carts": c("sp_carts"), "session_product_removals": c("sp_removals"),
        "session_product_dwell": c("sp_dwell") / 1e6,
        "session_mean_gap": since("session_first") / c("session_instants"),
        "seconds_since_session_product": since("sp_last"), "seconds_since_session_cart": since("session_last_cart"),
        "price_to_session_mean": over(mean("session_units", "session_prices")),
        "id_of_user": c("user_id"), "id_of_product": c("product_id"), "id_of_category": c("category_id"),
    }
    return [expression.alias(name) for name, expression in named.items()]


if __name__ == "__main__":
    from process_figures import process_figures

    begun = time.perf_counter()
    events = clean(sys.argv[1])
    cleaned = time.perf_counter()
    rows = features(events)
    rows.write_parquet(sys.argv[2], compression="zstd")
    done = time.perf_counter()
    print(json.dumps({"rows": rows.height, "clean": cleaned - begun, "features": done - cleaned, **process_figures()}))
