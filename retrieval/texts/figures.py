"""Figures in texts (prices, shares, versions, dates, ports), however they are written: does one text hold another's?

A figure that can be read in several ways (``1.234`` is a thousand and more, or one and a quarter) is held by a text
that holds one of them. Versions are no prices: ``3.10`` is not ``3.1`` unless money or percent is said of it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Set

_FIGURE = re.compile(r"\d{1,3}(?: \d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,'’]\d+)*")
_GROUPED = re.compile(r"\d{1,3}(?:([.,'’ ])\d{3})(?:\1\d{3})*(?:(?!\1)[.,](\d+))?")
_DECIMAL = re.compile(r"(\d+)[.,](\d+)")
_SEPARATORS = re.compile(r"[.,'’ ]")
_DATE = re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}")
_MONEY = r"[$€£¥₹%]|\b(?:USD|EUR|GBP|CHF|JPY|dollars?|euros?|cents?|percent|Prozent)\b"
_MONEY_BEFORE = re.compile(rf"(?:{_MONEY}) ?$", re.IGNORECASE)
_MONEY_BEHIND = re.compile(rf" ?(?:{_MONEY})", re.IGNORECASE)
_LIST_NUMBER = re.compile(r"^[ \t>*_-]*(\d{1,2})[.)](?=[*_ \t])", re.MULTILINE)
_NEAR = 10
_SMALL = (
    ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    ("zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf"),
)
_WORDS = {word: str(number) for words in _SMALL for number, word in enumerate(words, 2)}
_WORD = re.compile(r"[^\W\d_]+")

Reading = frozenset[str]
"""What a text has to hold for a figure to be in it: one number in its plain spelling, or the parts of a date."""


def held_by(text: str) -> frozenset[str]:
    """Every number that a text holds, in its plain spelling; from two to twelve also as English or German words."""
    numbers = {number for _, readings in _figures(text) for reading in readings for number in reading}
    return frozenset(numbers | {_WORDS[word] for word in _WORD.findall(text.lower()) if word in _WORDS})


def unfounded(text: str, held: Set[str]) -> str:
    """The first figure of ``text`` that is not ``held`` by its sources, as it is written; "" where there is none.

    The numbers of a list (``1.`` and what follows it, at the beginnings of lines) are no figures.
    """
    for written, readings in _figures(_without_list_numbers(text)):
        if not any(reading <= held for reading in readings):
            return written
    return ""


def _figures(text: str) -> Iterator[tuple[str, list[Reading]]]:
    plain = unicodedata.normalize("NFKC", text)  # digits of all scripts, and spaces of all widths
    for found in _FIGURE.finditer(plain):
        before, behind = plain[max(found.start() - _NEAR, 0) : found.start()], plain[found.end() :][:_NEAR]
        is_money = bool(_MONEY_BEFORE.search(before) or _MONEY_BEHIND.match(behind))
        yield found[0], _readings(found[0], is_money)


def _readings(written: str, is_money: bool) -> list[Reading]:
    whole: set[str] = set()
    parts = _SEPARATORS.split(written)
    if len(parts) == 1:
        whole.add(_integer(written))
    elif grouped := _GROUPED.fullmatch(written):
        digits = written[: grouped.start(2) - 1] if grouped[2] else written
        whole |= _decimal("".join(_SEPARATORS.split(digits)), grouped[2] or "", is_money)
    if decimal := _DECIMAL.fullmatch(written):
        whole |= _decimal(decimal[1], decimal[2], is_money)
    if len(parts) > 1 and set(_SEPARATORS.findall(written)) == {"."}:
        whole.add(written)  # a version or an address
    readings = [frozenset({number}) for number in sorted(whole)]
    if " " in written or _DATE.fullmatch(written) or not whole:
        readings.append(frozenset(map(_integer, parts)))
    return readings


def _decimal(integer: str, decimals: str, is_money: bool) -> set[str]:
    """``5`` and ``5.00`` are the same, ``3.1`` and ``3.10`` only of money."""
    plain = _integer(integer)
    if not decimals.strip("0"):
        return {plain}
    return {f"{plain}.{decimals.rstrip('0') if is_money else decimals}"}


def _integer(digits: str) -> str:
    return "".join(str(int(digit)) for digit in digits).lstrip("0") or "0"


def _without_list_numbers(text: str) -> str:
    expected = {1}

    def blotted(found: re.Match[str]) -> str:
        number = int(found[1])
        if number not in expected:
            return found[0]
        expected.add(number + 1)
        return " "

    return _LIST_NUMBER.sub(blotted, text)
