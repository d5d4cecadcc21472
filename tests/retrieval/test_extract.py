"""Files become documents, or are refused by name."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval import extract as extracting
from retrieval.extract import (
    EmptyDocumentError,
    TooLargeError,
    UnsupportedFormatError,
    extract,
    extract_markdown,
    read_document,
)
from retrieval.extractors.headings import Anchors, humanised, slug
from storage.errors import KnowbotError

SUFFIXES = sorted(extracting.READABLE_SUFFIXES)


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.md", "# Keys\n\nPress one.", "markdown"),
        ("a.MARKDOWN", "# Keys\n\nPress one.", "markdown"),
        ("a.txt", "Keys\n\nPress one.", "text"),
        ("a.htm", "<h1>Keys</h1><p>Press one.", "html"),
    ],
)
def test_the_suffix_decides_how_a_file_is_read(tmp_path: Path, name: str, content: str, kind: str) -> None:
    (tmp_path / name).write_text(content)
    extracted = read_document(tmp_path / name, name)
    assert extracted.format == kind
    assert extracted.text.endswith("Keys\n\nPress one.")


def test_plain_text_has_a_humanised_title_and_no_headings() -> None:
    extracted = extract(b"# not a heading here", "guides/getting_started-now.txt")
    assert extracted.title == "Getting started now"
    assert extracted.headings == ()


def test_a_suffix_that_nobody_reads_is_refused_with_those_that_are() -> None:
    with pytest.raises(UnsupportedFormatError, match=r"paper\.odt.*\.md"):
        extract(b"PK", "paper.odt")


def test_a_file_over_the_limit_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extracting, "LARGEST_BYTES", 10)
    (tmp_path / "big.md").write_text("more than ten bytes")
    with pytest.raises(TooLargeError, match=r"big\.md"):
        read_document(tmp_path / "big.md", "big.md")


@pytest.mark.parametrize("name", ["a.md", "a.txt", "a.html"])
@pytest.mark.parametrize("content", [b"", b" \n\n", b"\xef\xbb\xbf", b"\xe2\x80\x8b"])
def test_a_document_without_text_is_refused_by_name(name: str, content: bytes) -> None:
    with pytest.raises(EmptyDocumentError, match=name):
        extract(content, name)


def test_markdown_that_is_no_file_keeps_the_title_it_is_known_by() -> None:
    extracted = extract_markdown("# Other\r\n\r\nText", "faq/7", title="Is R&amp;D free?")
    assert extracted.title == "Is R&D free?"
    assert extracted.text == "# Other\n\nText"


def test_html_is_read_in_the_encoding_that_it_declares() -> None:
    page = '<meta charset="koi8-r"><p>Пароль</p>'
    assert extract(page.encode("koi8-r"), "a.html").text == "Пароль"


@given(st.binary(max_size=500), st.sampled_from(SUFFIXES))
def test_any_bytes_are_extracted_or_refused_with_a_knowbot_error(data: bytes, suffix: str) -> None:
    text, refusal = "", f"any{suffix}"
    try:
        text = extract(data, f"any{suffix}").text
    except KnowbotError as error:
        refusal = str(error)
    assert f"any{suffix}" in refusal
    text.encode("utf-8")


MARKDOWN = ["# ", "## ", "```", "~~~\n", "---\n", "===\n", "- ", "> ", "    ", "| a | b |\n", "|---|---|\n", "{#x}"]
FLAVOURS = ["[a](b)", "![", "](", "`", "``", "!!! note\n", "::: tip\n", "title: x\n", "<!--", "-->", "&lt;"]
HTML = ["<div>", "</div>", "<h2>", "</h2>", "<pre>", "<table><tr><td>", "<ul><li>", "<br>", "<section id=s>"]
WORDS = ["word", "Ä", "\u0308", "?", "\n", "\n\n"]
MARKUP = st.lists(st.sampled_from([*MARKDOWN, *FLAVOURS, *HTML, *WORDS]), max_size=40).map("".join)


@given(MARKUP, st.sampled_from(SUFFIXES))
def test_headings_stand_where_they_say_with_anchors_of_their_own(markup: str, suffix: str) -> None:
    try:
        extracted = extract(markup.encode(), f"any{suffix}")
    except KnowbotError:
        return
    anchors = [heading.anchor for heading in extracted.headings]
    assert len(set(anchors)) == len(anchors)
    position = 0
    for heading in extracted.headings:
        assert position <= heading.start < heading.end <= len(extracted.text)
        assert heading.start == 0 or extracted.text[heading.start - 1] == "\n"
        assert extracted.text[heading.end : heading.end + 1] in {"", "\n"}
        assert heading.title
        position = heading.end


@pytest.mark.parametrize(
    ("title", "anchor"),
    [
        ("Getting Started", "getting-started"),
        ("What's new in 2.0?", "whats-new-in-20"),
        ("Über uns & Co.", "über-uns--co"),
        ("snake_case()", "snake_case"),
        ("???", "section"),
    ],
)
def test_anchors_are_made_as_github_makes_them(title: str, anchor: str) -> None:
    assert slug(title) == anchor


@given(st.lists(st.tuples(st.sampled_from(["Dup", "Dup-1", "dup", ""]), st.sampled_from(["", "dup", "own"]))))
def test_no_anchor_is_given_twice(titles: list[tuple[str, str]]) -> None:
    anchors = Anchors()
    given_out = [anchors.claim(title, own) for title, own in titles]
    assert len(set(given_out)) == len(given_out)


def test_repeated_titles_are_numbered() -> None:
    anchors = Anchors()
    assert [anchors.claim("Example") for _ in range(3)] == ["example", "example-1", "example-2"]


@pytest.mark.parametrize(
    ("location", "title"),
    [("how_to-log in.md", "How to log in"), ("guide/index.md", "Guide"), ("README.md", "README"), ("a/b.c.md", "B.c")],
)
def test_a_title_is_made_from_the_file_name(location: str, title: str) -> None:
    assert humanised(location) == title


@given(
    st.lists(
        st.sampled_from(["e\u0301", "A\u030a", "\u1100\u1161", "word", " ", "\n\n", "x"]), min_size=1, max_size=30
    ).map("".join)
)
def test_text_is_composed_whatever_the_format(text: str) -> None:
    documents = {".md": text, ".txt": text, ".rst": text, ".html": f"<p>{text}", "": text}
    for suffix, source in documents.items():
        try:
            extracted = extract(source.encode(), f"any{suffix}", suffix or "web")
        except KnowbotError:
            continue
        assert unicodedata.is_normalized("NFC", extracted.text + extracted.title)
