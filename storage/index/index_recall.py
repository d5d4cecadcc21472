"""How many of the nearest vectors a generation's search finds: measured against looking at every one."""

from __future__ import annotations

import numpy as np

from storage.index.graph import SAMPLE, beside
from storage.records import Generation
from storage.rows import Rows
from storage.stores import Stores
from storage.vector_index import VectorIndex

NEAREST = 10


def index_recall(stores: Stores, generation: Generation, index: VectorIndex) -> float:
    """The share (0-1) of the ten nearest that are found, over SAMPLE stored vectors moved a little; 1.0 if empty.

    Reads every vector of the generation.
    """
    everything = Rows.of((Rows(*part) for part in stores.vectors.stored(generation.id)), generation.dimensions)
    if not len(everything.ids):
        return 1.0
    places = np.unique(np.linspace(0, len(everything.ids), SAMPLE, endpoint=False, dtype=np.int64))
    moved = beside(everything.matrix[places])
    questions = moved / np.linalg.norm(moved, axis=1, keepdims=True)
    exact, found = everything.search(questions, NEAREST), index.search(questions, NEAREST)
    hits = sum(
        len({hit.vector_id for hit in wanted} & {hit.vector_id for hit in got})
        for wanted, got in zip(exact, found, strict=True)
    )
    return hits / sum(map(len, exact))
