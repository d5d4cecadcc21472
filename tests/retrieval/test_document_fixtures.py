"""Real documents of every kind: each is read or refused by name, and what comes out is what is expected of it."""

from __future__ import annotations

import statistics

import pytest

from benchmarks.document_fixtures import readings
from tests.command_line import ROOT

DATA = ROOT.parent / "shared" / "data" / "document_fixtures"


@pytest.mark.eval
@pytest.mark.skipif(not DATA.exists(), reason="the evaluation data is not beside the checkout")
def test_documents_of_every_kind_are_read_as_others_read_them() -> None:
    found = list(readings(DATA))
    refused = [each for each in found if each.problem]
    assert all(each.location in each.problem for each in refused)
    assert not any("ended the process" in each.problem or "took more than" in each.problem for each in refused)
    assert {each.kind for each in refused} == {".pdf"}
    for kind in (".docx", ".html", ".md", ".pdf", ".pptx"):
        scores = [each.f1 for each in found if each.kind == kind and each.f1 is not None]
        assert statistics.median(scores) >= 0.9, kind
