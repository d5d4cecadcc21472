"""Nothing that knowbot sends is more than Discord takes, whatever documents, members and operators write."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

import discord
from discord.ui import Button
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import words
from bot.outgoing import discord_limits as limits
from bot.outgoing.embeds import digest_embed, draft_embed, flag_embed, quoted_embeds, shown_for, similar_embed
from bot.outgoing.status import Status, status_embed
from bot.views.buttons import BUTTONS, answer_buttons
from bot.views.forget_button import forget_view
from bot.views.saving import draft_buttons
from bot.views.verdicts import flag_buttons
from retrieval.freshness.staleness import Stale
from retrieval.known import SimilarQuestion
from retrieval.types import Answer, Citation, Decision, Note, Question
from storage.audit import AuditLine
from storage.documents import SpaceCounts
from storage.flags import Flag
from storage.jobs import Job
from storage.message_documents import AnswerDraft
from storage.records import StoredCitation
from tests.fakes import a_chunk

LARGEST = 2**63 - 1
NOTES = get_args(Note)
few = settings(max_examples=25)

TEXTS = st.builds(
    lambda piece, times: (piece * times).strip() or "x",
    st.sampled_from(
        ["word ", "[*_`~|", "é", "👩‍👩‍👧", "```py\nx = 1\n```\n", "line\n", "https://example.org/a ", "\u202e", "# "]
    ),
    st.integers(1, 1500),
)
CITATIONS = st.lists(st.tuples(TEXTS, TEXTS, TEXTS), max_size=8)


def check(embeds: Sequence[discord.Embed]) -> None:
    """Raises where Discord would refuse a message with these embeds."""
    assert len(embeds) <= limits.EMBEDS
    assert sum(len(embed) for embed in embeds) <= limits.EMBED_TOTAL
    for embed in embeds:
        assert len(embed.title or "") <= limits.EMBED_TITLE
        assert len(embed.description or "") <= limits.EMBED_DESCRIPTION
        assert len(embed.footer.text or "") <= limits.FOOTER
        assert len(embed.fields) <= limits.EMBED_FIELDS
        for field in embed.fields:
            assert 0 < len(field.name or "") <= limits.FIELD_NAME
            assert 0 < len(field.value or "") <= limits.FIELD_VALUE


def check_view(view: discord.ui.View) -> None:
    assert len(view.children) <= limits.ROWS * limits.BUTTONS_A_ROW
    for item in view.children:
        button: Any = getattr(item, "item", item)
        assert isinstance(button, Button)
        assert len(button.label or "") <= limits.BUTTON_LABEL
        assert 0 < len(button.custom_id or "") <= limits.CUSTOM_ID


@few
@given(TEXTS, CITATIONS, st.sampled_from(["answer", "unsure", "off_topic", "small_talk"]), TEXTS)
def test_no_answer_is_too_long_for_a_message(
    text: str, cited: list[tuple[str, str, str]], decision: Decision, asked: str
) -> None:
    sources = tuple(Citation(n, title, place, "q", 0.5, a_chunk("q")) for n, (title, place, _) in enumerate(cited, 1))
    notes = [note for note in NOTES if sources or note != "not_read_lately"]  # which tells of a source
    answer = Answer(Question(asked), decision, text, 0.9, 0.1, "", sources, notes=tuple(notes))
    shown = shown_for(answer, asked)
    assert len(shown.content) <= limits.CONTENT
    check(shown.embeds)


@few
@given(CITATIONS)
def test_no_quote_list_or_flag_is_too_long_for_a_message(cited: list[tuple[str, str, str]]) -> None:
    stored = [
        StoredCitation(n, place, place, title, quote, "", 0.5) for n, (title, place, quote) in enumerate(cited, 1)
    ]
    check(quoted_embeds(stored))
    check([similar_embed([SimilarQuestion(title, 0.5, place) for title, place, _ in cited], LARGEST)])
    flags = [a_flag(quote) for _, _, quote in cited]
    link = f"https://discord.com/channels/{LARGEST}/{LARGEST}/{LARGEST}"
    check([digest_embed(flags, [link] * len(flags))])
    for flag in flags:
        check([flag_embed(flag, link)])


@few
@given(TEXTS, TEXTS)
def test_the_longest_draft_can_be_shown(question: str, answer: str) -> None:
    draft = AnswerDraft(*("s", question[:200], answer[:3000], "https://discord.com", "public", 1e10, 1, 1, "", "", 0.0))
    check([draft_embed(draft)])


@few
@given(TEXTS, st.lists(TEXTS, max_size=8), st.integers(0, 60))
def test_no_status_is_too_long_for_a_message(space: str, texts: list[str], channels: int) -> None:
    job = Job(1, "refresh", space, {}, "done", "discord", 0, 0, 0, 0, None, None, 0, 0, texts[0] if texts else "", 1, 0)
    status = Status(
        space,
        SpaceCounts(LARGEST, LARGEST),
        None,
        tuple(Stale(text, "unreadable") for text in texts),
        (job,) * 5,
        tuple(AuditLine(0.0, "a" * 64, text, text) for text in texts),
    )
    check([status_embed(status, {LARGEST - n: "mention" for n in range(channels)}, frozenset())])


@few
@given(TEXTS)
def test_no_sentence_is_too_long_for_a_message(text: str) -> None:
    for sentence in (
        words.queued("ingest", text, LARGEST),
        words.human_wanted(LARGEST, f"<@{LARGEST}>", "https://discord.com/" + "9" * 80),
        words.privacy(LARGEST, LARGEST, False, ", ".join([f"<#{LARGEST}>"] * 10)),
        words.drifted([(score, shadow, 1.0, 1.0) for score in ("confidence", "off_topic") for shadow in (False, True)]),
        words.shadow_notice(LARGEST),
        words.shadow_untold(f"<#{LARGEST}>"),
        words.forgotten(LARGEST, LARGEST),
    ):
        assert len(sentence) <= limits.CONTENT


def a_flag(excerpt: str) -> Flag:
    return Flag(
        1,
        "s",
        "off_topic",
        excerpt or "x",
        1.0,
        "documents",
        1,
        LARGEST,
        LARGEST,
        None,
        0.0,
        None,
        None,
        None,
        None,
        None,
    )


def test_buttons_stand_on_one_row_with_short_labels_and_ids() -> None:
    answer = Answer(Question("q"), "answer", "a", 0.9, 0.1)
    for view in (
        answer_buttons(LARGEST, answer, LARGEST),
        draft_buttons(LARGEST),
        flag_buttons(LARGEST, True, True),
        flag_buttons(LARGEST, False),
        forget_view(LARGEST),
    ):
        check_view(view)
    assert len(answer_buttons(1, answer, 1).children) <= limits.BUTTONS_A_ROW
    assert len(BUTTONS) == len({button.__discord_ui_compiled_template__.pattern for button in BUTTONS})
