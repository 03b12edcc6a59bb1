"""A table of numeric columns with missing cells, the Python twin of missing.ts, cell for cell."""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "catboost"))
from generated import uniform  # noqa: E402
from tables import Part, Table  # noqa: E402

# Share of missing cells, and what a missing one adds to the score: of seven columns. The last misses in the test rows alone.
MISSING = [(0.05, 1.0), (0.3, -1.5), (0.0, 0.0), (0.9, 2.0), (0.002, 0.0), (0.15, 0.5), (0.0, 0.0)]


def missing(rows=6000):
    """All but the sixth column have more distinct cells than bins. Whether a cell is missing tells something of the label."""
    index = np.arange(rows)
    is_test = index % 4 == 3
    columns, z = [], np.full(rows, -1.0)
    for c, (share, effect) in enumerate(MISSING):
        cell = np.floor(uniform(index, 1 + c) * (12 if c == 5 else 4096)) / 4096
        lacks = uniform(index, 21 + c) < share
        if c == 6:
            lacks = is_test & (uniform(index, 21 + c) < 0.2)
        z = z + np.where(lacks, effect, (cell - 0.5) * (3 if c < 3 else 1))
        columns.append(np.where(lacks, np.nan, cell))
    y = (uniform(index, 99) * 4 - 2 < z).astype(np.float64)
    X = np.column_stack(columns)
    parts = [Part(X[keep], y[keep]) for keep in (~is_test, is_test)]
    kinds = ["numeric"] * len(MISSING)
    return Table("missing", [f"x{c}" for c in range(len(MISSING))], kinds, [None] * len(MISSING), *parts)
