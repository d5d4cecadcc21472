"""A page costs most as it is, less without its tags, least as its content; other files are counted as their text."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest

from retrieval.counting.tokens import tokenizer_for
from retrieval.token_costs.clean_report import CleanReport
from retrieval.token_costs.countable import Countable, countable
from retrieval.token_costs.page_cost import PageCost, page_cost

PAGE = """<html><head><title>Install</title><style>p { margin: 0 }</style><script>track()</script></head><body>
<nav><a href="/">Home</a> <a href="/about">About us</a></nav>
<main><h1 id="top">Install</h1><p class="lead">Run the &quot;container&quot; on port 8090.</p></main></body></html>"""


@pytest.mark.parametrize("name", ["install.html", "INSTALL.HTM"])
def test_a_web_page_is_counted_as_it_is_and_compared_with_its_text(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(PAGE)
    found = countable(tmp_path / name)
    assert found.text == PAGE
    assert found.page is not None
    tokenizer = tokenizer_for("o200k_base")
    cost = page_cost(found.page, tokenizer)
    assert cost.raw == tokenizer.count(PAGE) > cost.stripped > cost.cleaned == tokenizer.count(found.page.cleaned)
    assert cost.reduction == round(1 - cost.cleaned / cost.raw, 4)
    assert cost.reduction_to_stripped == round(1 - cost.cleaned / cost.stripped, 4)


def test_nothing_is_reduced_by_nothing() -> None:
    assert page_cost(CleanReport("", "", ""), tokenizer_for("estimate")) == PageCost("estimate", 0, 0, 0, 0.0, 0.0)


def test_a_word_document_is_counted_as_its_text(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("Run the container.")
    document.save(str(tmp_path / "install.docx"))
    assert countable(tmp_path / "install.docx") == Countable("Run the container.")


def test_any_other_file_is_counted_as_it_stands(tmp_path: Path) -> None:
    (tmp_path / "notes.csv").write_bytes(b"a;b\n\xff;2\n")
    assert countable(tmp_path / "notes.csv") == Countable("a;b\n\ufffd;2\n")
