"""What members may know and decide: what is kept, opting out, being forgotten; and what goes by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import words
from bot.work.jobs import run_job
from tests.bot.server import ANSWERED, OFF_TOPIC, Server, a_server, called, text_of

pytestmark = pytest.mark.asyncio
DAY = 86_400.0


def rows(server: Server, sql: str) -> list[tuple[object, ...]]:
    return server.engine.stores.db.rows(sql)


async def test_privacy_tells_what_is_kept_and_how_long(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        shown = await server.alice.slash(server.unwatched, "privacy")
        assert shown.ephemeral
        assert shown.response is not None
        assert "90 days" in shown.response.content
        assert len(shown.response.content) < 2000


async def test_who_opted_out_is_answered_when_asking_and_otherwise_left_alone(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        await server.alice.slash(server.unwatched, "privacy", choice="opt-out")
        await server.alice.send(server.silent, OFF_TOPIC)
        await server.alice.send(server.helpful, ANSWERED)
        assert rows(server, "SELECT 1 FROM interaction") == []
        assert server.said(server.moderators) == []
        await server.alice.send(server.unwatched, called(server, ANSWERED))
        assert words.SOURCE in text_of(server.said(server.unwatched)[0])
        assert rows(server, "SELECT question, author_hash FROM interaction") == [("", None)]
        await server.alice.slash(server.unwatched, "privacy", choice="opt-in")
        await server.alice.send(server.helpful, f"{ANSWERED} please")
        assert rows(server, "SELECT question FROM interaction")[-1] == (f"{ANSWERED} please",)


async def test_forget_me_asks_once_more_and_leaves_nothing(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        await server.alice.send(server.helpful, ANSWERED)
        await server.alice.click(server.said(server.helpful)[0], label=words.HELPFUL)
        await server.alice.send(server.silent, OFF_TOPIC)
        await server.mod.click(server.said(server.moderators)[0], label=words.OFF_TOPIC)
        await server.bob.send(server.unwatched, called(server, ANSWERED))
        asked = await server.alice.slash(server.unwatched, "forget-me")
        assert asked.response is not None
        assert asked.response.content == words.FORGET_ASK
        assert len(rows(server, "SELECT 1 FROM interaction")) == 3
        await server.alice.click(asked.response.message, label=words.FORGET_ME)
        assert rows(server, "SELECT question FROM interaction") == [(ANSWERED,)]
        for table in ("vote", "flag", "taught_example"):
            assert rows(server, f"SELECT 1 FROM {table}") == []


async def test_old_questions_go_and_what_moderators_taught_stays(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        await server.alice.send(server.silent, OFF_TOPIC)
        await server.mod.click(server.said(server.moderators)[0], label=words.OFF_TOPIC)
        server.clock.now += 91 * DAY
        await server.bob.send(server.helpful, ANSWERED)
        job = server.engine.stores.jobs.add("retention", "", server.clock.now)
        told = run_job(server.engine, server.client.settings, job, lambda *_: None).sentence
        assert told.startswith("1 questions with their votes and flags")
        assert rows(server, "SELECT question FROM interaction") == [(ANSWERED,)]
        assert rows(server, "SELECT 1 FROM flag") == []
        assert [example.text for example in server.engine.stores.taught.list("default", "out")] == [OFF_TOPIC]


async def test_no_members_number_or_name_is_kept(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        await server.alice.send(server.helpful, ANSWERED)
        await server.alice.click(server.said(server.helpful)[0], label=words.HELPFUL)
        await server.alice.send(server.silent, OFF_TOPIC)
        await server.mod.click(server.said(server.moderators)[0], label=words.OFF_TOPIC)
        await server.bob.send(server.unwatched, "The zebra quota is exactly forty-one stripes for all of the herd.")
        await server.mod.slash(server.moderators, "learn", channel=server.unwatched)
        await server.bob.slash(server.unwatched, "privacy", choice="opt-out")
        kept = "\n".join(server.engine.stores.db.conn.iterdump())
        assert "forty-one" in kept
        for member in (server.alice, server.bob, server.mod):
            assert str(member.id) not in kept
            assert f"'{member.name}'" not in kept
