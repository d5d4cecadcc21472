"""Where a text spends tokens that buy nothing: each cause measured, by counting the text without it.

The causes are taken away one after the other, in the order of ``_CAUSES``, and each is charged with what its own
removal saves: so no token is charged twice among them. What cannot be taken away without loss is measured beside
something as long: numbers beside single digits, a script beside English, both on what is left; what the vocabulary
lacks is counted in the whole text.
"""

from __future__ import annotations

import re
import unicodedata
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from retrieval.counting.tokens import Tokenizer
from retrieval.token_costs.script_cost import Served, served

_SMALLEST_SHARE = 0.01
_SHORTEST_BOILERPLATE = 20
_MOST_SHOWN, _LONGEST_SHOWN = 3, 20
_BASE64 = re.compile(r"(?:data:[\w/+.-]{1,100};base64,)?[A-Za-z0-9+/_-]{64,}={0,2}")
_CLOSING_TAG = re.compile(r"</[a-zA-Z][\w-]*\s*>|<!doctype", re.IGNORECASE)
_URL = re.compile(r"https?://[^\s<>\"'`)\]]+")
_NUMBER = re.compile(r"\d{2,}")
_BLANKS = re.compile(r"[^\S\n]{2,}")


@dataclass(frozen=True)
class Waste:
    """A cause, the ``tokens`` it costs (at least 1), and in one line what was found and what to do about it."""

    cause: str
    tokens: int
    advice: str


@dataclass(frozen=True)
class _Cause:
    """Something that can be taken away: ``without`` gives the text that is left."""

    name: str
    without: Callable[[str], str]
    advice: str


def find_waste(text: str, tokenizer: Tokenizer) -> tuple[Waste, ...]:
    """The causes of waste in ``text``, dearest first; those under 1% of its tokens are left out.

    A tokenizer that only estimates finds none: nothing could be measured.
    """
    if tokenizer.estimate:
        return ()
    total = tokenizer.count(text)
    found = [waste for waste in _causes(text, total, tokenizer) if waste.tokens >= max(1, total * _SMALLEST_SHARE)]
    return tuple(sorted(found, key=lambda waste: -waste.tokens))


def _causes(text: str, count: int, tokenizer: Tokenizer) -> Iterator[Waste]:
    yield from _unknown(tokenizer.unknown(text))
    # What a page shows as an example of markup is no markup, and neither are a Markdown text's examples of HTML.
    foreign = "Markdown" if is_page(text) else "HTML"
    for cause in (cause for cause in _CAUSES if cause.name != foreign):
        rest = cause.without(text)
        if rest != text:
            left = tokenizer.count(rest)
            yield Waste(cause.name, count - left, cause.advice)
            text, count = rest, left
    yield from _numbers(text, count, tokenizer)
    yield from map(_language, served(text, tokenizer))


def _numbers(text: str, count: int, tokenizer: Tokenizer) -> Iterator[Waste]:
    """What numbers cost beyond a token each: beside the same text with a single digit for each."""
    single, numbers = _NUMBER.subn("0", text)
    if numbers:
        advice = f"numbers ({numbers}) are cut into pieces: round them, leave out ids and timestamps nobody asks for"
        yield Waste("digits", count - tokenizer.count(single), advice)


def _language(found: Served) -> Waste:
    return Waste(
        "language",
        found.excess,
        f"{found.script} takes {found.ratio:.1f} times the tokens of as much English: compare encodings, "
        "or train one on your own texts",
    )


def _unknown(stretches: list[str]) -> Iterator[Waste]:
    if stretches:
        different = list(dict.fromkeys(stretch[:_LONGEST_SHOWN] for stretch in stretches))
        shown = ", ".join(f"'{stretch}'" for stretch in different[:_MOST_SHOWN])
        more = " and more" if len(different) > _MOST_SHOWN else ""
        advice = f"the model cannot read {shown}{more}: take an encoding with bytes, or a multilingual encoder"
        yield Waste("unknown", len(stretches), advice)


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _without_base64(text: str) -> str:
    return _BASE64.sub(lambda run: "" if _looks_encoded(run[0]) else run[0], text)


def _looks_encoded(run: str) -> bool:
    """Whether a long run of letters mixes as encoded bytes do; rulers and long names do not."""
    return all(any(map(kind, run)) for kind in (str.isdigit, str.islower, str.isupper))


def is_page(text: str) -> bool:
    """Whether a text is the source of a web page."""
    return text.lstrip().startswith("<") and bool(_CLOSING_TAG.search(text))


def _without_tags(text: str) -> str:
    """The plain way: every text outside scripts and styles."""
    from bs4 import BeautifulSoup, XMLParsedAsHTMLWarning  # noqa: PLC0415 - as in retrieval.extract

    with warnings.catch_warnings():
        # It suspects XML; whatever it is, its tags are wanted away.
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        return BeautifulSoup(text, "lxml").get_text()


def _without_targets(text: str) -> str:
    """Links as their text, no comments, no tags, no front matter; code blocks stay."""
    from retrieval.extractors.markdown import read_markdown  # noqa: PLC0415 - as in retrieval.extract

    return read_markdown(text, "").text + "\n" * text.endswith("\n")


def _without_urls(text: str) -> str:
    return _URL.sub("", text)


def _without_repetition(text: str) -> str:
    """Lines that stand there three times or more, once."""
    lines = text.split("\n")
    counts = Counter(line.strip() for line in lines)
    seen: set[str] = set()
    kept = []
    for line in lines:
        bare = line.strip()
        if len(bare) < _SHORTEST_BOILERPLATE or counts[bare] < 3 or bare not in seen:
            kept.append(line)
        seen.add(bare)
    return "\n".join(kept)


def _without_blanks(text: str) -> str:
    """Single blanks inside lines, none at their ends, single empty lines; indentation is kept, it may be code."""
    lines = (line.rstrip() for line in text.split("\n"))
    bare = re.sub(r"\n{3,}", "\n\n", "\n".join(map(_single_blanks, lines))).strip()
    return bare + "\n" * text.endswith("\n")  # the end of a file's last line is no waste


def _single_blanks(line: str) -> str:
    words = line.lstrip()
    return line[: len(line) - len(words)] + _BLANKS.sub(" ", words)


_CAUSES = (
    _Cause("not NFC", _nfc, "letters and their accents are apart: normalise the text to Unicode NFC"),
    _Cause("base64", _without_base64, "encoded bytes say nothing to a model: leave them out, or link to the file"),
    _Cause("HTML", _without_tags, "tags, scripts and styles: ingest the page, or give the model its cleaned text"),
    _Cause("whitespace", _without_blanks, "runs of blanks and empty lines: one of each says the same"),
    _Cause(
        "Markdown",
        _without_targets,
        "link targets, tags, comments and rulers: give the model the text that a reader sees",
    ),
    _Cause(
        "URLs", _without_urls, "addresses are cut into many pieces: shorten them, or number them and list them once"
    ),
    _Cause("repeated lines", _without_repetition, "the same lines again and again: keep the first, drop boilerplate"),
)
