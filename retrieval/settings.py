"""What an operator sets before the start; everything that changes while knowbot runs is a tunable in the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from retrieval.costs.budget import NO_LIMITS, BudgetLimits
from retrieval.costs.pricing import Rates
from retrieval.encoders import DEFAULT_ENCODER
from retrieval.encoders.prompts import Prompts
from retrieval.sources.limits import WebLimits

__all__ = ["MODELS", "BudgetLimits", "Prompts", "Rates", "RetrievalSettings"]

MODELS = "models"
"""The folder of compiled models, in the data folder where no other is set."""


@dataclass(frozen=True)
class RetrievalSettings:
    """``encoder`` is for a space that has no index yet; an indexed one keeps its own until ``knowbot reindex``.

    Up to ``exact_up_to`` vectors a space is searched exactly, above it by HNSW.
    Compiled models are kept in ``models``, by default a folder of the data folder. Where somebody waits for answers,
    not ``patient``, no model is compiled, nor a slower-starting one loaded because it is faster for many documents.
    ``reranker`` is the path or the name of a re-ranking model, "" for none; where somebody waits it may take
    ``rerank_seconds``. ``prices`` and ``prompts`` are the operator's own, by model. Of ``allow_hosts`` pages are read
    even where they have private addresses; ``web`` bounds what servers are asked for.
    """

    encoder: str = DEFAULT_ENCODER
    exact_up_to: int = 20_000
    models: Path | None = None
    patient: bool = True
    reranker: str = ""
    rerank_seconds: float = 1.0
    budget: BudgetLimits = NO_LIMITS
    prices: Mapping[str, Rates] = field(default_factory=dict)
    prompts: Mapping[str, Prompts] = field(default_factory=dict)
    allow_hosts: frozenset[str] = frozenset()
    web: WebLimits = field(default_factory=WebLimits)
