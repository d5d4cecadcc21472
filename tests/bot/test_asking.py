"""``/ask`` with suggestions and in private, the menus of a message, forums, and what comes attached."""

from __future__ import annotations

from pathlib import Path

import discord
import pytest

from bot import words
from bot.incoming.tracebacks import decoded, is_text, question_in
from tests.bot.server import ANSWERED, OFF_TOPIC, Server, a_server, called, labels, text_of

pytestmark = pytest.mark.asyncio

LOG = f"""2026-01-02 10:00:00 INFO starting
2026-01-02 10:00:01 ERROR {ANSWERED}
2026-01-02 10:00:02 INFO bye
"""
TRACEBACK = """It fails when I start it.
Traceback (most recent call last):
  File "/app/main.py", line 3, in <module>
    start()
  File "/app/start.py", line 9, in start
    raise ValueError("no such album")
ValueError: no such album
What shall I do?"""


def titles(server: Server) -> list[str]:
    rows = server.engine.stores.db.rows("SELECT DISTINCT title FROM chunk WHERE title <> '' ORDER BY id")
    return [title for (title,) in rows]


async def test_ask_suggests_known_questions_that_hold_every_word_typed(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        known = titles(server)[0]
        first, second, *_ = known.split()
        choices = await server.alice.autocomplete(server.unwatched, "ask", "question", f"{second} {first}")
        assert known in [choice["value"] for choice in choices]
        assert await server.alice.autocomplete(server.unwatched, "ask", "question", "zzz qqq") == []
        assert len(await server.alice.autocomplete(server.unwatched, "ask", "question", "")) <= 25


async def test_a_private_answer_is_seen_by_nobody_else_and_suggested_to_nobody(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        result = await server.alice.slash(server.unwatched, "ask", question=ANSWERED, private=True)
        assert result.response is not None
        assert result.response.ephemeral
        assert server.said(server.unwatched) == []
        await server.bob.send(server.unwatched, called(server, ANSWERED))
        assert words.SOURCE in text_of(server.said(server.unwatched)[0])


async def test_answer_this_is_public_for_staff_and_private_for_others(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        asked = await server.alice.send(server.unwatched, ANSWERED)
        await server.bob.context_menu(server.unwatched, "Answer this", asked)
        assert server.said(server.unwatched) == []
        await server.mod.context_menu(server.unwatched, "Answer this", asked)
        (reply,) = server.said(server.unwatched)
        assert reply.reference is not None
        assert reply.reference.message_id == asked.id
        assert words.SOURCE in text_of(reply)


async def test_answer_this_says_nothing_in_public_that_is_not_sure(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        asked = await server.alice.send(server.unwatched, OFF_TOPIC)
        await server.mod.context_menu(server.unwatched, "Answer this", asked)
        assert server.said(server.unwatched) == []


async def test_similar_questions_link_to_answers_that_the_member_may_see(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        secret = server.guild.create_text_channel(
            "secret", overwrites={server.guild.default_role: HIDDEN, server.mod: SHOWN}
        )
        await server.mod.slash(secret, "ask", question="the secret way to log in with authentik on the photo server")
        await server.alice.send(server.helpful, ANSWERED)
        asked = await server.alice.send(server.unwatched, ANSWERED)
        result = await server.bob.context_menu(server.unwatched, "Similar questions", asked)
        assert result.response is not None
        shown = text_of(result.response.message)
        assert str(server.said(server.helpful)[0].id) in shown
        assert "secret" not in shown


async def test_a_forum_gets_one_answer_on_the_opening_post(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        forum = server.guild.create_forum_channel("questions")
        await server.mod.slash(server.moderators, "channel mode", channel=forum, mode="helpful")
        channel = server.client.get_channel(forum.id)
        assert isinstance(channel, discord.ForumChannel)
        halves = ANSWERED[:25].strip(), ANSWERED[25:].strip()
        thread = await server.open_post(forum, server.alice, *halves)
        assert len(server.said(thread)) == 1
        await server.alice.send(thread, f"{ANSWERED} please")
        await server.bob.send(thread, f"{OFF_TOPIC} as well")
        assert len(server.said(thread)) == 1
        assert server.said(server.moderators) == []


async def test_a_post_that_was_missed_is_answered_after_a_restart_and_only_once(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        forum = server.guild.create_forum_channel("questions")
        await server.mod.slash(server.moderators, "pause")
        thread = await server.open_post(forum, server.alice, ANSWERED[:25].strip(), ANSWERED[25:].strip())
        await server.mod.slash(server.moderators, "channel mode", channel=forum, mode="helpful")
        await server.mod.slash(server.moderators, "resume")
        assert server.said(thread) == []
        for _ in range(2):
            await server.restart()
            assert len(server.said(thread)) == 1


async def test_an_attached_log_is_read_for_its_error(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        await server.alice.send(
            server.unwatched, called(server, ""), attachments=[("server.log", LOG.encode()), ("a.png", b"\x89PNG")]
        )
        (reply,) = server.said(server.unwatched)
        assert words.SOURCE in text_of(reply)
        assert words.HELPFUL in labels(reply)


async def test_the_last_line_of_a_traceback_comes_first_and_its_frames_not_at_all() -> None:
    question = question_in(TRACEBACK)
    assert question.startswith("ValueError: no such album\n")
    assert "It fails when I start it." in question
    assert question.endswith("What shall I do?")
    assert "line 9" not in question
    thrown = "Exception in thread main java.lang.IllegalStateException: no disk"
    java = f"why?\n{thrown}\n\tat a.B.c(B.java:1)\n\tat a.D.e(D.java:2)"
    assert question_in(java) == f"{thrown}\nwhy?"


async def test_an_attachment_gives_its_error_or_where_nothing_else_asks_its_text() -> None:
    assert question_in("help", [LOG]) == f"ERROR {ANSWERED}\nhelp"
    assert question_in("", ["How do I move albums?"]) == "How do I move albums?"
    assert question_in("How?", ["nothing of interest"]) == "How?"
    assert is_text("Config.YAML")
    assert not is_text("photo.png")
    assert decoded(b"\x00\x01") == ""


HIDDEN = discord.PermissionOverwrite(view_channel=False)
SHOWN = discord.PermissionOverwrite(view_channel=True)
