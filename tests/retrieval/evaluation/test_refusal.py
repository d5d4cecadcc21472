"""Refusal by two readings: the documents were withheld, or the first document would not have been relevant."""

from __future__ import annotations

import pytest

from retrieval.evaluation.refusal import Promise, refusal_figures

PROMISES = [
    Promise(0.9, withheld=False, right=True),
    Promise(0.7, withheld=True, right=False),
    Promise(0.4, withheld=False, right=False),
    Promise(0.3, withheld=True, right=False),
    Promise(0.2, withheld=False, right=False),
]


def test_only_by_the_lenient_reading_is_it_right_to_refuse_what_was_found_wrongly() -> None:
    figures = refusal_figures(PROMISES, least=0.5)
    assert figures["recall_at_precision_80"] == 0.0
    lenient = figures["would_be_wrong"]
    assert lenient["auroc"] == lenient["withheld_recall_at_precision_80"] == 1.0
    assert lenient["share"] == pytest.approx(0.8)


def test_of_what_is_refused_the_share_is_told_that_would_have_been_wrong() -> None:
    figures = refusal_figures([*PROMISES, Promise(0.1, withheld=False, right=True)], least=0.5)["would_be_wrong"]
    assert (figures["refused"], figures["of_refused"]) == (pytest.approx(4 / 6), pytest.approx(3 / 4))
    assert refusal_figures(PROMISES, least=0.1)["would_be_wrong"]["of_refused"] is None
