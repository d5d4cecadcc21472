"""Exact search over vectors held in fewer bits, to see what that costs and what it saves."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from usearch.compiled import MetricKind
from usearch.index import search

from storage.records import Matrix

Precision = Literal["f32", "f16", "bf16", "i8"]
BYTES: dict[Precision, int] = {"f32": 4, "f16": 2, "bf16": 2, "i8": 1}
"""Of one component."""


def quantised(rows: Matrix, precision: Precision) -> NDArray[Any]:
    """``rows`` at that precision; bf16 as the upper halves of their bits, i8 scaled so that the largest is 127."""
    if precision == "f16":
        return rows.astype(np.float16)
    if precision == "bf16":
        bits = np.ascontiguousarray(rows, dtype=np.float32).view(np.uint32)
        return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16)  # to nearest, ties to even
    if precision == "i8":
        return np.round(rows * (127.0 / max(float(np.abs(rows).max(initial=0.0)), 1e-12))).astype(np.int8)
    return np.ascontiguousarray(rows, dtype=np.float32)


def nearest_rows(rows: NDArray[Any], query: NDArray[Any], count: int, precision: Precision) -> NDArray[np.int64]:
    """The places of the ``count`` rows of highest cosine to one ``query``, best first; both as ``quantised`` gave."""
    found = search(rows, query, min(count, len(rows)), MetricKind.Cos, exact=True, threads=1, dtype=precision)
    return np.asarray(found.keys, dtype=np.int64)
