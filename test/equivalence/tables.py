"""The real tables as encoded matrices: the Python twin of tables.ts, cell for cell (see tables.json for the columns).

Numeric cells are correctly rounded doubles, blank cells are NaN. A categorical cell is the position of its string among
the training rows' strings sorted by code point; blank is NaN, a string no training row has is `unseen` (-1).
Tables with a test file of their own use it; of the others 0-based row i is a test row when i % 4 == 3.

`python test/equivalence/tables.py` writes the checksums that tables.test.ts holds tables.ts to.
"""

import gzip
import hashlib
import io
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
TABLES = json.loads((HERE / "tables.json").read_text())


@dataclass
class Part:
    X: np.ndarray  # rows x columns, float64
    y: np.ndarray  # 0.0 or 1.0


@dataclass
class Table:
    name: str
    columns: list  # names, in the matrix's order
    kinds: list  # "numeric" or "categorical"
    categories: list  # a list of strings for a categorical column, None for a numeric one
    train: Part
    test: Part

    @property
    def categorical(self):
        """Indices of the categorical columns."""
        return [i for i, kind in enumerate(self.kinds) if kind == "categorical"]


def load_table(name, unseen=-1.0):
    """Encodes one table; `unseen` is the code of a category that no training row has."""
    spec = TABLES[name]
    frame = _read(spec["train"], spec)
    if "test" in spec:
        train, test = frame, _read(spec["test"], spec)
    else:
        is_test = np.arange(len(frame)) % 4 == 3
        train, test = frame[~is_test], frame[is_test]
    kinds = {column: kind for column, kind in spec["columns"].items() if kind != "dropped"}
    categories = []
    parts = [[], []]
    for column, kind in kinds.items():
        if kind == "numeric":
            categories.append(None)
            for part, rows in zip(parts, (train, test)):
                part.append(rows[column].to_numpy(np.float64))
            continue
        dictionary = sorted(set(train[column]) - {""})
        codes = {category: float(code) for code, category in enumerate(dictionary)} | {"": np.nan}
        categories.append(dictionary)
        for part, rows in zip(parts, (train, test)):
            part.append(np.array([codes.get(cell, unseen) for cell in rows[column]], np.float64))
    encoded = [
        Part(np.column_stack(part), (rows[spec["target"]] == spec["positive"]).to_numpy(np.float64))
        for part, rows in zip(parts, (train, test))
    ]
    return Table(name, list(kinds), list(kinds.values()), categories, *encoded)


def _read(path, spec):
    header = spec.get("header")
    names = header or list(pd.read_csv(_bytes(path), sep=spec["delimiter"], nrows=0).columns)
    frame = pd.read_csv(
        _bytes(path),
        sep=spec["delimiter"],
        names=names,
        header=None if header else 0,
        usecols=[column for column in names if spec["columns"].get(column) != "dropped"],
        dtype=str,
        keep_default_na=False,
    )
    return pd.DataFrame(
        {
            column: [float(cell) if cell.strip() else np.nan for cell in cells]
            if spec["columns"].get(column) == "numeric"
            else [cell.strip() for cell in cells]
            for column, cells in frame.items()
        }
    )


def _bytes(path):
    return io.BytesIO(gzip.decompress((REPOSITORY / path).read_bytes()))


def checksums(table):
    """What both loaders must agree on: shapes, dictionaries, and each column's bytes."""

    def part(rows):
        columns = []
        for values in rows.X.T:
            canonical = np.where(np.isnan(values), np.nan, values).astype("<f8")
            known = values[~np.isnan(values)]
            columns.append(
                {
                    "missing": int(np.isnan(values).sum()),
                    "min": float(known.min()),
                    "max": float(known.max()),
                    "sha256": hashlib.sha256(canonical.tobytes()).hexdigest()[:16],
                }
            )
        return {"rows": len(rows.y), "positives": int(rows.y.sum()), "columns": columns}

    return {
        "columns": [
            {"name": name, "kind": kind, "categories": None if categories is None else len(categories)}
            for name, kind, categories in zip(table.columns, table.kinds, table.categories)
        ],
        "train": part(table.train),
        "test": part(table.test),
    }


if __name__ == "__main__":
    goldens = {
        "versions": {"numpy": np.__version__, "pandas": pd.__version__},
        "tables": {name: checksums(load_table(name)) for name in TABLES},
    }
    (HERE / "goldens").mkdir(exist_ok=True)
    (HERE / "goldens" / "tables.json").write_text(json.dumps(goldens, indent=1) + "\n")
