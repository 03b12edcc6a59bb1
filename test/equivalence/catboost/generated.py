"""Generated tables, the Python twin of generated.ts, cell for cell: 32-bit integer hashing and plain arithmetic only."""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tables import Part, Table  # noqa: E402


def uniform(index, stream):
    """Uniform in [0, 1): murmur3's finaliser of an index and a stream."""
    h = (np.asarray(index, np.uint64) * np.uint64(0x9E3779B1) + np.uint64(stream * 0x85EBCA6B + 0x27D4EB2F)).astype(np.uint32)
    h ^= h >> np.uint32(16)
    h = (h.astype(np.uint64) * np.uint64(0x85EBCA6B)).astype(np.uint32)
    h ^= h >> np.uint32(13)
    h = (h.astype(np.uint64) * np.uint64(0xC2B2AE35)).astype(np.uint32)
    h ^= h >> np.uint32(16)
    return h.astype(np.float64) / 4294967296.0


def numeric(rows=6000, columns=10):
    """A smooth function of a few of many columns, in quarters of a thousandth (exact in float32), with ties."""
    index = np.arange(rows)
    X = np.column_stack([np.floor(uniform(index, 1 + c) * 4000) / 4096 for c in range(columns)])
    z = 6 * (X[:, 0] - 0.5) + 4 * (X[:, 1] - 0.5) * (X[:, 2] - 0.5) * 4 + 3 * np.abs(X[:, 3] - 0.5) - 1
    y = (uniform(index, 99) < 1 / (1 + np.exp(-z))).astype(np.float64)
    return X, y


# Levels of the categorical columns of the access table.
LEVELS = [2000, 900, 400, 250, 120, 60, 40]


def access(rows=24000):
    """Amazon-like: seven categorical columns of many levels, whose effects and pairwise interactions decide."""
    index = np.arange(rows)
    codes = []
    for c, levels in enumerate(LEVELS):
        u = uniform(index, 10 + c)
        codes.append(np.floor(u * u * levels))
    z = np.full(rows, 1.2)
    for c, weight in enumerate([1.6, 1.4, 1.6, 0.8, 1.2, 0.6, 0.0]):
        z += weight * 2 * (uniform(codes[c], 40 + c) - 0.5)
    for a, b, weight in [(3, 4, 2.4), (4, 5, 1.8), (2, 5, 1.6)]:
        z += weight * 2 * (uniform(codes[a] * 4096 + codes[b], 60 + a * 8 + b) - 0.5)
    y = (uniform(index, 98) < 1 / (1 + np.exp(-z))).astype(np.float64)
    is_test = index % 4 == 3
    categories, parts = [], [[], []]
    for code in codes:
        seen = np.unique(code[~is_test])
        position = np.searchsorted(seen, code)
        known = (position < len(seen)) & (seen[np.minimum(position, len(seen) - 1)] == code)
        encoded = np.where(known, position, -1).astype(np.float64)
        categories.append([str(int(value)) for value in seen])
        parts[0].append(encoded[~is_test])
        parts[1].append(encoded[is_test])
    names = [f"c{c}" for c in range(len(LEVELS))]
    train, test = (Part(np.column_stack(part), y[rows_]) for part, rows_ in zip(parts, (~is_test, is_test)))
    return Table("access", names, ["categorical"] * len(LEVELS), categories, train, test)
