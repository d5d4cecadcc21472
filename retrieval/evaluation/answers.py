"""How good is what members read? The quoted sentences against reference answers, beside the plainest way to quote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from retrieval.evaluation.data import read_lines
from retrieval.fitting.metrics import token_f1
from retrieval.texts.sentences import units
from retrieval.texts.stretch import LONGEST_QUOTE
from retrieval.types import Answer


def quoted(answer: Answer) -> str:
    """What members read first: the answer, or where knowbot is unsure the nearest document's sentences; else ""."""
    return answer.sources[0].quote if answer.sources else ""


def answer_figures(path: Path, answers: Mapping[str, Answer]) -> dict[str, float]:
    """``answer_f1`` and, for the lead sentences in their place, ``answer_f1_lead``: mean token F1 over all queries
    that ``path``, {"id", "answer"} a line, has an answer to. Nothing where there is no such file.

    ``answers`` by query. Where nothing was quoted, nothing is counted for either.
    """
    if not path.exists():
        return {}
    expected = [
        (answers[line["id"]], line["answer"]) for line in read_lines(path, "id", "answer") if line["id"] in answers
    ]
    return {
        "answer_f1": _mean([token_f1(quoted(answer), reference) for answer, reference in expected]),
        "answer_f1_lead": _mean([token_f1(lead(answer), reference) for answer, reference in expected]),
    }


def lead(answer: Answer) -> str:
    """The first sentences of the best passage, as many as a quote may hold: the baseline that reads nothing."""
    if not answer.sources or not answer.candidates:
        return ""
    passage = answer.candidates[0].chunk.text
    fitting = [unit.end for unit in units(passage) if unit.end <= LONGEST_QUOTE]
    return passage[: max(fitting, default=LONGEST_QUOTE)]


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else 0.0
