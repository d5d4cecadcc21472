"""What members and moderators see and do, on SimCord's Discord."""

from __future__ import annotations

from pathlib import Path

import discord
import pytest

from bot import words
from bot.policy import FLAGS_AN_HOUR, QUESTIONS_A_MINUTE
from retrieval.gate import GateThresholds
from tests.bot.server import ANSWERED, OFF_TOPIC, UNSURE, Server, a_server, called, labels, text_of

pytestmark = pytest.mark.asyncio

CAUTIOUS = GateThresholds(answer=1.0, unasked=1.0, off_topic=1.0)
"""Nothing is sure enough to be answered, and nothing strange enough to be off topic."""


def interactions(server: Server) -> list[tuple[object, ...]]:
    return server.engine.stores.db.rows("SELECT question, decision, addressed, reply_id FROM interaction ORDER BY id")


async def test_a_mention_is_answered_with_numbered_sources_and_buttons(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        asked = await server.alice.send(server.unwatched, called(server, ANSWERED))
        (reply,) = server.said(server.unwatched)
        assert "1. " in text_of(reply)
        assert words.SOURCE in text_of(reply)
        row = [words.HELPFUL, words.NOT_HELPFUL, words.SHOW_SOURCES, words.ASK_A_HUMAN, words.WITHDRAW]
        assert labels(reply) == row
        assert reply.reference is not None
        assert reply.reference.message_id == asked.id
        assert interactions(server) == [(ANSWERED, "answer", 1, reply.id)]


async def test_ask_is_acknowledged_and_answered_with_its_question_above(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        await server.alice.slash(server.unwatched, "ask", question=ANSWERED)
        (reply,) = server.said(server.unwatched)
        assert reply.embeds[0].title == ANSWERED
        assert words.SOURCE in text_of(reply)


async def test_a_reply_to_the_bot_needs_no_mention(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        await server.alice.send(server.unwatched, called(server, ANSWERED))
        (first,) = server.said(server.unwatched)
        await server.alice.send(server.unwatched, "thanks, that helped!", reply_to=first)
        assert text_of(server.said(server.unwatched)[1]) == words.WITHOUT_ANSWER["small_talk"]


async def test_a_reply_that_points_back_is_searched_with_the_question_before(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        await server.alice.send(server.unwatched, called(server, ANSWERED))
        (first,) = server.said(server.unwatched)
        await server.alice.send(server.unwatched, "and how does it do that?", reply_to=first)
        text = text_of(server.said(server.unwatched)[1])
        assert words.SOURCE in text or words.NEAREST in text


async def test_a_direct_message_is_addressed_and_sees_public_documents_only(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        await server.alice.send_dm(ANSWERED)
        rows = server.engine.stores.db.rows("SELECT addressed, visible_to, decision FROM interaction")
        assert rows == [(1, '["public"]', "answer")]


async def test_a_helpful_channel_gets_answers_unasked_and_nothing_else(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        await server.alice.send(server.helpful, ANSWERED)
        assert len(server.said(server.helpful)) == 1
        for text in (UNSURE, OFF_TOPIC, "thanks, that helped!"):
            await server.alice.send(server.helpful, text)
        assert len(server.said(server.helpful)) == 1
        assert len(interactions(server)) == 4


@pytest.mark.parametrize("channel", ["mention", "silent"])
async def test_other_watched_channels_are_read_and_never_answered_unasked(data_dir: Path, channel: str) -> None:
    async with a_server(data_dir) as server:
        await server.alice.send(getattr(server, channel), ANSWERED)
        assert server.said(getattr(server, channel)) == []
        assert interactions(server) == [(ANSWERED, "answer", 0, None)]


async def test_what_is_said_where_nobody_watches_is_neither_judged_nor_kept(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        await server.alice.send(server.unwatched, OFF_TOPIC)
        assert interactions(server) == []
        assert server.said(server.moderators) == []


async def test_an_off_topic_message_is_flagged_once_and_its_verdict_teaches(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        await server.alice.send(server.silent, OFF_TOPIC)
        (notice,) = server.said(server.moderators)
        (flag,) = server.engine.stores.flags.list()
        shown = text_of(notice)
        for part in (OFF_TOPIC, f"({flag.score:.0%})", words.flag_reason(flag.reason), words.FLAG_ON_TOPIC):
            assert part
            assert part in shown, "excerpt, probability, the signal that decided, the nearest text that is on topic"
        assert labels(notice) == [words.OFF_TOPIC, words.ON_TOPIC]
        await server.alice.click(notice, label=words.ON_TOPIC)
        assert server.engine.stores.flags.list()[0].verdict is None
        await server.mod.click(notice, label=words.OFF_TOPIC)
        taught = server.engine.stores.taught.list("default", "out")
        assert [example.text for example in taught] == [OFF_TOPIC]
        (decided,) = server.said(server.moderators)
        assert "mod says it is off topic" in text_of(decided)
        assert "of the last" in text_of(decided).lower(), "what the verdict changes is told"
        await server.mod.click(decided, label=words.UNDO)
        assert server.engine.stores.taught.list("default", "out") == []
        assert labels(server.said(server.moderators)[0]) == [words.OFF_TOPIC, words.ON_TOPIC]


async def test_short_messages_and_those_of_staff_are_never_flagged(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        await server.alice.send(server.silent, "carbonara without cream")
        await server.mod.send(server.silent, OFF_TOPIC)
        assert server.said(server.moderators) == []


async def test_an_addressed_off_topic_question_is_redirected_and_not_flagged(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        await server.alice.send(server.silent, called(server, OFF_TOPIC))
        (reply,) = server.said(server.silent)
        assert text_of(reply) == words.WITHOUT_ANSWER["off_topic"]
        assert server.said(server.moderators) == []


async def test_beyond_ten_flags_an_hour_one_digest_stands_for_the_rest(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        for number in range(FLAGS_AN_HOUR + 3):
            await server.alice.send(server.silent, f"{OFF_TOPIC} number {number}")
        assert len(server.said(server.moderators)) == FLAGS_AN_HOUR
        await server.wait(3700)
        notices = server.said(server.moderators)
        assert len(notices) == FLAGS_AN_HOUR + 1
        assert words.digest_title(3) in text_of(notices[-1])
        await server.wait(3700)
        assert len(server.said(server.moderators)) == FLAGS_AN_HOUR + 1


async def test_votes_are_kept_one_a_member_and_survive_a_restart(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        await server.alice.send(server.helpful, ANSWERED)
        (reply,) = server.said(server.helpful)
        await server.alice.click(reply, label=words.HELPFUL)
        await server.restart()
        await server.alice.click(reply, label=words.NOT_HELPFUL)
        assert server.engine.stores.db.rows("SELECT helpful FROM vote") == [(0,)]


async def test_only_staff_withdraw_an_answer(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        await server.alice.send(server.helpful, ANSWERED)
        (reply,) = server.said(server.helpful)
        await server.alice.click(reply, label=words.WITHDRAW)
        assert words.SOURCE in text_of(server.said(server.helpful)[0])
        await server.mod.click(reply, label=words.WITHDRAW)
        (withdrawn,) = server.said(server.helpful)
        assert text_of(withdrawn) == words.WITHDRAWN
        assert labels(withdrawn) == []
        assert server.engine.stores.interactions.list(None, 1)[0].withdrawn_at is not None


async def test_a_person_is_called_once_where_the_documents_do_not_tell(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        server.engine.lab.set_thresholds("default", CAUTIOUS, "test")
        await server.alice.send(server.unwatched, called(server, ANSWERED))
        (reply,) = server.said(server.unwatched)
        assert text_of(reply).startswith(words.WITHOUT_ANSWER["unsure"])
        await server.alice.click(reply, label=words.ASK_A_HUMAN)
        assert labels(server.said(server.unwatched)[0]) == [words.WITHDRAW]
        (thread,) = server.unwatched.threads
        assert server.helpers.mention in server.said(thread)[-1].content


async def test_pause_holds_over_a_restart_until_somebody_resumes(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        await server.mod.slash(server.moderators, "pause")
        await server.restart()
        await server.alice.send(server.helpful, ANSWERED)
        await server.alice.send(server.silent, OFF_TOPIC)
        await server.alice.send(server.helpful, called(server, ANSWERED))
        assert [text_of(message) for message in server.said(server.helpful)] == [words.PAUSED]
        await server.mod.slash(server.moderators, "resume")
        await server.alice.send(server.helpful, ANSWERED)
        assert words.SOURCE in text_of(server.said(server.helpful)[-1])


async def test_nothing_that_members_or_documents_say_pings_anybody(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        await server.alice.send(server.unwatched, called(server, f"@everyone {server.helpers.mention} {ANSWERED}"))
        await server.alice.slash(server.unwatched, "ask", question=f"@everyone {ANSWERED}")
        for message in server.said(server.unwatched):
            assert not message.mention_everyone
            assert not message.role_mentions
            assert not message.mentions


async def test_whoever_asks_too_much_is_asked_for_patience_once(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        for _ in range(QUESTIONS_A_MINUTE + 4):
            await server.alice.send(server.unwatched, called(server, "hello"))
        said = [text_of(message) for message in server.said(server.unwatched)]
        assert said.count(words.SLOWER) == 1
        assert len(said) == QUESTIONS_A_MINUTE + 1


async def test_an_empty_mention_and_an_empty_knowledge_base_get_a_friendly_line(tmp_path: Path) -> None:
    async with a_server(tmp_path / "nothing") as server:
        await server.alice.send(server.unwatched, called(server, ""))
        await server.alice.send(server.unwatched, called(server, "how do I reset my password"))
        for message in server.said(server.unwatched):
            assert text_of(message).startswith((words.ASK_SOMETHING, words.NOTHING_KNOWN))
        assert len(server.said(server.unwatched)) == 2


async def test_a_channel_that_forbids_posting_stops_nothing_else(
    data_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with a_server(data_dir) as server:
        server.env.inject_error("POST", f"/channels/{server.helpful.id}/messages", status=403, code=50013)
        await server.alice.send(server.helpful, ANSWERED)
        assert "allow me View Channel, Send Messages and Embed Links there" in caplog.text
        await server.alice.send(server.helpful, f"{ANSWERED} please")
        assert len(server.said(server.helpful)) == 1


async def test_commands_are_told_to_discord_when_they_changed_and_not_at_every_start(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        await server.restart()
        puts = [entry for entry in server.env.http_requests if entry.method == "PUT" and "commands" in entry.path]
        assert len(puts) == 1


async def test_a_thread_is_watched_as_its_channel_is(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        channel = server.client.get_channel(server.helpful.id)
        assert isinstance(channel, discord.TextChannel)
        await channel.create_thread(name="a thread", type=discord.ChannelType.public_thread)
        (thread,) = server.helpful.threads
        await server.alice.send(thread, ANSWERED)
        assert len(server.said(thread)) == 1
        ((seen,),) = server.engine.stores.db.rows("SELECT visible_to FROM interaction")
        assert f"channel:{server.helpful.id}" in str(seen)
        assert f"channel:{thread.id}" in str(seen)
