"""knowbot as a good member of a server: it waits, keeps quiet, does not repeat itself, and follows second thoughts."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import words
from bot.community.manners import ANSWERS_IN_A_CHANNEL, EDIT_SECONDS, QUIET_SECONDS, Allowance, Presence
from tests.bot.server import ANSWERED, UNSURE, Server, a_server, called, text_of


def questions(server: Server) -> list[str]:
    return [text for (text,) in server.engine.stores.db.rows("SELECT question FROM interaction ORDER BY id")]


@pytest.mark.asyncio
async def test_a_question_in_three_messages_is_answered_once_and_whole(data_dir: Path) -> None:
    async with a_server(data_dir, patience=10) as server:
        for part in (called(server, "how do I set up"), "authentik as login", "for the photo server"):
            last = await server.alice.send(server.unwatched, part)
            await server.env.advance_time(5)
        assert server.said(server.unwatched) == []
        await server.env.advance_time(40)
        (reply,) = server.said(server.unwatched)
        assert reply.reference is not None
        assert reply.reference.message_id == last.id
        assert questions(server) == ["how do I set up\nauthentik as login\nfor the photo server"]


@pytest.mark.asyncio
async def test_two_members_who_write_at_once_have_a_question_each(data_dir: Path) -> None:
    async with a_server(data_dir, patience=10) as server:
        await server.alice.send(server.helpful, ANSWERED)
        await server.bob.send(server.helpful, UNSURE)
        await server.env.advance_time(40)
        assert sorted(questions(server)) == sorted([ANSWERED, UNSURE])


@pytest.mark.asyncio
async def test_a_part_that_is_deleted_or_edited_while_knowbot_waits_counts_as_it_is_then(data_dir: Path) -> None:
    async with a_server(data_dir, patience=10) as server:
        wrong = await server.alice.send(server.helpful, "whatever")
        right = await server.alice.send(server.helpful, "how do I set up authentic")
        await server.alice.delete(wrong)
        await server.alice.edit(right, ANSWERED)
        await server.env.advance_time(40)
        assert questions(server) == [ANSWERED]


@pytest.mark.asyncio
async def test_after_staff_answer_a_channel_hears_nothing_unasked_for_half_an_hour(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        await server.alice.send(server.helpful, "good morning")
        await server.mod.send(server.helpful, "the photo server takes any login that speaks openid")
        await server.alice.send(server.helpful, ANSWERED)
        assert server.said(server.helpful) == []
        await server.alice.send(server.helpful, called(server, ANSWERED))
        assert len(server.said(server.helpful)) == 1
        await server.wait(QUIET_SECONDS + 1)
        await server.alice.send(server.helpful, f"{ANSWERED} please")
        assert len(server.said(server.helpful)) == 2


@pytest.mark.asyncio
async def test_what_staff_tell_each_other_keeps_nobody_quiet(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        await server.mod.send(server.helpful, "we ship the new version tonight")
        await server.alice.send(server.helpful, ANSWERED)
        assert len(server.said(server.helpful)) == 1


@pytest.mark.asyncio
async def test_the_same_question_again_points_to_the_first_answer(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        await server.alice.send(server.helpful, ANSWERED)
        (first,) = server.said(server.helpful)
        for text in (ANSWERED, f"{ANSWERED.upper()}?", called(server, ANSWERED)):
            await server.bob.send(server.helpful, text)
            pointer = server.said(server.helpful)[-1]
            assert pointer.content == words.answered_before(first.jump_url)
            assert not pointer.embeds
        await server.bob.send(server.unwatched, called(server, ANSWERED))
        assert words.SOURCE in text_of(server.said(server.unwatched)[0])
        server.clock.now += 90_000
        await server.bob.send(server.helpful, ANSWERED)
        assert words.SOURCE in text_of(server.said(server.helpful)[-1])


@pytest.mark.asyncio
async def test_an_answer_that_was_withdrawn_is_pointed_to_by_nothing(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        await server.alice.send(server.helpful, ANSWERED)
        await server.mod.click(server.said(server.helpful)[0], label=words.WITHDRAW)
        await server.bob.send(server.helpful, ANSWERED)
        assert words.SOURCE in text_of(server.said(server.helpful)[-1])


@pytest.mark.asyncio
async def test_an_edit_within_a_minute_edits_the_answer(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        asked = await server.alice.send(server.unwatched, called(server, UNSURE))
        (before,) = server.said(server.unwatched)
        await server.alice.edit(asked, called(server, ANSWERED))
        (after,) = server.said(server.unwatched)
        assert after.id == before.id
        assert words.SOURCE in text_of(after)
        assert questions(server) == [ANSWERED]
        await server.env.advance_time(EDIT_SECONDS + 5)
        await server.alice.edit(asked, called(server, UNSURE))
        assert text_of(server.said(server.unwatched)[0]) == text_of(after)


@pytest.mark.asyncio
async def test_an_edit_that_leaves_nothing_to_answer_takes_an_unasked_answer_back(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        asked = await server.alice.send(server.helpful, ANSWERED)
        await server.alice.edit(asked, "never mind, thanks")
        assert server.said(server.helpful) == []


@pytest.mark.asyncio
async def test_a_deleted_question_takes_its_answer_along_also_after_a_restart(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        first = await server.alice.send(server.helpful, ANSWERED)
        second = await server.alice.send(server.unwatched, called(server, ANSWERED))
        await server.alice.delete(first)
        assert server.said(server.helpful) == []
        await server.restart()
        await server.alice.delete(second)
        assert server.said(server.unwatched) == []
        assert all(each.withdrawn_at for each in server.engine.stores.interactions.list(None, 9))


@pytest.mark.asyncio
async def test_an_answer_that_a_moderator_deletes_counts_as_withdrawn(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        await server.alice.send(server.helpful, ANSWERED)
        await server.mod.delete(server.said(server.helpful)[0])
        (asked,) = server.engine.stores.interactions.list(None, 9)
        assert asked.withdrawn_at is not None


@pytest.mark.asyncio
async def test_a_channel_hears_eight_unasked_answers_and_then_only_those_who_ask_knowbot(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        for _ in range(ANSWERS_IN_A_CHANNEL + 2):
            await server.alice.send(server.helpful, ANSWERED)
        assert len(server.said(server.helpful)) == ANSWERS_IN_A_CHANNEL
        await server.alice.send(server.helpful, called(server, ANSWERED))
        assert len(server.said(server.helpful)) == ANSWERS_IN_A_CHANNEL + 1
        server.clock.now += 601
        await server.bob.send(server.helpful, ANSWERED)
        assert len(server.said(server.helpful)) == ANSWERS_IN_A_CHANNEL + 2


@pytest.mark.asyncio
async def test_beyond_a_channels_limit_everybody_there_is_asked_for_patience(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.cogs.answers.QUESTIONS_IN_A_CHANNEL", 3)
    async with a_server(data_dir) as server:
        for member in (server.alice, server.bob, server.alice, server.bob, server.bob):
            await member.send(server.unwatched, called(server, "hello"))
        said = [text_of(message) for message in server.said(server.unwatched)]
        assert said.count(words.SLOWER) == 1
        assert said[-1] == words.SLOWER
        assert len(said) == 4
        await server.bob.send(server.mention, called(server, "hello"))
        assert text_of(server.said(server.mention)[0]) != words.SLOWER


def test_a_channel_hears_so_many_unasked_answers_and_no_more() -> None:
    allowance = Allowance(ANSWERS_IN_A_CHANNEL, 600.0)
    taken = [allowance.take(1, 0.0) for _ in range(ANSWERS_IN_A_CHANNEL + 2)]
    assert taken.count(True) == ANSWERS_IN_A_CHANNEL
    assert allowance.take(2, 0.0)
    assert allowance.take(1, 601.0)


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.floats(0, 4000))))
def test_quiet_ends_half_an_hour_after_the_last_word_of_staff(spoken: list[tuple[bool, bool, float]]) -> None:
    presence, now = Presence(), 0.0
    for by_staff, is_reply, pause in spoken:
        now += pause
        presence.heard(1, by_staff, is_reply, now)
    assert not presence.is_quiet(1, now + QUIET_SECONDS + 1)
    assert not presence.is_quiet(2, now)
