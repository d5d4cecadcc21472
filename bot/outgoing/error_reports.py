"""An error goes two ways: a friendly sentence to who ran into it, the error itself to the log, under one id."""

from __future__ import annotations

import logging
import secrets
from collections import Counter

import discord
from discord import app_commands

from bot import words
from bot.gateway.connecting import UNREACHABLE
from bot.gateway.discord_check import TOKEN_REFUSED
from bot.observing.blotting import quotes_nobody
from bot.outgoing.error_kinds import is_token_refused, kind_of
from bot.outgoing.telling import tell
from storage.errors import KnowbotError

logger = logging.getLogger(__name__)

_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without those that are taken for others when somebody types them."""

_ID_LENGTH = 5


class ErrorReports:
    """Explains errors; ``counts`` is how many of each kind there were since the start."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def explain(self, error: BaseException, where: str = "") -> str:
        """What a member reads instead of an error. Nothing of the error's own text is in it.

        ``where`` is what failed, for the log: the name of a command or an event.
        """
        kind = kind_of(error)
        self.counts[kind.name] += 1
        if kind.is_expected:
            logger.info("%s%s", f"{where}: " if where else "", kind.name)
            return kind.sentence
        number = "".join(secrets.choice(_LETTERS) for _ in range(_ID_LENGTH))
        cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
        is_plain = isinstance(cause, KnowbotError | discord.HTTPException)
        logger.error(
            *("%s%s", f"{where}: " if where else "", _said(cause) if is_plain else f"unexpected {_named(cause)}"),
            exc_info=None if is_plain else cause,
            extra={"trouble": number, "kind": kind.name},
        )
        return words.with_id(kind.sentence, number)

    async def tell(self, interaction: discord.Interaction, error: BaseException, where: str = "") -> None:
        """Explains to whoever used a command, a button or a form; a check that failed has told them already."""
        if isinstance(error, app_commands.CheckFailure) and interaction.response.is_done():
            return
        sentence = self.explain(error, where)
        try:
            await tell(interaction, sentence)
        except (discord.HTTPException, *UNREACHABLE) as refused:
            logger.error("who ran into it could not be told: %s", _said(refused))

    def not_sent(self, error: discord.HTTPException, channel: object) -> None:
        """Logs why something could not be posted, with what an operator can change."""
        self.counts[kind_of(error).name] += 1
        if isinstance(error, discord.Forbidden):
            logger.error("I may not post in #%s: allow me View Channel, Send Messages and Embed Links there", channel)
        elif is_token_refused(error):
            logger.error(TOKEN_REFUSED)
        else:
            logger.error("Discord refused a message in #%s: %s", channel, error)

    def not_read(self, error: discord.HTTPException, channel: object) -> None:
        """Logs why a channel's past could not be read."""
        self.counts[kind_of(error).name] += 1
        if isinstance(error, discord.Forbidden):
            logger.error("I may not read #%s: allow me View Channel and Read Message History there", channel)
        else:
            logger.error("Discord would not show #%s: %s", channel, error)


def _named(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if quotes_nobody(error) and str(error) else type(error).__name__


def _said(error: BaseException) -> str:
    return str(error) or type(error).__name__
