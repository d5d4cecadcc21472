"""How well does low confidence tell what cannot be answered? By two readings of when a refusal is right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from retrieval.fitting import metrics


@dataclass(frozen=True)
class Promise:
    """The confidence in an answer; ``withheld`` where its documents were, ``right`` where the first is relevant."""

    confidence: float
    withheld: bool
    right: bool


def refusal_figures(promises: Sequence[Promise], least: float) -> dict[str, Any]:
    """By the strict reading a refusal is right where the documents were withheld, and nowhere else.

    ``would_be_wrong`` has it by the other: it is right wherever the first document is not relevant, which are ``share``
    of all. ``refused`` are of less confidence than ``least``, and of these ``of_refused`` would have been wrong.
    """
    doubt = [-each.confidence for each in promises]
    withheld = [each.withheld for each in promises]
    wrong = np.array([not each.right for each in promises])
    refused = np.array([each.confidence < least for each in promises])
    return {
        "auroc": metrics.auroc(doubt, withheld),
        "recall_at_precision_80": metrics.recall_at_precision(doubt, withheld),
        "would_be_wrong": {
            "share": float(wrong.mean()),
            "auroc": metrics.auroc(doubt, wrong),
            "withheld_recall_at_precision_80": metrics.recall_at_precision(doubt, wrong, sought=withheld),
            "refused": float(refused.mean()),
            "of_refused": float(wrong[refused].mean()) if refused.any() else None,
        },
    }
