"""A page costs most as it is, less without its tags, least as its content."""

from __future__ import annotations

import pytest

from retrieval.extract import EmptyDocumentError
from retrieval.page_cost import PageCost, PageTexts, page_cost, page_texts, strip_tags
from retrieval.tokens import tokenizer_for

PAGE = """<html><head><title>Install</title><style>p { margin: 0 }</style><script>track()</script></head><body>
<nav><a href="/">Home</a> <a href="/about">About us</a></nav>
<main><h1 id="top">Install</h1><p class="lead">Run the &quot;container&quot; on port 8090.</p></main></body></html>"""


def test_tags_scripts_and_styles_are_stripped_and_text_stays() -> None:
    stripped = strip_tags(PAGE)
    assert "About us" in stripped
    assert 'Run the "container" on port 8090.' in stripped
    assert not any(markup in stripped for markup in ("<", "track", "margin"))


def test_the_three_texts_get_shorter_and_the_reduction_is_measured() -> None:
    texts = page_texts(PAGE, "install.html")
    assert texts.cleaned == '# Install\n\nRun the "container" on port 8090.'
    tokenizer = tokenizer_for("o200k_base")
    cost = page_cost(texts, tokenizer)
    assert cost.raw == tokenizer.count(PAGE) > cost.stripped > cost.cleaned == tokenizer.count(texts.cleaned)
    assert cost.reduction == round(1 - cost.cleaned / cost.raw, 4)


def test_nothing_is_reduced_by_nothing() -> None:
    assert page_cost(PageTexts("", "", ""), tokenizer_for("estimate")) == PageCost("estimate", 0, 0, 0, 0.0, 0.0)


def test_a_page_without_content_is_refused() -> None:
    with pytest.raises(EmptyDocumentError, match=r"blank\.html"):
        page_texts("<html></html>", "blank.html")
