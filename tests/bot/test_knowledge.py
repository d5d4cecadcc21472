"""Knowledge from Discord: channels that are learnt, answers that are saved, who may see them, and how they go."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import discord
import pytest
import simcord

from bot import words
from tests.bot.server import Server, a_server, called, text_of

ZEBRA = "The zebra quota is exactly forty-one stripes for every member of the herd, foals included."
ASKED = "how many stripes is the zebra quota"
HIDDEN = discord.PermissionOverwrite(view_channel=False)
SHOWN = discord.PermissionOverwrite(view_channel=True, read_message_history=True, send_messages=True)


def secret_channel(server: Server) -> simcord.ChannelHandle:
    """One that mod and bob read, and alice does not."""
    assert server.client.user is not None
    readers: dict[Any, discord.PermissionOverwrite] = {server.mod: SHOWN, server.bob: SHOWN, server.client.user: SHOWN}
    return server.guild.create_text_channel("secret", overwrites={server.guild.default_role: HIDDEN, **readers})


async def answer_to(server: Server, member: simcord.MemberActor, channel: simcord.ChannelHandle) -> str:
    await member.send(channel, called(server, ASKED))
    return text_of(server.said(channel)[-1])


async def private_answer(server: Server, member: simcord.MemberActor) -> str:
    result = await member.slash(server.unwatched, "ask", question=ASKED, private=True)
    assert result.response is not None
    return text_of(result.response.message)


def documents(server: Server) -> list[tuple[str, str]]:
    found = server.engine.stores.db.rows("SELECT text, visibility FROM document WHERE format = 'discord'")
    return [(str(text), str(visibility)) for text, visibility in found]


@pytest.mark.asyncio
async def test_an_open_channel_answers_everywhere_once_staff_have_it_learnt(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        await server.bob.send(server.silent, ZEBRA)
        await server.bob.send(server.silent, "short")
        assert documents(server) == []
        await server.mod.slash(server.moderators, "learn", channel=server.silent)
        ((text, visibility),) = documents(server)
        assert ZEBRA in text
        assert visibility == f"channel:{server.silent.id}"
        assert "forty-one" in await answer_to(server, server.alice, server.unwatched)


@pytest.mark.asyncio
async def test_what_a_private_channel_says_is_told_there_and_privately_to_its_readers_only(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        secret = secret_channel(server)
        await server.bob.send(secret, ZEBRA)
        await server.mod.slash(server.moderators, "learn", channel=secret)
        assert "forty-one" in await answer_to(server, server.bob, secret)
        assert "forty-one" not in await answer_to(server, server.bob, server.unwatched)
        assert "forty-one" in await private_answer(server, server.bob)
        assert "forty-one" not in await private_answer(server, server.alice)


@pytest.mark.asyncio
async def test_an_edited_message_is_quoted_as_it_is_and_a_deleted_one_not_at_all(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        message = await server.bob.send(server.silent, ZEBRA)
        await server.mod.slash(server.moderators, "learn", channel=server.silent)
        await answer_to(server, server.alice, server.unwatched)
        await server.bob.edit(message, ZEBRA.replace("forty-one", "ninety-nine"))
        assert text_of(server.said(server.unwatched)[-1]) == words.SOURCE_WITHDRAWN
        assert "ninety-nine" in await answer_to(server, server.alice, server.unwatched)
        await server.bob.delete(message)
        assert text_of(server.said(server.unwatched)[-1]) == words.SOURCE_WITHDRAWN
        assert documents(server) == []
        assert "ninety-nine" not in await answer_to(server, server.alice, server.unwatched)


@pytest.mark.asyncio
async def test_of_a_forum_solved_threads_are_learnt_as_question_and_accepted_answer(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        forum = server.guild.create_forum_channel("questions")
        solved = await server.open_post(forum, server.alice, "Zebra quota", f"{ASKED}, does anybody know?")
        await server.mod.send(solved, "no idea, but somebody else will surely be able to tell you that")
        answer = await server.bob.send(solved, ZEBRA)
        await server.alice.react(answer, "✅")
        unsolved = await server.open_post(forum, server.alice, "Gnu quota", "and how many stripes has a gnu?")
        await server.bob.send(unsolved, "I would say that it has got none at all, but who am I to tell")
        await server.mod.slash(server.moderators, "learn", channel=forum)
        ((text, visibility),) = documents(server)
        assert ZEBRA in text
        assert "does anybody know?" in text
        assert "no idea" not in text
        assert visibility == f"channel:{forum.id}"
        await server.bob.delete(answer)
        assert documents(server) == []


@pytest.mark.asyncio
async def test_staff_have_no_channel_learnt_that_they_may_not_read(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        unread = discord.PermissionOverwrite(read_message_history=False)
        secret = server.guild.create_text_channel("new here", overwrites={server.mod: unread})
        await server.bob.send(secret, ZEBRA)
        refused = await server.mod.slash(server.moderators, "learn", channel=secret)
        assert refused.response is not None
        assert refused.response.content == words.NOT_YOUR_CHANNEL
        assert documents(server) == []


@pytest.mark.asyncio
async def test_nothing_is_learnt_from_those_who_opted_out_nor_by_members(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        await server.bob.send(server.silent, ZEBRA)
        await server.bob.slash(server.silent, "privacy", choice="opt-out")
        await server.mod.slash(server.moderators, "learn", channel=server.silent)
        assert documents(server) == []


@pytest.mark.asyncio
async def test_unlearn_and_forget_me_take_what_was_learnt_back(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        await server.bob.send(server.silent, ZEBRA)
        await server.mod.slash(server.moderators, "learn", channel=server.silent)
        await server.mod.slash(server.moderators, "unlearn", channel=server.silent)
        assert documents(server) == []
        await server.mod.slash(server.moderators, "learn", channel=server.silent)
        assert len(documents(server)) == 1
        asked = await server.bob.slash(server.unwatched, "forget-me")
        assert asked.response is not None
        await server.bob.click(asked.response.message, label=words.FORGET_ME)
        assert documents(server) == []


@pytest.mark.asyncio
async def test_a_helpers_message_becomes_an_answer_once_staff_have_approved_it(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        await server.alice.send(server.unwatched, f"{ASKED}?")
        message = await server.bob.send(server.unwatched, "exactly forty-one, for all of them, foals included")
        form = await server.mod.context_menu(server.unwatched, "Save as answer", message)
        values = {"question": f"{ASKED}?", "answer": ZEBRA, "days": "30"}
        draft = await server.mod.submit_modal(form, values)
        assert documents(server) == []
        assert draft.response is not None
        await server.restart()
        await server.mod.click(draft.response.message, label=words.PUBLISH)
        said = await answer_to(server, server.alice, server.unwatched)
        assert "forty-one stripes" in said
        assert message.jump_url in said
        server.clock.now += 31 * 86_400
        assert "forty-one" not in await answer_to(server, server.alice, server.mention)


@pytest.mark.asyncio
async def test_a_draft_is_discarded_and_an_approved_answer_goes_with_its_message(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        message = await server.bob.send(server.unwatched, ZEBRA)
        values = {"question": f"{ASKED}?", "answer": ZEBRA, "days": "30"}
        for decision in (words.DISCARD, words.PUBLISH):
            form = await server.mod.context_menu(server.unwatched, "Save as answer", message)
            draft = await server.mod.submit_modal(form, values)
            assert draft.response is not None
            await server.mod.click(draft.response.message, label=decision)
            assert len(documents(server)) == (decision == words.PUBLISH)
        await server.bob.edit(message, f"{ZEBRA} Or so I think.")
        assert documents(server) == []


@pytest.mark.asyncio
async def test_what_is_said_in_a_private_thread_is_told_in_that_thread_only(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        channel = server.client.get_channel(server.helpful.id)
        assert isinstance(channel, discord.TextChannel)
        private = await channel.create_thread(name="quota", type=discord.ChannelType.private_thread)
        for member in (server.bob, server.mod):
            await private.add_user(discord.Object(member.id))
        (thread,) = server.helpful.threads
        answer = await server.bob.send(thread, ZEBRA)
        await server.mod.react(answer, "✅")
        form = await server.mod.context_menu(thread, "Save as answer", answer)
        draft = await server.mod.submit_modal(form, {"question": f"{ASKED}?", "answer": ZEBRA, "days": "30"})
        assert draft.response is not None
        await server.mod.click(draft.response.message, label=words.PUBLISH)
        assert [visibility for _, visibility in documents(server)] == [f"channel:{thread.id}"]
        assert "forty-one" in await answer_to(server, server.bob, thread)
        for place in (server.helpful, server.unwatched):
            assert "forty-one" not in await answer_to(server, server.bob, place)
        assert "forty-one" not in await private_answer(server, server.alice)


@pytest.mark.asyncio
async def test_a_solved_thread_is_among_the_similar_questions(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        forum = server.guild.create_forum_channel("questions")
        solved = await server.open_post(
            forum, server.alice, "How many stripes is the zebra quota?", f"{ASKED}, please?"
        )
        answer = await server.bob.send(solved, ZEBRA)
        await server.alice.react(answer, "✅")
        await server.mod.slash(server.moderators, "learn", channel=forum)
        asked = await server.alice.send(server.unwatched, ASKED)
        found = await server.bob.context_menu(server.unwatched, "Similar questions", asked)
        assert found.response is not None
        assert answer.jump_url in text_of(found.response.message)


@pytest.mark.asyncio
async def test_forget_me_takes_drafts_and_saved_answers_and_withdraws_what_quotes_them(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        message = await server.bob.send(server.unwatched, ZEBRA)
        values = {"question": f"{ASKED}?", "answer": ZEBRA, "days": "30"}
        for publish in (True, False):
            form = await server.mod.context_menu(server.unwatched, "Save as answer", message)
            draft = await server.mod.submit_modal(form, values)
            assert draft.response is not None
            if publish:
                await server.mod.click(draft.response.message, label=words.PUBLISH)
        assert "forty-one" in await answer_to(server, server.alice, server.mention)
        asked = await server.bob.slash(server.unwatched, "forget-me")
        assert asked.response is not None
        await server.bob.click(asked.response.message, label=words.FORGET_ME)
        assert documents(server) == []
        assert server.engine.stores.db.rows("SELECT 1 FROM answer_draft") == []
        assert text_of(server.said(server.mention)[-1]) == words.SOURCE_WITHDRAWN


async def close(server: Server, channel: simcord.ChannelHandle) -> None:
    """From now on nobody but moderators reads it."""
    found = server.client.get_channel(channel.id)
    assert isinstance(found, discord.TextChannel)
    await found.set_permissions(found.guild.default_role, view_channel=False)
    await server.env.settle()


async def close_everything(server: Server, channel: simcord.ChannelHandle) -> None:
    """From now on everybody needs a role for every channel."""
    role = server.client.guilds[0].default_role
    hidden = discord.Permissions(role.permissions.value & ~discord.Permissions(view_channel=True).value)
    await role.edit(permissions=hidden)
    await server.env.settle()


@pytest.mark.asyncio
@pytest.mark.parametrize("closed", [close, close_everything])
async def test_answers_that_quote_a_channel_which_is_closed_are_withdrawn_elsewhere(
    data_dir: Path, closed: Callable[[Server, simcord.ChannelHandle], Awaitable[None]]
) -> None:
    async with a_server(data_dir) as server:
        await server.bob.send(server.silent, ZEBRA)
        await server.mod.slash(server.moderators, "learn", channel=server.silent)
        for place in (server.unwatched, server.silent):
            assert "forty-one" in await answer_to(server, server.alice, place)
        (elsewhere,) = server.said(server.unwatched)
        unknown = await server.alice.slash(server.mention, "ask", question="how do I change where photos are stored")
        await closed(server, server.silent)
        assert text_of(server.said(server.unwatched)[0]) == words.SOURCE_WITHDRAWN
        assert "forty-one" in text_of(server.said(server.silent)[-1]), "who reads it there reads the channel"
        assert words.SOURCE in text_of(server.said(server.mention)[0])
        assert unknown.response is not None
        (asked,) = [each for each in server.engine.stores.interactions.list(None, 9) if each.reply_id == elsewhere.id]
        assert asked.withdrawn_at is not None


@pytest.mark.asyncio
async def test_sources_show_nothing_to_whom_the_channels_past_is_closed_by_now(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        await server.bob.send(server.silent, ZEBRA)
        await server.mod.slash(server.moderators, "learn", channel=server.silent)
        await answer_to(server, server.alice, server.silent)
        reply = server.said(server.silent)[-1]
        found = server.client.get_channel(server.silent.id)
        assert isinstance(found, discord.TextChannel)
        await found.set_permissions(await found.guild.fetch_member(server.alice.id), read_message_history=False)
        await server.env.settle()
        for member, sees in ((server.alice, False), (server.bob, True)):
            pressed = await member.click(reply, label=words.SHOW_SOURCES)
            assert pressed.response is not None
            assert ("forty-one" in text_of(pressed.response.message)) is sees
