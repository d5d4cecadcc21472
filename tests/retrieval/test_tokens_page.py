"""docs/tokens.md says what its script measures."""

from __future__ import annotations

import pytest

from benchmarks.tokens_per_language import CLAIMS, CODE, SUMS, language_table, line_table, paragraphs
from retrieval.counting.tokens import tokenizer_for
from retrieval.encoders.registry import DEFAULT_ENCODER, load_encoder
from tests.command_line import ROOT

PAGE = (ROOT / "docs" / "tokens.md").read_text(encoding="utf-8")
XQUAD = ROOT.parent / "shared" / "data" / "xquad"


@pytest.mark.model
@pytest.mark.parametrize("lines", [SUMS, CODE, CLAIMS], ids=["sums", "code", "claims"])
def test_the_lines_on_the_page_cost_what_it_says(lines: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    encoder = load_encoder(DEFAULT_ENCODER).tokenizer
    line_table(lines, [tokenizer_for("o200k_base"), tokenizer_for("cl100k_base"), encoder], 1)
    assert capsys.readouterr().out.strip() in PAGE


@pytest.mark.eval
@pytest.mark.skipif(not XQUAD.is_dir(), reason="the evaluation data are not beside the checkout")
def test_the_languages_on_the_page_cost_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    language_table(paragraphs(XQUAD), [tokenizer_for("o200k_base")])
    measured = [line.split(" | ") for line in capsys.readouterr().out.strip().splitlines()[2:]]
    assert len(measured) == 12
    for language, characters, tokens, share in measured:
        shown = next(line.split(" | ") for line in PAGE.splitlines() if line.startswith(f"{language} | {characters} "))
        assert [shown[2], shown[5]] == [tokens, share.removesuffix(" |")]
