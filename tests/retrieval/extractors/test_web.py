"""Pages from the web: the content, without what stands around it."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.html_for_a_model import READINGS, measure, pages_of
from retrieval.counting.tokens import tokenizer_for
from retrieval.extractors.web import read_web_page, token_f1
from retrieval.token_costs.clean_report import clean_report
from tests.command_line import ROOT

DATA = ROOT.parent / "shared" / "data" / "html_readability"
SENTENCE = "A cat that sleeps fifteen hours a day needs a warm place and nobody who wakes it. "
ARTICLE = "".join(f"<p>{number}. {SENTENCE * 2}</p>" for number in range(8))
MENU = "".join(f'<div class="menu-item"><a href="/{n}">Category number {n} of the shop</a></div>' for n in range(60))


def test_a_documentation_page_keeps_anchors_code_and_tables() -> None:
    code = '<pre><code class="language-python">def f():\n\n    return 1\n</code></pre>'
    table = "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>"
    page = f"<title>Cats</title><main><h1 id=top>Cats</h1>{ARTICLE}<h2 id=code>Code</h2>{code}{table}</main>"
    extracted = read_web_page(page, "https://example.org/cats")
    assert [heading.anchor for heading in extracted.headings] == ["top", "code"]
    assert "```python\ndef f():\n\n    return 1\n```" in extracted.text
    assert "| a | b |\n| --- | --- |\n| 1 | 2 |" in extracted.text


def test_what_stands_around_an_article_is_left_out() -> None:
    page = f"<title>Cats</title><body><div>{MENU}</div><div class=article><h1>Cats</h1>{ARTICLE}</div></body>"
    extracted = read_web_page(page, "https://example.org/cats")
    assert "nobody who wakes it" in extracted.text
    assert "of the shop" not in extracted.text
    assert extracted.title == "Cats"


@pytest.mark.parametrize("page", ["<h2 id=x>Hours</h2><p>Nine to five.", "<div>" * 3_000 + "Nine to five."])
def test_a_page_of_which_trafilatura_makes_nothing_is_read_all_the_same(page: str) -> None:
    assert "Nine to five." in read_web_page(page, "https://example.org/").text


def test_the_report_has_the_page_raw_stripped_and_cleaned(tmp_path: Path) -> None:
    (tmp_path / "cats.html").write_text("<h1>Cats</h1><script>x()</script><nav>Home</nav><p>They sleep.", "utf-8")
    report = clean_report(tmp_path / "cats.html")
    assert report.raw.startswith("<h1>Cats</h1><script>")
    assert "Home" in report.stripped
    assert report.cleaned == "# Cats\n\nThey sleep."


def test_token_f1_counts_each_word_as_often_as_it_comes() -> None:
    assert token_f1("a a b", "A b c c c") == pytest.approx(2 * 2 / 8)
    assert token_f1("", "") == 1.0
    assert token_f1("a", "b") == 0.0


@pytest.mark.eval
@pytest.mark.skipif(not DATA.exists(), reason="the evaluation data is not beside the checkout")
def test_readable_pages_keep_their_content_and_lose_nine_tenths_of_their_tokens() -> None:
    figures = measure(list(pages_of(DATA)), READINGS["knowbot"], tokenizer_for("o200k_base"))
    assert figures.f1_mean >= 0.95
    assert figures.against_raw >= 0.90
    assert figures.against_stripped >= 0.15
