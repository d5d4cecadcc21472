"""A Discord server of SimCord's with knowbot on it: channels of every mode, a member, a moderator, a helper role."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import discord
import simcord
from simcord.enums import MessageType

from bot.client import KnowbotClient
from bot.lane import AnswerLane
from bot.settings import DiscordSettings, Settings
from retrieval.engine import Engine
from retrieval.settings import RetrievalSettings

ANSWERED = "how do I change where the photos are stored"
"""The example answers it, even unasked."""

UNSURE = "does lanternfish read xmp sidecars written by other programs"
OFF_TOPIC = "anyone got a good recipe for carbonara without cream"


class Clock:
    """The engine's time, which passes only where a story says so."""

    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True)
class Server:
    """What a story needs to be told."""

    env: simcord.Env
    client: KnowbotClient
    engine: Engine
    clock: Clock
    helpful: simcord.ChannelHandle
    mention: simcord.ChannelHandle
    silent: simcord.ChannelHandle
    unwatched: simcord.ChannelHandle
    moderators: simcord.ChannelHandle
    helpers: simcord.RoleHandle
    alice: simcord.MemberActor
    mod: simcord.MemberActor
    bob: simcord.MemberActor
    guild: simcord.GuildHandle
    lanes: list[AnswerLane]

    def said(self, channel: simcord.ChannelHandle) -> list[discord.Message]:
        """What knowbot posted in a channel, oldest first."""
        me = self.client.user
        return [message for message in channel.history() if message.author == me]

    async def wait(self, seconds: float) -> None:
        """Lets time pass, for the engine as for Discord."""
        self.clock.now += seconds
        await self.env.advance_time(120)

    async def open_post(
        self, forum: simcord.ChannelHandle, author: simcord.MemberActor, title: str, text: str
    ) -> simcord.ChannelHandle:
        """A member opens a post of a forum: the thread has the number of its first message."""
        backend = self.env.backend
        thread = backend.create_thread(forum.id, title, author.id, broadcast=False)
        backend.announce_thread_create(thread)
        starter = backend.prepare_message(thread.id, author.id, text)
        starter.id = thread.id
        backend.commit_message(starter)
        await self.env.settle()
        return next(each for each in forum.threads if each.id == thread.id)

    async def open_thread(
        self, channel: simcord.ChannelHandle, author: simcord.MemberActor, title: str, message: discord.Message
    ) -> simcord.ChannelHandle:
        """A member opens a thread on a message: it begins with a line that refers to the message."""
        backend = self.env.backend
        thread = backend.create_thread(channel.id, title, author.id, message_id=message.id, broadcast=False)
        backend.announce_thread_create(thread)
        question = {"referenced_channel_id": channel.id, "referenced_message_id": message.id}
        backend.create_system_message(thread.id, MessageType.THREAD_STARTER_MESSAGE, author.id, **question)
        await self.env.settle()
        return next(each for each in channel.threads if each.id == thread.id)

    async def restart(self) -> None:
        """Another client over the same data, as after a restart."""
        client = a_client(self.engine, self.client.settings)
        self.lanes.append(client.lane)
        await self.env.restart_bot(client)


def a_client(engine: Engine, settings: Settings) -> KnowbotClient:
    return KnowbotClient(settings, engine, AnswerLane(engine))


@asynccontextmanager
async def a_server(data_dir: Path, encoder: str = "hashing", patience: float = 0) -> AsyncIterator[Server]:
    """Opens the server over a data folder; ``patience`` is what knowbot waits for the rest of a question."""
    clock = Clock()
    with Engine(data_dir, RetrievalSettings(encoder=encoder), clock) as engine:
        client = a_client(engine, Settings(data_dir=data_dir))
        lanes = [client.lane]
        async with simcord.run(client) as env:
            guild = env.create_guild("Lanternfish")
            helpful, mention, silent, unwatched, moderators = (
                guild.create_text_channel(name) for name in ("help", "chat", "quiet", "elsewhere", "moderators")
            )
            helpers = guild.create_role("helpers")
            staff = guild.create_role("staff", permissions=discord.Permissions(manage_messages=True))
            client.settings = Settings(
                data_dir=data_dir,
                discord=DiscordSettings(
                    moderators_channel=moderators.id,
                    helper_role=helpers.id,
                    patience=patience,
                    channels={helpful.id: "helpful", mention.id: "mention", silent.id: "silent"},
                ),
            )
            alice = guild.add_member(env.create_user("alice"))
            bob = guild.add_member(env.create_user("bob"))
            mod = guild.add_member(env.create_user("mod"), roles=[staff])
            channels = (helpful, mention, silent, unwatched, moderators)
            yield Server(env, client, engine, clock, *channels, helpers, alice, mod, bob, guild, lanes)
        # A thread may be warming up still: the database must not close under it.
        for lane in lanes:
            await lane.close()


def text_of(message: discord.Message) -> str:
    """Everything that a member reads of a message."""
    parts: list[str | None] = [message.content]
    for embed in message.embeds:
        parts += [embed.title, embed.description, *(f"{field.name}\n{field.value}" for field in embed.fields)]
        parts.append(embed.footer.text)
    return "\n".join(part for part in parts if part)


def labels(message: discord.Message) -> Sequence[str]:
    """What stands on the buttons under a message."""
    rows = (row for row in message.components if isinstance(row, discord.ActionRow))
    return [str(button.label) for row in rows for button in row.children if isinstance(button, discord.Button)]


def called(server: Server, text: str) -> str:
    """``text`` with a mention of knowbot in front."""
    assert server.client.user is not None
    return f"<@{server.client.user.id}> {text}"
