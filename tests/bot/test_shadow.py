"""Where knowbot only listens: members are told once, what would have been is recorded, nothing is posted."""

from __future__ import annotations

from pathlib import Path

import discord
import pytest
from prometheus_client import generate_latest

from bot import words
from bot.settings import DiscordSettings, ServerSettings
from tests.bot.server import ANSWERED, OFF_TOPIC, UNSURE, Server, a_server, called, text_of

pytestmark = pytest.mark.asyncio


async def listen(server: Server, mode: str = "shadow") -> str:
    """Switches it on in a channel; what the moderator reads."""
    told = await server.mod.slash(server.moderators, "channel mode", channel=server.unwatched, mode=mode)
    assert told.response is not None
    return str(told.response.content)


def rows(server: Server, sql: str) -> list[tuple[object, ...]]:
    return server.engine.stores.db.rows(sql)


async def test_members_are_told_once_and_again_only_after_it_was_off(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        assert "`shadow`" in await listen(server)
        assert [text_of(each) for each in server.said(server.unwatched)] == [words.shadow_notice(90)]
        await listen(server)
        await server.restart()
        assert len(server.said(server.unwatched)) == 1
        await listen(server, "off")
        await listen(server)
        assert len(server.said(server.unwatched)) == 2


async def test_the_notice_of_the_settings_file_is_said_at_the_start_in_the_servers_language(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        own = ServerSettings(channels={server.unwatched.id: "shadow"}, language="de")
        server.client.settings = server.client.settings.model_copy(update={"servers": {server.guild.id: own}})
        await server.restart()
        (notice,) = server.said(server.unwatched)
        with words.spoken("de"):
            assert text_of(notice) == words.shadow_notice(90)


async def test_what_it_would_have_said_and_flagged_is_recorded_and_nothing_posted(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        await listen(server)
        for text in (ANSWERED, OFF_TOPIC, called(server, f"{ANSWERED} please")):
            await server.alice.send(server.unwatched, text)
        await server.mod.send(server.unwatched, called(server, ANSWERED))
        assert len(server.said(server.unwatched)) == 1, "the notice alone"
        assert server.said(server.moderators) == []
        kept = "question, decision, addressed, shadow, reply_id, author_hash IS NULL"
        found = rows(server, f"SELECT {kept} FROM interaction ORDER BY id")
        assert found == [
            (ANSWERED, "answer", 0, 1, None, 0),
            (OFF_TOPIC, "off_topic", 0, 1, None, 0),
            (f"{ANSWERED} please", "answer", 1, 1, None, 0),
        ]
        assert rows(server, "SELECT excerpt, shadow FROM flag") == [(OFF_TOPIC, 1)]


async def test_statistics_of_what_was_posted_do_not_know_of_it(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        await listen(server)
        for text in (ANSWERED, OFF_TOPIC):
            await server.alice.send(server.unwatched, text)
        stores, now = server.engine.stores, server.clock.now
        assert stores.interactions.tally(0) == {}
        assert stores.interactions.list(None, 9) == []
        counts = stores.asked.by_day("default", now - 86_400, 2)
        assert counts.decisions == ({}, {})
        assert counts.flags == (0, 0)
        assert stores.asked.open_flags("default") == stores.flags.open() == 0
        (cited,) = rows(server, "SELECT document_location FROM citation LIMIT 1")
        assert stores.shelf.quoted("default", str(cited[0]), 5).latest == ()
        metrics = generate_latest(server.client.metrics.registry).decode()
        assert 'knowbot_shadow_messages_total{outcome="answer"} 1.0' in metrics
        assert "knowbot_questions_total{" not in metrics
        assert "knowbot_flags_total{" not in metrics


async def test_who_opted_out_is_not_heard_and_forget_me_leaves_nothing(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        await listen(server)
        await server.alice.slash(server.moderators, "privacy", choice="opt-out")
        await server.alice.send(server.unwatched, OFF_TOPIC)
        await server.alice.send(server.unwatched, called(server, ANSWERED))
        assert rows(server, "SELECT 1 FROM interaction") == []
        await server.bob.send(server.unwatched, OFF_TOPIC)
        assert len(rows(server, "SELECT 1 FROM flag")) == 1
        asked = await server.bob.slash(server.moderators, "forget-me")
        assert asked.response is not None
        await server.bob.click(asked.response.message, label=words.FORGET_ME)
        for table in ("interaction", "flag", "citation"):
            assert rows(server, f"SELECT 1 FROM {table}") == []


async def test_a_deleted_message_is_forgotten_and_an_edited_one_heard_anew(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        await listen(server)
        edited = await server.alice.send(server.unwatched, ANSWERED)
        await server.alice.edit(edited, UNSURE)
        assert rows(server, "SELECT question, shadow FROM interaction") == [(UNSURE, 1)]
        await server.alice.delete(edited)
        assert rows(server, "SELECT 1 FROM interaction") == []
        assert len(server.said(server.unwatched)) == 1


async def test_ask_is_answered_there_for_nobody_else_to_see(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        await listen(server)
        shown = await server.alice.slash(server.unwatched, "ask", question=ANSWERED)
        assert shown.ephemeral
        assert shown.response is not None
        assert words.SOURCE in text_of(shown.response.message)
        assert rows(server, "SELECT origin, shadow FROM interaction") == [("discord-private", 0)]


async def test_privacy_names_the_channels_in_which_it_only_listens(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        before = await server.alice.slash(server.moderators, "privacy")
        await listen(server)
        after = await server.alice.slash(server.moderators, "privacy")
        assert before.response is not None
        assert after.response is not None
        assert "read along" not in before.response.content
        assert f"In <#{server.unwatched.id}> I only read along" in after.response.content


async def test_before_members_can_be_told_it_does_not_listen(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        may, may_not = (discord.PermissionOverwrite(send_messages=each) for each in (True, False))
        everybody = server.guild.default_role
        mute = server.guild.create_text_channel("mute", overwrites={everybody: may_not, server.alice: may})
        told = await server.mod.slash(server.moderators, "channel mode", channel=mute, mode="shadow")
        assert told.response is not None
        assert told.response.content == words.shadow_untold(f"<#{mute.id}>")
        await server.alice.send(mute, ANSWERED)
        assert rows(server, "SELECT 1 FROM interaction") == []


async def test_a_forum_gets_the_notice_as_a_post_and_replies_in_posts_are_not_heard(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        forum = server.guild.create_forum_channel("questions")
        settings = DiscordSettings(channels={forum.id: "shadow"}, patience=0)
        server.client.settings = server.client.settings.model_copy(update={"discord": settings})
        await server.restart()
        (thread,) = forum.threads
        assert thread.name == words.SHADOW_TITLE
        post = await server.open_post(forum, server.alice, "Storage", ANSWERED)
        await server.alice.send(post, called(server, ANSWERED))
        assert server.said(post) == []
        assert rows(server, "SELECT shadow FROM interaction") == [(1,)]
