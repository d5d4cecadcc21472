"""A text in several vocabularies: what a console and a command show of it."""

from __future__ import annotations

from pathlib import Path

from retrieval.counting.tokens import tokenizer_for
from retrieval.token_costs.script_cost import script_costs
from retrieval.token_costs.token_page import examined, fewest, named_tokenizers, pasted, usual_encodings

PAGE = "<html><body><nav>Home</nav><main><h1>Boats</h1><p>They leave at noon.</p></main></body></html>"


def test_a_pasted_page_comes_with_its_readings_and_a_text_alone() -> None:
    page = pasted(PAGE)
    assert page.page is not None
    assert "Home" not in page.page.cleaned
    assert pasted("They leave at noon.").page is None


def test_what_a_vocabulary_makes_of_a_page(tmp_path: Path) -> None:
    (tokenizer,) = named_tokenizers(["o200k_base"], tmp_path, "hashing")
    found = examined(pasted(PAGE), tokenizer)
    assert found.page is not None
    assert found.page.cleaned < found.page.raw == found.counted.report.token_count
    assert "HTML" in [cause.cause for cause in found.waste]
    assert fewest([found.counted]) == found.counted.report.token_count


def test_the_usual_encodings_are_openais_the_encoders_and_ones_own(tmp_path: Path) -> None:
    (tmp_path / "tokenizers").mkdir()
    (tmp_path / "tokenizers" / "bpe-300.json").touch()
    assert usual_encodings(tmp_path) == ("o200k_base", "cl100k_base", "encoder", "bpe-300")


def test_languages_are_told_by_share_and_by_what_they_cost() -> None:
    text = "Where does the boat leave from, and when is that? " * 3 + "Откуда отходит лодка и когда это бывает? " * 2
    latin, cyrillic = script_costs(text, tokenizer_for("cl100k_base"))
    assert (latin.script, cyrillic.script) == ("Latin", "Cyrillic")
    assert latin.share > cyrillic.share > 0.1
    assert cyrillic.ratio > latin.ratio
