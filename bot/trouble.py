"""What goes wrong, in a friendly line for who asked and a plain one for the log."""

from __future__ import annotations

import logging

import discord
from discord import app_commands

from bot import words
from bot.discord_check import TOKEN_REFUSED
from bot.lane import LaneBusyError
from bot.servers import SeveralSpacesError
from retrieval.engine import NothingIndexedError
from retrieval.query import EmptyQuestionError
from storage.errors import KnowbotError

logger = logging.getLogger(__name__)

_UNAUTHORIZED = 401


def friendly(error: BaseException) -> str:
    """What a member reads instead of an error; whatever they cannot mend themselves goes into the log."""
    if isinstance(error, EmptyQuestionError):
        return words.ASK_SOMETHING
    if isinstance(error, NothingIndexedError):
        logger.warning("%s", error)
        return words.NOTHING_KNOWN
    if isinstance(error, SeveralSpacesError):
        return words.ASK_ON_SERVER
    if isinstance(error, LaneBusyError):
        logger.warning("%s", error)
        return words.BUSY
    if isinstance(error, KnowbotError):
        logger.error("%s", error)
    else:
        logger.error("unexpected: %s", error, exc_info=error)
    return words.FAILED


def not_sent(error: discord.HTTPException, channel: object) -> None:
    """Logs why something could not be posted, with what an operator can change."""
    if isinstance(error, discord.Forbidden):
        logger.error("I may not post in #%s: allow me View Channel, Send Messages and Embed Links there", channel)
    elif is_token_refused(error):
        logger.error(TOKEN_REFUSED)
    else:
        logger.error("Discord refused a message in #%s: %s", channel, error)


def is_token_refused(error: discord.HTTPException) -> bool:
    """True where it is the bot's own token; that of an interaction, which ends after 15 minutes, has a code."""
    return error.status == _UNAUTHORIZED and error.code == 0


def not_read(error: discord.HTTPException, channel: object) -> None:
    """Logs why a channel's past could not be read."""
    if isinstance(error, discord.Forbidden):
        logger.error("I may not read #%s: allow me View Channel and Read Message History there", channel)
    else:
        logger.error("Discord would not show #%s: %s", channel, error)


async def tell(interaction: discord.Interaction, text: str) -> None:
    """An ephemeral line in answer to a command or a button, whether it was acknowledged already or not."""
    if interaction.response.is_done():
        await interaction.followup.send(text, ephemeral=True)
    else:
        await interaction.response.send_message(text, ephemeral=True)


class KnowbotTree(app_commands.CommandTree[discord.Client]):
    """Commands whose failures end in a friendly line."""

    async def on_error(self, interaction: discord.Interaction, error: app_commands.AppCommandError, /) -> None:
        """Tells who asked; Discord itself may have gone, and then there is nobody to tell."""
        cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
        try:
            await tell(interaction, friendly(cause))
        except discord.HTTPException as refused:
            logger.error("a command failed and its author could not be told: %s", refused)
