"""Causes of waste are found where they are, charged with what their removal saves, and not found where they are not."""

from __future__ import annotations

import base64
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.counting.tokens import EstimateTokenizer, Tokenizer, tokenizer_for
from retrieval.token_costs.waste import Waste, find_waste

PLAIN = "Restart the server, wait until the lamp is green, and then try to log in again with your old password."
RUSSIAN = "Перезапустите сервер, подождите, пока лампа не станет зелёной, и попробуйте войти снова."
SIGNED = base64.b64encode(bytes(range(256)) * 2).decode()


class Words:
    """A tokenizer whose tokens are whatever blanks, or the end of a digit, divide: results can be counted by hand."""

    name, digest, special_tokens, estimate = "words", "", 0, False

    def ids(self, text: str) -> list[int]:
        return list(range(len(self.pieces(text))))

    def count(self, text: str) -> int:
        return len(self.pieces(text))

    def pieces(self, text: str) -> list[str]:
        marked = "".join(f"{sign} " if sign.isdigit() else sign for sign in text)
        return marked.split()

    def unknown(self, text: str) -> list[str]:
        return [piece for piece in self.pieces(text) if piece == "🦜"]


@pytest.fixture(scope="module")
def cl100k() -> Tokenizer:
    return tokenizer_for("cl100k_base")


def tokens_by_cause(text: str, tokenizer: Tokenizer) -> dict[str, int]:
    return {waste.cause: waste.tokens for waste in find_waste(text, tokenizer)}


def test_plain_english_wastes_nothing(cl100k: Tokenizer) -> None:
    assert find_waste(PLAIN, cl100k) == ()
    assert find_waste("", cl100k) == ()


def test_numbers_cost_what_they_need_beyond_a_token_each() -> None:
    assert tokens_by_cause("add 1234 to 56 or 7", Words()) == {"digits": 4}
    assert "(2)" in find_waste("add 1234 to 56 or 7", Words())[0].advice


def test_words_that_the_vocabulary_lacks_are_shown(cl100k: Tokenizer) -> None:
    assert tokens_by_cause("a 🦜 b 🦜", Words()) == {"unknown": 2}
    assert "'🦜'" in find_waste("a 🦜 b 🦜", Words())[0].advice
    assert "unknown" not in tokens_by_cause("a 🦜 b 🦜", cl100k)


@pytest.mark.parametrize(
    ("cause", "text"),
    [
        ("whitespace", PLAIN.replace(" ", " " * 9 + "\t")),
        ("whitespace", f"{PLAIN}   \n \n\t\n\n\n \n{PLAIN}"),
        (
            "HTML",
            f"<html><head><style>p {{ color: red }}</style></head><body><p class='lead'>{PLAIN}</p></body></html>",
        ),
        ("Markdown", f"[{PLAIN}](https://example.org/guide/page.html 'the guide') <!-- {PLAIN} -->"),
        ("URLs", f"{PLAIN} https://example.org/a/very/long/path?utm_source=newsletter&utm_medium=mail&id=af83be"),
        ("base64", f"{PLAIN} data:image/png;base64,{SIGNED}"),
        ("not NFC", unicodedata.normalize("NFD", "Prüfung der Überträge für größere Räume, Öfen und Türen")),
        ("repeated lines", f"{PLAIN}\n" * 5),
        ("language", RUSSIAN),
    ],
)
def test_each_cause_is_named_first_where_it_is_what_is_wrong(cl100k: Tokenizer, cause: str, text: str) -> None:
    found = find_waste(text, cl100k)
    assert found[0].cause == cause
    assert 0 < found[0].tokens <= cl100k.count(text)
    assert "\n" not in found[0].advice


def test_a_cause_costs_exactly_what_the_text_saves_without_it(cl100k: Tokenizer) -> None:
    padded = PLAIN.replace(" ", "     ")
    assert tokens_by_cause(padded, cl100k)["whitespace"] == cl100k.count(padded) - cl100k.count(PLAIN)
    assert tokens_by_cause(f"{PLAIN}\n" * 4 + PLAIN, cl100k)["repeated lines"] == cl100k.count(f"{PLAIN}\n" * 4)


def test_no_token_is_charged_twice(cl100k: Tokenizer) -> None:
    page = f"<p>{SIGNED}</p>\n<p>   see   https://example.org/?q=3f9a   </p>\n" * 4
    found = tokens_by_cause(page, cl100k)
    assert {"base64", "HTML"} <= found.keys()
    assert sum(found.values()) <= cl100k.count(page)


def test_indentation_and_rulers_are_no_waste(cl100k: Tokenizer) -> None:
    code = "def f(x):\n    if x:\n        return 1\n    return 2"
    assert find_waste(code, cl100k) == ()
    assert "base64" not in tokens_by_cause("-" * 80, cl100k)


def test_examples_of_markup_are_no_markup(cl100k: Tokenizer) -> None:
    example = "Write &lt;script src='cow.js'&gt;&lt;/script&gt; first."
    assert tokens_by_cause(f"<p>{example}</p>", cl100k).keys() == {"HTML"}
    assert find_waste(f"{PLAIN}\n\n```html\n<p>{PLAIN}</p>\n<p>once more</p>\n```\n", cl100k) == ()


def test_the_same_script_is_served_well_by_one_encoding_and_badly_by_another(cl100k: Tokenizer) -> None:
    badly = tokens_by_cause(RUSSIAN, cl100k)["language"]
    assert badly > 2 * tokens_by_cause(RUSSIAN, tokenizer_for("o200k_base")).get("language", 0)
    assert "Cyrillic" in find_waste(RUSSIAN, cl100k)[0].advice


def test_an_estimate_names_no_cause() -> None:
    assert find_waste(PLAIN.replace(" ", "      "), EstimateTokenizer()) == ()


@given(st.text())
def test_causes_come_dearest_first_and_none_costs_nothing(cl100k: Tokenizer, text: str) -> None:
    found = find_waste(text, cl100k)
    assert [waste.tokens for waste in found] == sorted((waste.tokens for waste in found), reverse=True)
    assert all(isinstance(waste, Waste) and waste.tokens >= 1 for waste in found)
