"""No message of knowbot's grows a preview of what it links to, however it is posted and whoever wrote the address."""

from __future__ import annotations

import re
from pathlib import Path

import discord
import pytest
from simcord import InteractionResult

from bot import words
from tests.bot.server import ANSWERED, Server, a_server, called, text_of

pytestmark = pytest.mark.asyncio

PAGE = "https://example.org/zebras"
TITLE = "How many stripes is the zebra quota?"
TEXT = f"The zebra quota is exactly forty-one stripes for every member of the herd, see {PAGE} for the law."
_KEPT_PLAIN = re.compile(r"<https?://[^\s<>]+>|`[^`\n]*`")
_ADDRESS = re.compile(r"https?://\S+")


def previewed(message: discord.Message) -> list[str]:
    """What Discord shows a preview of: bare addresses in a message's own words, unless all previews are suppressed.

    It follows no address in an embed.
    """
    return [] if message.flags.suppress_embeds else _ADDRESS.findall(_KEPT_PLAIN.sub("", message.content))


def answered(result: InteractionResult) -> list[discord.Message]:
    """Everything that an interaction was answered with."""
    assert result.response is not None
    return [result.response.message, *(each.message for each in result.followups)]


async def know_a_page(server: Server) -> None:
    """An approved answer that holds an address, and lies at one: that of the helper's message."""
    message = await server.bob.send(server.unwatched, TEXT)
    form = await server.mod.context_menu(server.unwatched, "Save as answer", message)
    draft = await server.mod.submit_modal(form, {"question": TITLE, "answer": TEXT, "days": "30"})
    assert draft.response is not None
    published = await server.mod.click(draft.response.message, label=words.PUBLISH)
    assert [previewed(each) for each in answered(published)] == [[]]


async def test_answers_edited_answers_and_pointers_show_no_preview(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        await know_a_page(server)
        asked = await server.alice.send(server.helpful, called(server, "thanks"))
        (thanked,) = server.said(server.helpful)
        assert thanked.flags.suppress_embeds, "whatever has no embed needs none"
        await server.alice.edit(asked, called(server, TITLE))
        (answer,) = server.said(server.helpful)
        assert answer.id == thanked.id
        assert PAGE in text_of(answer)
        assert not answer.flags.suppress_embeds, "it would hide the answer"
        await server.bob.send(server.helpful, called(server, TITLE))
        pointer = server.said(server.helpful)[-1]
        assert answer.jump_url in pointer.content
        assert pointer.flags.suppress_embeds
        assert [previewed(each) for each in server.said(server.helpful)] == [[], []]


async def test_commands_menus_and_buttons_show_no_preview(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        await know_a_page(server)
        shown = answered(await server.alice.slash(server.unwatched, "ask", question=TITLE))
        assert PAGE in text_of(shown[0])
        shown += answered(await server.alice.slash(server.unwatched, "ask", question=TITLE, private=True))
        asked = await server.alice.send(server.unwatched, TITLE)
        shown += answered(await server.bob.context_menu(server.unwatched, "Answer this", asked))
        shown += answered(await server.bob.context_menu(server.unwatched, "Similar questions", asked))
        shown += answered(await server.bob.click(shown[0], label=words.SHOW_SOURCES))
        shown += answered(await server.mod.slash(server.moderators, "kb add", url=PAGE))
        titled = {"text": TEXT, "title": f"What {PAGE} says"}
        shown += answered(await server.mod.slash(server.moderators, "kb add", **titled))
        assert sum(PAGE in text_of(each) for each in shown) >= 5
        assert [each.content for each in shown if previewed(each)] == []


async def test_a_call_for_a_person_shows_no_preview_of_the_question(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        await server.alice.send(server.unwatched, called(server, ANSWERED))
        (reply,) = server.said(server.unwatched)
        await server.alice.click(reply, label=words.ASK_A_HUMAN)
        (thread,) = server.unwatched.threads
        call = server.said(thread)[-1]
        assert reply.jump_url in call.content
        assert call.flags.suppress_embeds
        assert previewed(call) == []
