"""Figures of merit, computed here so that two machines agree to the last digit. Checked against scikit-learn."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Grades = Mapping[str, int]

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = re.compile(r"[^\w\s]|_")


def ndcg(ranked: Sequence[str], grades: Grades, depth: int = 10) -> float:
    """Normalised discounted cumulative gain with gain 2^grade - 1 (Järvelin and Kekäläinen 2002), 0-1."""
    gains = [2.0 ** grades.get(document, 0) - 1 for document in ranked[:depth]]
    ideal = sorted((2.0**grade - 1 for grade in grades.values()), reverse=True)[:depth]
    return _discounted(gains) / _discounted(ideal) if any(ideal) else 0.0


def hit(ranked: Sequence[str], grades: Grades, depth: int) -> float:
    """1.0 if anything relevant stands among the first ``depth``, else 0.0."""
    return float(any(grades.get(document, 0) > 0 for document in ranked[:depth]))


def recall(ranked: Sequence[str], grades: Grades, depth: int = 10) -> float:
    """The share of the relevant documents that stands among the first ``depth``; 0.0 where none is relevant."""
    relevant = [document for document, grade in grades.items() if grade > 0]
    return sum(document in ranked[:depth] for document in relevant) / max(len(relevant), 1)


def reciprocal_rank(ranked: Sequence[str], grades: Grades, depth: int = 10) -> float:
    """1 / place of the first relevant document, 0.0 beyond ``depth``."""
    places = (place for place, document in enumerate(ranked[:depth], start=1) if grades.get(document, 0) > 0)
    return 1.0 / next(places, np.inf)


def auroc(scores: ArrayLike, positive: ArrayLike) -> float | None:
    """Area under the ROC curve by ranks, ties counted half; None where one class is missing."""
    values, truth = np.asarray(scores, dtype=float), np.asarray(positive, dtype=bool)
    positives, negatives = int(truth.sum()), int((~truth).sum())
    if not positives or not negatives:
        return None
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    mean_ranks = np.cumsum(counts) - (counts - 1) / 2
    rank_sum = float(mean_ranks[inverse][truth].sum())
    return (rank_sum - positives * (positives + 1) / 2) / (positives * negatives)


def average_precision(scores: ArrayLike, positive: ArrayLike) -> float | None:
    """Area under the precision-recall steps (AUPR), tied scores taken together; None without a positive."""
    hits, precisions = _by_threshold(scores, positive)
    return float((precisions * (np.diff(hits, prepend=0) / hits[-1])).sum()) if hits.size else None


def missed_at(scores: ArrayLike, positive: ArrayLike, false_flags: float = 0.05) -> float | None:
    """The share of positives missed by the threshold that flags at most ``false_flags`` of the negatives."""
    values, truth = np.asarray(scores, dtype=float), np.asarray(positive, dtype=bool)
    if not truth.any() or truth.all():
        return None
    negatives = np.sort(values[~truth])[::-1]
    threshold = negatives[int(false_flags * len(negatives))]
    return float((values[truth] <= threshold).mean())


def recall_at_precision(
    scores: ArrayLike, positive: ArrayLike, precision: float = 0.8, sought: ArrayLike | None = None
) -> float | None:
    """The largest share of positives that any threshold finds while that share of what it finds is positive.

    0.0 where none does; None without a positive. Tied scores are found together. ``sought``: the share of these
    instead, some of the positives.
    """
    hits, precisions = _by_threshold(scores, positive)
    found = hits if sought is None else _by_threshold(scores, sought)[0]
    return float(found[precisions >= precision].max(initial=0) / found[-1]) if found.size else None


def _by_threshold(scores: ArrayLike, positive: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Positives found and precision at each threshold, highest first, ties together; empty without a positive."""
    values, truth = np.asarray(scores, dtype=float), np.asarray(positive, dtype=bool)
    if not truth.any():
        return np.empty(0, np.int64), np.empty(0)
    order = np.argsort(-values, kind="stable")
    hits = np.cumsum(truth[order])
    last_of_tie = np.append(np.diff(values[order]) != 0, True)
    return hits[last_of_tie], (hits / np.arange(1, len(hits) + 1))[last_of_tie]


def token_f1(answer: str, expected: str) -> float:
    """Harmonic mean of what ``answer`` has right and how much of ``expected`` it has, by words, 0-1.

    Words are compared as SQuAD does: lower case, without punctuation and articles (Rajpurkar et al. 2016).
    """
    given, wanted = _answer_words(answer), _answer_words(expected)
    if not given or not wanted:
        return float(given == wanted)
    shared = (Counter(given) & Counter(wanted)).total()
    return 2 * shared / (len(given) + len(wanted))


def brier(probabilities: ArrayLike, outcomes: ArrayLike) -> float:
    """Mean squared distance of a probability from what came to be (Brier 1950); lower is better."""
    return float(np.mean((np.asarray(probabilities, dtype=float) - np.asarray(outcomes, dtype=float)) ** 2))


def expected_calibration_error(probabilities: ArrayLike, outcomes: ArrayLike, bins: int = 10) -> float:
    """Mean gap between promised and kept probability over equal bins, weighted by their size (Naeini et al. 2015)."""
    promised, kept = np.asarray(probabilities, dtype=float), np.asarray(outcomes, dtype=float)
    places: NDArray[np.intp] = np.minimum((promised * bins).astype(np.intp), bins - 1)
    gaps = [
        abs(promised[places == place].mean() - kept[places == place].mean()) * (places == place).mean()
        for place in np.unique(places)
    ]
    return float(sum(gaps))


def _answer_words(text: str) -> list[str]:
    return _ARTICLES.sub(" ", _PUNCTUATION.sub("", text.lower())).split()


def _discounted(gains: Sequence[float]) -> float:
    return float(sum(gain / np.log2(place + 1) for place, gain in enumerate(gains, start=1)))
