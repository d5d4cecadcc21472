"""Bytes become clean text, or are refused by name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.extractors.decoding import NotTextError, UnreadableEncodingError, decode, normalise
from storage.errors import KnowbotError


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Grüße, größer als 10 €", "utf-8"),
        ("Grüße mit Marke", "utf-8-sig"),
        ("Grüße in zwei Bytes", "utf-16"),
        ("Grüße in vier Bytes", "utf-32"),
        ("Grüße – „alte“ Datei", "cp1252"),
        ("Müller", "latin-1"),
        ("Où est l’été, ça va ?", "cp1252"),
        ("Как изменить пароль? Откройте настройки.", "cp1251"),
        ("Как изменить пароль? Откройте настройки.", "koi8-r"),
        ("Zażółć gęślą jaźń, proszę", "cp1250"),
        ("パスワードを変更するにはどうすればよいですか。", "shift_jis"),
    ],
)
def test_text_is_read_in_the_encoding_it_was_written_in(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding), "a.md") == text


def test_the_encoding_that_a_document_declares_is_used() -> None:
    assert decode("Größe ±5".encode("mac-roman"), "a.html", declared="mac-roman") == "Größe ±5"


def test_a_declared_encoding_that_nobody_knows_is_passed_over() -> None:
    assert decode("Größe".encode("cp1252"), "a.html", declared="x-klingon") == "Größe"


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", b"a\x00b\x00c\x00", bytes(range(1, 32)) * 9])
def test_binary_data_is_refused_by_name(data: bytes) -> None:
    with pytest.raises(NotTextError, match=r"picture\.md"):
        decode(data, "picture.md")


@pytest.mark.parametrize("data", [bytes(range(128, 256)) * 3, b"\xff\xfea"])
def test_bytes_in_no_encoding_are_refused_by_name(data: bytes) -> None:
    with pytest.raises(UnreadableEncodingError, match=r"odd\.md.*UTF-8"):
        decode(data, "odd.md")


def test_a_stray_nul_is_removed() -> None:
    assert decode(b"hello\x00" + b" word" * 500, "a.md").startswith("hello word")


def test_lines_end_alike_and_without_blanks() -> None:
    assert normalise("a  \r\nb\t\rc\x0bd\u2028e ") == "a\nb\nc\nd\ne"


def test_invisible_characters_go_and_wide_blanks_become_plain() -> None:
    assert normalise("pass\u00adword\u200b\ufeff 10\u00a0€ 5\u202f%\ud800") == "password 10 € 5 %"


def test_composed_and_decomposed_letters_are_the_same() -> None:
    assert normalise("u\u0308ber") == "über"


@given(st.text())
def test_normal_text_stays_as_it_is(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(st.binary(max_size=2000))
def test_any_bytes_become_text_or_a_knowbot_error(data: bytes) -> None:
    text, refusal = "", "any.md"
    try:
        text = decode(data, "any.md")
    except KnowbotError as error:
        refusal = str(error)
    assert "any.md" in refusal
    assert "\x00" not in text.encode("utf-8").decode()
