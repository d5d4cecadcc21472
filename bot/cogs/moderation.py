"""What moderators see and change on Discord: ``/kb`` for what is known, ``/channel`` for where knowbot speaks."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Literal, get_args

import discord
from discord import app_commands
from discord.ext import commands

from bot import words
from bot.community.staff import refuse_others
from bot.community.uploads import LARGEST_UPLOAD, is_address, keep
from bot.gateway.command_names import choices
from bot.outgoing.status import Status, status_embed
from bot.outgoing.telling import tell
from storage.audit import Action

if TYPE_CHECKING:
    from bot.client import KnowbotClient

logger = logging.getLogger(__name__)

ORIGIN = "discord"
"""Who asked for a job."""

Chosen = Literal["helpful", "mention", "silent", "shadow", "off", "default"]
"""What a channel may be set to: a mode, not to be watched, or whatever the settings say."""

_MANAGERS = discord.Permissions(manage_messages=True)
_LONGEST_TEXT = 4000
_LATEST = 5


class Moderation(commands.Cog, name="moderation"):
    """Discord hides these commands from all but moderators; roles and members of its own choice it lets in as well."""

    kb = app_commands.Group(
        name="kb", description="What I know, and where from.", default_permissions=_MANAGERS, guild_only=True
    )
    channel = app_commands.Group(
        name="channel", description="How I behave in a channel.", default_permissions=_MANAGERS, guild_only=True
    )

    def __init__(self, client: KnowbotClient) -> None:
        self._client = client

    async def interaction_check(self, interaction: discord.Interaction, /) -> bool:
        """Checked here all the same, since Discord's own permissions may have been opened to everybody."""
        return not await refuse_others(interaction, self._client.settings)

    @kb.command(name="status", description="Documents, what is out of date, jobs, channels, and who changed what.")
    async def status(self, interaction: discord.Interaction) -> None:
        """For nobody else to see."""
        async with self._client.deferring.thinking(interaction):
            status = await asyncio.to_thread(self._status, str(interaction.guild_id), self._space(interaction))
            modes = self._client.places.modes(interaction.guild_id or 0)
            modes = {number: mode for number, mode in modes.items() if self._is_here(interaction, number)}
            live = frozenset(number for number in modes if self._client.places.was_set(number))
            await interaction.edit_original_response(embed=status_embed(status, modes, live))

    @kb.command(name="add", description="Give me a document: a file, a page's address, or a text.")
    @app_commands.describe(
        file="A document of any format that I read",
        url="The address of a page or a sitemap",
        text="What I shall know, in your words",
        title="What the text is about; best as the question it answers",
    )
    async def add(
        self,
        interaction: discord.Interaction,
        file: discord.Attachment | None = None,
        url: str | None = None,
        text: app_commands.Range[str, 1, _LONGEST_TEXT] | None = None,
        title: app_commands.Range[str, 1, 150] | None = None,
    ) -> None:
        """Everybody on the server may be answered from it."""
        async with self._client.deferring.thinking(interaction):
            if [file, url, text].count(None) != 2 or (text and not title):
                await tell(interaction, words.ADD_ONE)
            elif url and not is_address(url):
                await tell(interaction, words.ADD_ADDRESS)
            elif file and file.size > LARGEST_UPLOAD:
                await tell(interaction, words.ADD_TOO_LARGE)
            else:
                place, shown = url or "", url or ""
                if file:
                    place, shown = await self._kept(interaction, file.filename, await file.read()), file.filename
                elif text:
                    place = await self._kept(interaction, f"{title}.md", f"# {title}\n\n{text}\n".encode())
                    shown = title or ""
                await self._queue(interaction, "kb ingest", {"path": place}, shown)

    @kb.command(name="refresh", description="Look at all sources again now.")
    async def refresh(self, interaction: discord.Interaction) -> None:
        """The worker does it."""
        async with self._client.deferring.thinking(interaction):
            await self._queue(interaction, "kb refresh", {}, "")

    @channel.command(name="mode", description="Set how I behave in a channel; it counts at once.")
    @app_commands.describe(
        channel="A channel or forum",
        mode="helpful answers unasked; shadow only listens; off: not watched; default: as set before",
    )
    @app_commands.choices(mode=choices(get_args(Chosen)))
    async def mode(
        self,
        interaction: discord.Interaction,
        channel: discord.TextChannel | discord.ForumChannel,
        mode: Chosen,
    ) -> None:
        """On top of the settings file, and over a restart."""
        async with self._client.deferring.thinking(interaction):
            await self._client.places.set_mode(channel, None if mode == "default" else mode, interaction.user.id)
            logger.info("#%s in %s is %s now", channel, interaction.guild, mode)
            await self._client.noticing.settle(channel.guild)
            untold = self._client.places.is_shadow(channel) and not self._client.noticing.stands_in(channel.id)
            said = words.shadow_untold(channel.mention) if untold else words.mode_set(channel.mention, mode)
            await tell(interaction, said)

    async def _kept(self, interaction: discord.Interaction, name: str, content: bytes) -> str:
        data_dir = self._client.settings.data_dir
        return str(await asyncio.to_thread(keep, data_dir, self._space(interaction), name, content))

    async def _queue(
        self, interaction: discord.Interaction, action: Action, arguments: dict[str, str], shown: str
    ) -> None:
        engine, run, name = self._client.engine, self._client.lane.run, action.removeprefix("kb ")
        job = await run(engine.stores.jobs.add, name, self._space(interaction), engine.clock(), arguments, ORIGIN)
        await run(engine.members.audit, str(interaction.guild_id), interaction.user.id, action, shown)
        await interaction.edit_original_response(content=words.queued(name, shown, job.id))

    def _status(self, server: str, space: str) -> Status:
        engine = self._client.engine
        return Status(
            space=space,
            counts=engine.stores.documents.counts(space),
            generation=engine.stores.generations.active(space),
            stale=tuple(engine.upkeep.stale(space)),
            jobs=tuple(engine.stores.jobs.recent(_LATEST, None if self._client.settings.spaces == {space} else space)),
            audit=tuple(engine.stores.audit.latest(server, _LATEST)),
        )

    def _space(self, interaction: discord.Interaction) -> str:
        return self._client.settings.space_of(interaction.guild_id)

    def _is_here(self, interaction: discord.Interaction, number: int) -> bool:
        return interaction.guild is not None and interaction.guild.get_channel(number) is not None
