"""Documents read in a process of its own: what harms it ends with it, and the next document is read."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval.extract import extract
from retrieval.extractors.bounded import BoundedExtractor, ExtractionFailedError, RefusedDocumentError
from storage.errors import KnowbotError

PAGE = b"<title>Cats</title><h1 id=top>Cats</h1><p>They sleep.</p><pre>a\n\n  b</pre>"


@pytest.fixture
def extractor() -> Iterator[BoundedExtractor]:
    extractor = BoundedExtractor(seconds=20.0)
    yield extractor
    extractor.close()


def pid(extractor: BoundedExtractor) -> int | None:
    return extractor._process.pid if extractor._process else None


def test_a_document_comes_out_just_as_it_would_at_once(extractor: BoundedExtractor) -> None:
    assert extractor(PAGE, "cats.html") == extract(PAGE, "cats.html")
    assert extractor("Größe".encode("latin-1"), "x", "web", "latin-1") == extract(
        "Größe".encode("latin-1"), "x", "web", "latin-1"
    )


def test_one_process_reads_one_document_after_another(extractor: BoundedExtractor) -> None:
    extractor(PAGE, "cats.html")
    first = pid(extractor)
    with pytest.raises(RefusedDocumentError, match=r"dogs\.pdf is a damaged PDF"):
        extractor(b"no", "dogs.pdf")
    extractor(PAGE, "cats.html")
    assert first is not None
    assert pid(extractor) == first


def test_short_plain_text_starts_no_process(extractor: BoundedExtractor) -> None:
    assert extractor(b"# Cats\n\nThey sleep.", "cats.md").title == "Cats"
    assert pid(extractor) is None


def test_a_document_that_takes_too_long_is_named_and_the_next_one_is_read() -> None:
    extractor = BoundedExtractor(seconds=0.05)
    try:
        before = time.monotonic()
        with pytest.raises(ExtractionFailedError, match=r"slow\.html took more than"):
            extractor(b"<div>" * 100_000, "slow.html")
        assert time.monotonic() - before < 10
        extractor._seconds = 20.0
        assert extractor(PAGE, "cats.html").title == "Cats"
    finally:
        extractor.close()


def test_a_document_that_takes_too_much_memory_is_named_and_the_next_one_is_read() -> None:
    extractor = BoundedExtractor(memory=250_000_000)
    try:
        with pytest.raises(ExtractionFailedError, match=r"large\.html ended the process"):
            extractor(b"<p>x" * 2_000_000, "large.html")
        assert extractor(PAGE, "cats.html").title == "Cats"
    finally:
        extractor.close()


def test_a_process_that_is_killed_is_started_again(extractor: BoundedExtractor) -> None:
    extractor(PAGE, "cats.html")
    process = pid(extractor)
    assert process is not None
    os.kill(process, 9)
    try:
        title = extractor(PAGE, "cats.html").title
    except KnowbotError:  # it died while it was asked
        title = extractor(PAGE, "cats.html").title
    assert title == "Cats"


def test_the_process_is_given_no_secret(extractor: BoundedExtractor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "secret")
    extractor(PAGE, "cats.html")
    assert b"secret" not in Path(f"/proc/{pid(extractor)}/environ").read_bytes()


def test_the_process_ends_when_it_is_closed(extractor: BoundedExtractor) -> None:
    extractor(PAGE, "cats.html")
    process = pid(extractor)
    assert process is not None
    extractor.close()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
