"""A space's passages with their vectors, as what looks at all of them at once needs them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from retrieval.embed import normalised
from storage.records import Chunk, Generation, Matrix
from storage.stores import Stores


@dataclass(frozen=True)
class Corpus:
    """``vectors[i]``, of length 1, is the passage ``chunks[i]``; in order of documents and within them."""

    chunks: Sequence[Chunk]
    vectors: Matrix

    def documents(self) -> tuple[list[Chunk], Matrix]:
        """The first passage of each document, and the direction of the mean of all its passages."""
        numbers = np.array([chunk.document_id for chunk in self.chunks])
        ids, firsts, owner = np.unique(numbers, return_index=True, return_inverse=True)
        sums = np.zeros((len(ids), self.vectors.shape[1]), np.float32)
        np.add.at(sums, owner, self.vectors)
        return [self.chunks[int(first)] for first in firsts], normalised(sums) if len(ids) else sums


def read_corpus(stores: Stores, generation: Generation) -> Corpus:
    """Every passage that has a vector; hidden ones as well, since operators see everything."""
    chunks = {chunk.id: chunk for chunk in stores.chunks.of_space(generation)}
    owners, vectors = stores.vectors.of_chunks(generation.id, chunks)
    passages = [place for place, (_, kind) in enumerate(owners) if kind == "passage"]
    found = sorted(passages, key=lambda place: (chunks[owners[place][0]].document_id, owners[place][0]))
    return Corpus(
        [chunks[owners[place][0]] for place in found], vectors[found] if found else np.zeros((0, 1), np.float32)
    )
