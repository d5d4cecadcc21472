"""Documents become passages that fit, in order, with nothing left out."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.chunk import Chunker, lost_text
from retrieval.counting.tokens import EstimateTokenizer, Tokenizer, tokenizer_for
from retrieval.encoders.find_model import DEFAULT_MODEL, find_model
from retrieval.encoders.hashing import WordTokenizer
from retrieval.extract import extract_markdown
from retrieval.texts.questions import is_question_like
from retrieval.types import Extracted
from storage.errors import KnowbotError
from storage.records import ChunkDraft

WORDS = WordTokenizer()
MINILM = find_model(DEFAULT_MODEL).tokenizer
"""The real vocabulary, without the model."""


def chunks(markdown: str, limit: int = 40, tokenizer: Tokenizer = WORDS, title: str = "Lamps") -> list[ChunkDraft]:
    return Chunker(tokenizer, limit).chunks(extract_markdown(markdown, "lamps.md", title), "lamps.md")


def assert_sound(extracted: Extracted, drafts: list[ChunkDraft], limit: int, tokenizer: Tokenizer) -> None:
    """In order, disjoint, complete, within the limit, and word for word in the document."""
    position = 0
    for ordinal, draft in enumerate(drafts):
        assert draft.ordinal == ordinal
        assert position <= draft.start < draft.end
        assert not extracted.text[position : draft.start].strip()
        assert extracted.text[draft.start : draft.end].endswith(draft.text)
        assert draft.text.strip()
        assert draft.token_count == tokenizer.count(draft.embedded_text) + tokenizer.special_tokens <= limit
        position = draft.end
    assert not extracted.text[position:].strip()


def test_each_section_is_a_passage_under_its_path() -> None:
    drafts = chunks("# Lamps\n\nAbout lamps.\n\n## Oil\n\nBurns.\n\n### Wick\n\nTrim it.\n\n## Gas\n\nHisses.")
    assert [(draft.heading, draft.text, draft.location) for draft in drafts] == [
        ("Lamps", "About lamps.", "lamps.md#lamps"),
        ("Lamps > Oil", "Burns.", "lamps.md#oil"),
        ("Lamps > Oil > Wick", "Trim it.", "lamps.md#wick"),
        ("Lamps > Gas", "Hisses.", "lamps.md#gas"),
    ]


def test_text_before_the_first_heading_stands_at_the_documents_own_address() -> None:
    first, second = chunks("Before.\n\n## Oil\n\nBurns.")
    assert (first.location, first.heading, first.text) == ("lamps.md", "Lamps", "Before.")
    assert second.location == "lamps.md#oil"


def test_a_span_begins_at_the_heading_and_the_text_after_it() -> None:
    extracted = extract_markdown("## Oil\n\nBurns well.", "lamps.md", "Lamps")
    (draft,) = Chunker(WORDS, 40).chunks(extracted, "lamps.md")
    assert extracted.text[draft.start : draft.end] == "## Oil\n\nBurns well."
    assert draft.text == "Burns well."


def test_a_heading_without_text_opens_what_follows() -> None:
    (draft,) = chunks("## Kinds\n\n### Oil\n\nBurns.")
    assert (draft.start, draft.heading, draft.location) == (0, "Lamps > Kinds > Oil", "lamps.md#oil")


def test_the_words_of_an_empty_neighbour_are_not_lost() -> None:
    (draft,) = chunks("## Gas\n\n## Oil\n\nBurns.")
    assert (draft.start, draft.heading) == (0, "Lamps > Gas > Oil")


def test_headings_after_which_nothing_comes_are_text_themselves() -> None:
    _, last = chunks("## Oil\n\nBurns.\n\n## Gas\n\n## Coal")
    assert (last.text, last.location, last.heading) == ("## Gas\n\n## Coal", "lamps.md#gas", "Lamps")


def test_a_long_path_loses_its_outermost_titles() -> None:
    (draft,) = chunks("## one two three\n\n### four five six\n\n#### seven eight nine\n\nText", limit=32)
    assert draft.heading == "four five six > seven eight nine"


def test_a_long_title_is_cut_at_a_word() -> None:
    (draft,) = chunks("Text", title="word " * 100, limit=40)
    assert 0 < WORDS.count(draft.heading) <= 10
    assert set(draft.heading.split()) == {"word"}


def test_a_long_section_is_cut_between_paragraphs() -> None:
    paragraphs = [f"Paragraph {number} " + "word " * 15 + "end." for number in range(4)]
    drafts = chunks("\n\n".join(paragraphs), limit=45)
    assert [draft.text for draft in drafts] == ["\n\n".join(paragraphs[:2]), "\n\n".join(paragraphs[2:])]


def test_code_that_fits_stays_whole() -> None:
    code = "```py\n" + "x = 1\n" * 10 + "```"
    drafts = chunks(f"{'word ' * 30}\n\n{code}")
    assert drafts[-1].text == code
    assert not drafts[-1].context


def test_torn_code_repeats_its_opening_line() -> None:
    code = "```py\n" + "".join(f"line_{number} = {number}\n" for number in range(40)) + "```"
    first, *others = chunks(f"An example:\n\n{code}\n\nThe end.")
    assert first.text.startswith("An example:\n\n```py\nline_0 = 0\n")
    assert not first.context
    assert {draft.context for draft in others} == {"```py"}
    assert others[-1].text.endswith("```\n\nThe end.")
    assert all(draft.text.startswith("line_") for draft in others)


def test_a_closing_fence_is_no_passage_of_its_own() -> None:
    for count in range(5, 60):
        drafts = chunks("```py\n" + "a = b\n" * count + "```")
        assert all(draft.text.strip("`\n py") for draft in drafts)


def test_a_torn_table_repeats_its_header() -> None:
    table = "| Oil | Price |\n|---|---|\n" + "".join(f"| oil {n} | {n} |\n" for n in range(40))
    first, *others = chunks(f"Prices:\n\n{table}")
    assert first.text.startswith("Prices:\n\n| Oil | Price |\n|---|---|\n| oil 0 | 0 |")
    assert {draft.context for draft in others} == {"| Oil | Price |\n|---|---|"}
    assert others[0].embedded_text.startswith("Lamps\n| Oil | Price |\n|---|---|\n| oil ")


def test_an_opening_that_leaves_no_room_is_not_repeated() -> None:
    header = "| " + " | ".join(f"column {n}" for n in range(20)) + " |\n|" + "---|" * 20 + "\n"
    drafts = chunks(header + "| a |\n" * 100)
    assert not any(draft.context for draft in drafts)


@pytest.mark.parametrize(
    ("title", "markdown", "titles"),
    [
        ("Why is it dark?", "Light a lamp.", ["Why is it dark?"]),
        ("Lamps", "Light a lamp.", [""]),
        ("Lamps", "## How do I light it?\n\nWith fire.\n\n## Care\n\nTrim it.", ["How do I light it?", ""]),
        ("Why is it dark?", "## Answer\n\nNight.\n\n## More\n\nWait.", ["Why is it dark?", ""]),
    ],
)
def test_only_a_title_that_asks_becomes_a_title_and_only_once(title: str, markdown: str, titles: list[str]) -> None:
    assert [draft.title for draft in chunks(markdown, title=title)] == titles


def test_a_long_answer_has_its_question_at_its_first_passage_only() -> None:
    drafts = chunks("## Why?\n\n" + "word. " * 100)
    assert [draft.title for draft in drafts] == ["Why?", *[""] * (len(drafts) - 1)]


QUESTIONS = """\
Why is it slow?
How to log in
Can't log in at all
I lost my key
¿Dónde está?
Wie ändere ich das
Cómo cambio mi contraseña
Comment ça marche
“What now?”
パスワードは？
My screen stays black
Why?**"""

LABELS = """\
Get started
Installation
May 2024 release notes
I/O and more of it
How-to guides here
My account
Was
Do

Whatever you like to do
1. What"""


@pytest.mark.parametrize("title", QUESTIONS.splitlines())
def test_questions_are_recognised(title: str) -> None:
    assert is_question_like(title)


@pytest.mark.parametrize("title", LABELS.splitlines())
def test_labels_are_no_questions(title: str) -> None:
    assert not is_question_like(title)


def test_lost_text_is_named() -> None:
    (draft,) = chunks(f"Fine words and {'x' * 101}", tokenizer=MINILM, limit=256)
    assert lost_text(draft, MINILM) == ["x" * 101]
    (draft,) = chunks("Fine words", tokenizer=MINILM, limit=256)
    assert lost_text(draft, MINILM) == []


def test_the_digest_changes_with_what_decides_where_is_cut() -> None:
    digests = {Chunker(WORDS, 40).digest, Chunker(WORDS, 41).digest, Chunker(EstimateTokenizer(), 40).digest}
    assert len(digests) == 3
    assert Chunker(WORDS, 40).digest == Chunker(WordTokenizer(), 40).digest


def test_a_limit_without_room_for_text_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 32"):
        Chunker(WORDS, 31)


STRUCTURE = ["# One\n\n", "## Two\n\n", "### How?\n", "- item\n", "1. first\n", "> said\n", "---\n", "\n", "\n\n"]
WORDY = ["word ", "Überlänge. ", "漢字", "🦜", "x" * 120, "a sentence of words. " * 30, "[a](b)", "`code` "]
CODE = ["```py\n", "```\n", "line = 1\n" * 40, "~~~\n", "    indented\n"]
TABLE = ["| a | b |\n|---|---|\n", "| 1 | 2 |\n" * 30]
PARTS = st.lists(st.sampled_from([*STRUCTURE, *WORDY, *CODE, *TABLE]), max_size=25).map("".join)


@settings(max_examples=60)
@given(PARTS, st.sampled_from([MINILM, tokenizer_for("cl100k_base"), WORDS, EstimateTokenizer()]))
def test_passages_are_sound_whatever_the_document(markdown: str, tokenizer: Tokenizer) -> None:
    try:
        extracted = extract_markdown(markdown, "any.md", "A title")
    except KnowbotError:
        return
    assert_sound(extracted, Chunker(tokenizer, 64).chunks(extracted, "any.md"), 64, tokenizer)


@settings(max_examples=40)
@given(st.text(min_size=1), st.sampled_from(["text", "markdown", "html"]))
def test_passages_are_sound_whatever_the_characters(text: str, kind: str) -> None:
    if text.isprintable() and text.strip():
        extracted = Extracted("", text * 20, kind)
        assert_sound(extracted, Chunker(MINILM, 32).chunks(extracted, "any.md"), 32, MINILM)


@pytest.mark.parametrize("unit", ["word ", "x", "a b\n", "漢字", "``` ", "| a ", "- a\n"])
def test_monstrous_documents_take_seconds_not_minutes(unit: str) -> None:
    extracted = Extracted("Monster", (unit * 60_000)[:60_000], "markdown")
    before = time.process_time()
    drafts = Chunker(MINILM, 256).chunks(extracted, "monster.md")
    assert time.process_time() - before < 8
    assert_sound(extracted, drafts, 256, MINILM)
