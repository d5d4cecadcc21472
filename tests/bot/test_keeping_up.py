"""A channel that was learnt stays current: threads as they are solved, messages once a day, over restarts."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import discord
import pytest
import simcord

from bot import words
from bot.cogs.reading_again import READ_AGAIN_SECONDS, ReadingAgain
from tests.bot.server import Server, a_server, text_of
from tests.bot.test_accepted_answers import SPAM, asked_in_forum, learnt
from tests.bot.test_knowledge import ASKED, ZEBRA, answer_to, documents

_MOMENT = 30.0
"""Long enough for a story to look before it is over."""

pytestmark = pytest.mark.asyncio


@pytest.fixture(autouse=True)
def _slow_to_settle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.cogs.newly_solved.SETTLE_SECONDS", _MOMENT)


def texts(server: Server) -> list[str]:
    return [text for text, _ in documents(server)]


async def settle(server: Server) -> None:
    await server.env.advance_time(2 * _MOMENT)


async def a_day_later(server: Server) -> None:
    """The next look at what is due."""
    server.clock.now += READ_AGAIN_SECONDS + 1
    await cast(ReadingAgain, server.client.get_cog("reading again")).read_due()
    await server.env.settle()


async def tag(server: Server, forum: simcord.ChannelHandle, post: simcord.ChannelHandle, *names: str) -> None:
    """Somebody who may sets the tags of a post, and closes it with the same click."""
    backend = server.env.backend
    numbers = {"solved": 1, "photos": 2}
    known = [{"id": str(number), "name": name, "emoji_name": None} for name, number in numbers.items()]
    backend.edit_channel(forum.id, {"available_tags": known})
    chosen = [numbers[name] for name in names]
    backend.edit_channel(post.id, {"applied_tags": chosen}, thread_metadata={"archived": True})
    await server.env.settle()


async def test_a_thread_is_known_seconds_after_it_is_solved_and_forgotten_when_it_is_no_more(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        forum, post = await asked_in_forum(server)
        answer = await server.bob.send(post, ZEBRA)
        assert await learnt(server, forum) == []
        await server.bob.react(answer, "✅")
        await settle(server)
        assert texts(server) == [], "bob may not accept his own answer"
        await server.alice.react(answer, "✅")
        assert texts(server) == [], "she may change her mind"
        await settle(server)
        said = await answer_to(server, server.alice, server.unwatched)
        assert "forty-one" in said
        assert answer.jump_url in said
        await server.alice.unreact(answer, "✅")
        await settle(server)
        assert texts(server) == []
        assert text_of(server.said(server.unwatched)[-1]) == words.SOURCE_WITHDRAWN


async def test_another_answer_takes_the_place_of_the_one_that_was_accepted_before(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        forum, post = await asked_in_forum(server)
        first = await server.bob.send(post, ZEBRA)
        await server.alice.react(first, "✅")
        assert len(await learnt(server, forum)) == 1
        await answer_to(server, server.alice, server.unwatched)
        better = await server.mod.send(post, ZEBRA.replace("forty-one", "ninety-nine"))
        await server.alice.react(better, "✅")
        await settle(server)
        (text,) = texts(server)
        assert "ninety-nine" in text
        assert text_of(server.said(server.unwatched)[-1]) == words.SOURCE_WITHDRAWN


async def test_a_tag_solves_a_thread_and_what_is_written_later_is_not_its_answer(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        forum, post = await asked_in_forum(server)
        answer = await server.bob.send(post, ZEBRA)
        assert await learnt(server, forum) == []
        await tag(server, forum, post, "photos")
        await settle(server)
        assert texts(server) == []
        await tag(server, forum, post, "photos", "solved")
        await settle(server)
        (text,) = texts(server)
        assert ZEBRA in text
        await server.bob.send(post, SPAM)
        await a_day_later(server)
        assert texts(server) == [text]
        server.env.backend.edit_channel(post.id, {}, thread_metadata={"archived": False})
        await server.bob.edit(answer, f"{ZEBRA} Since May.")
        (text,) = texts(server)
        assert "Since May." in text
        await tag(server, forum, post)
        await settle(server)
        assert texts(server) == []


async def test_new_messages_of_a_learnt_channel_are_known_a_day_later_over_a_restart(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        assert await learnt(server, server.silent) == []
        await server.bob.send(server.silent, ZEBRA)
        await server.bob.send(server.unwatched, ZEBRA.replace("zebra", "gnu"))
        await cast(ReadingAgain, server.client.get_cog("reading again")).read_due()
        assert texts(server) == [], "a channel is read once a day"
        server.clock.now += READ_AGAIN_SECONDS + 1
        await server.restart()
        await server.env.settle()
        (text,) = texts(server)
        assert ZEBRA in text
        source = [
            each for each in server.engine.stores.sources.list() if each.location == f"discord:{server.silent.id}"
        ]
        assert [each.refreshed_at for each in source] == [server.clock.now]


async def test_what_was_deleted_unnoticed_goes_with_the_next_reading_and_so_does_who_opted_out(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        kept = await server.alice.send(server.silent, ZEBRA.replace("zebra", "okapi"))
        gone = await server.bob.send(server.silent, ZEBRA)
        left = await server.mod.send(server.silent, ZEBRA.replace("zebra", "gnu"))
        assert len(await learnt(server, server.silent)) == 3
        assert "forty-one" in await answer_to(server, server.alice, server.unwatched)
        del server.env.backend.messages[server.silent.id][gone.id]
        await server.mod.slash(server.silent, "privacy", choice="opt-out")
        await a_day_later(server)
        stored = server.engine.stores.db.rows("SELECT location FROM document WHERE format = 'discord'")
        assert stored == [(kept.jump_url,)], left.jump_url
        assert text_of(server.said(server.unwatched)[-1]) == words.SOURCE_WITHDRAWN


async def test_nothing_of_an_unlearnt_channel_is_learnt_any_more(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        forum, post = await asked_in_forum(server)
        answer = await server.bob.send(post, ZEBRA)
        assert await learnt(server, forum) == []
        await server.mod.slash(server.moderators, "unlearn", channel=forum)
        await server.alice.react(answer, "✅")
        await settle(server)
        await a_day_later(server)
        assert texts(server) == []


async def test_a_saved_answer_stays_as_it_was_approved_and_what_a_member_had_forgotten_stays_away(
    data_dir: Path,
) -> None:
    async with a_server(data_dir) as server:
        message = await server.bob.send(server.silent, f"{ZEBRA} At least I think so.")
        await server.alice.send(server.silent, ZEBRA.replace("zebra", "gnu"))
        await learnt(server, server.silent)
        form = await server.mod.context_menu(server.silent, "Save as answer", message)
        draft = await server.mod.submit_modal(form, {"question": f"{ASKED}?", "answer": ZEBRA, "days": "30"})
        assert draft.response is not None
        await server.mod.click(draft.response.message, label=words.PUBLISH)
        asked = await server.alice.slash(server.unwatched, "forget-me")
        assert asked.response is not None
        await server.alice.click(asked.response.message, label=words.FORGET_ME)
        await a_day_later(server)
        (text,) = texts(server)
        assert "I think so" not in text


async def test_a_channel_that_may_not_be_read_any_more_keeps_its_documents_and_is_named(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        await server.bob.send(server.silent, ZEBRA)
        assert len(await learnt(server, server.silent)) == 1
        channel = server.client.get_channel(server.silent.id)
        assert isinstance(channel, discord.TextChannel)
        await channel.set_permissions(channel.guild.me, read_message_history=False)
        await a_day_later(server)
        assert len(texts(server)) == 1
        (source,) = [each for each in server.engine.stores.sources.list() if each.options]
        assert list(server.engine.stores.unread.of(source.id, 9)) == [source.location]
        await channel.set_permissions(channel.guild.me, overwrite=None)
        await a_day_later(server)
        assert server.engine.stores.unread.of(source.id, 9) == {}
