from __future__ import annotations

from dataclasses import replace
from io import StringIO

import discord
from rich.console import Console

from bot import words
from bot.outgoing.embeds import LONGEST_DESCRIPTION, digest_embed, flag_embed, quoted_embeds, shown_for
from bot.terminal.answers import answer_as_json, show_answer
from retrieval.types import Answer, Citation, Question
from storage.flags import Flag
from storage.records import StoredCitation
from tests.fakes import a_chunk

FLAG = Flag(
    1, "default", "off_topic", "what is for dinner", 0.93, "documents", 1, 2, 3, None, 0.0, None, None, None, None, None
)


def a_source(number: int, title: str = "Refunds", location: str = "faq.md#refunds") -> Citation:
    return Citation(number, title, location, "quote", 0.5, a_chunk("quote"))


def an_answer(text: str = "Thirty days.", *sources: Citation) -> Answer:
    return Answer(Question("how long?"), "answer", text, 0.9, 0.1, "", sources or (a_source(1),))


def test_an_answer_shows_text_numbered_sources_and_how_sure_it_is() -> None:
    (embed,) = shown_for(an_answer()).embeds
    assert embed.description == "Thirty days."
    assert (embed.fields[0].name, embed.fields[0].value) == (words.SOURCE, "1. Refunds · `faq.md#refunds`")
    assert embed.footer.text == "I am quite sure of this."


def test_only_what_is_quoted_is_called_the_source() -> None:
    (embed,) = shown_for(an_answer("Yes.", a_source(1), a_source(2, "Taxes", "faq.md#taxes"))).embeds
    assert [field.name for field in embed.fields] == [words.SOURCE, words.SEE_ALSO]
    assert embed.fields[1].value == "2. Taxes · `faq.md#taxes`"


def test_a_source_on_the_web_is_a_link_and_no_title_breaks_out_of_it() -> None:
    (embed,) = shown_for(an_answer("Yes.", a_source(1, "A*b*", "https://docs.example/a"))).embeds
    assert embed.fields[0].value == r"1. [A\*b\*](https://docs.example/a)"
    (embed,) = shown_for(an_answer("Yes.", a_source(1, "T", "a`b.md"))).embeds
    assert embed.fields[0].value == "1. T · `ab.md`"


def test_a_long_answer_is_split_and_the_sources_stand_last() -> None:
    shown = shown_for(an_answer("A sentence of some length stands here. " * 50))
    assert len(shown.embeds) == 2
    assert all(len(embed.description or "") <= LONGEST_DESCRIPTION for embed in shown.embeds)
    assert not shown.embeds[0].fields
    assert shown.embeds[1].fields


def test_an_unsure_answer_shows_the_nearest_documents_and_no_confidence() -> None:
    (embed,) = shown_for(replace(an_answer(), decision="unsure", text="")).embeds
    assert embed.description == words.WITHOUT_ANSWER["unsure"]
    assert embed.fields[0].name == words.NEAREST
    assert embed.footer.text is None


def test_a_reduced_question_is_mentioned_first() -> None:
    (embed,) = shown_for(replace(an_answer(), notes=("shortened",))).embeds
    assert embed.description == f"*{words.NOTES['shortened']}*\n\nThirty days."


def test_a_source_that_could_not_be_read_for_days_is_named_on_discord_and_in_a_terminal() -> None:
    sources = (a_source(1), replace(a_source(2), days_unread=12))
    answer = replace(an_answer(), sources=sources, notes=("not_read_lately",))
    said = "Source 2 was last read 12 days ago and could not be read since: it may be out of date."
    (embed,) = shown_for(answer).embeds
    assert embed.description == f"*{said}*\n\nThirty days."
    written = StringIO()
    show_answer(Console(file=written, width=200), answer)
    assert said in written.getvalue()
    assert answer_as_json(answer) == answer_as_json(replace(answer, notes=())), "the names of --json are a contract"


def test_small_talk_and_redirects_are_plain_words() -> None:
    for decision in ("small_talk", "off_topic"):
        shown = shown_for(replace(an_answer(), decision=decision))
        assert shown.content == words.WITHOUT_ANSWER[decision]
        assert shown.embeds == ()


def test_everything_that_is_shown_fits_discords_limits() -> None:
    sources = tuple(a_source(number, "long title " * 30, "folder/" * 100 + "page.md") for number in (1, 2, 3))
    for embed in shown_for(an_answer("word " * 3000, *sources), asked="why " * 200).embeds:
        assert len(embed.description or "") <= 4096
        assert all(len(str(field.value)) <= 1024 for field in embed.fields)
        assert len(embed.title or "") <= 256
    assert sum(len(embed) for embed in shown_for(an_answer("word " * 3000, *sources)).embeds) <= 6000


def test_a_flag_shows_excerpt_reason_and_link() -> None:
    embed = flag_embed(replace(FLAG, excerpt="dinner " * 100), "https://discord.com/channels/1/2/3")
    assert embed.title == "Looks off topic (93%)"
    assert len(embed.description or "") < 310
    assert [field.value for field in embed.fields] == [
        "It is far from everything in the documents.",
        "https://discord.com/channels/1/2/3",
    ]


def test_a_digest_names_as_many_as_fit_and_counts_the_rest() -> None:
    embed = digest_embed([FLAG] * 60, ["https://discord.com/channels/1/2/3"] * 60)
    lines = (embed.description or "").split("\n")
    assert len(embed.description or "") <= LONGEST_DESCRIPTION
    assert lines[-1] == f"and {60 - len(lines) + 1} more"
    assert isinstance(embed, discord.Embed)


def test_quotes_in_full_fit_discords_limits_however_many_and_long_they_are() -> None:
    for count in (1, 3, 30):
        sources = [
            StoredCitation(number, "a.md", "https://example.org/" + "a" * 400, "title " * 60, "quote " * 3000, "", 0.5)
            for number in range(count)
        ]
        embeds = quoted_embeds(sources)
        assert len(embeds) <= 10
        assert sum(len(embed) for embed in embeds) <= 6000
        assert all(len(embed.description or "") <= 4096 for embed in embeds)
