"""What an operator sets before the start; everything that changes while knowbot runs is a tunable in the database."""

from __future__ import annotations

from dataclasses import dataclass

from retrieval.encoders import DEFAULT_ENCODER


@dataclass(frozen=True)
class RetrievalSettings:
    """``encoder`` is for a space that has no index yet; an indexed one keeps its own until ``knowbot reindex``.

    Up to ``exact_up_to`` vectors a space is searched exactly, above it by HNSW.
    """

    encoder: str = DEFAULT_ENCODER
    exact_up_to: int = 20_000
