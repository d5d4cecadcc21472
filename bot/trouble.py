"""Every error in what a member reads of it: one table for commands, buttons, forms, messages and events alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import discord
from discord import app_commands

from bot import words
from bot.lane import LaneBusyError
from bot.servers import SeveralSpacesError
from retrieval.errors import (
    ApiKeyMissingError,
    ApiRefusedError,
    ApiUnavailableError,
    BudgetExhaustedError,
    ChunkingMismatchError,
    ClientMissingError,
    EmptyQuestionError,
    EncoderBrokenError,
    EncoderUnavailableError,
    FingerprintMismatchError,
    NothingIndexedError,
    OutOfMemoryError,
)
from storage.database import DatabaseDamagedError, DatabaseLockedError, DiskFullError, FolderUnusableError
from storage.flags import NoSuchFlagError
from storage.interactions import NoSuchInteractionError
from storage.message_documents import NoSuchDraftError
from storage.stores import DatabaseTooNewError

Matches = Callable[[BaseException], bool]

_EXPIRED = frozenset({10015, 10062, 50027})
"""Discord's codes for an interaction that was not answered within 3 seconds, or not ended within 15 minutes."""


@dataclass(frozen=True)
class Kind:
    """A kind of trouble under a short ``name``, and the sentence for whoever ran into it.

    What is expected needs nobody's attention: it is neither logged as an error nor given an id.
    """

    name: str
    matches: Matches
    sentence: str
    is_expected: bool = False


def _of(*types: type[BaseException]) -> Matches:
    return lambda error: isinstance(error, types)


def _status(lowest: int, highest: int | None = None) -> Matches:
    """Discord's answers with a status in that range."""

    def matches(error: BaseException) -> bool:
        return isinstance(error, discord.HTTPException) and lowest <= error.status <= (highest or lowest)

    return matches


def is_expired(error: BaseException) -> bool:
    """True where an interaction can no longer be answered: its token has ended."""
    return isinstance(error, discord.HTTPException) and error.code in _EXPIRED


def is_token_refused(error: BaseException) -> bool:
    """True where it is the bot's own token; that of an interaction, which ends after 15 minutes, has a code."""
    return _status(401)(error) and getattr(error, "code", 0) == 0


KINDS: tuple[Kind, ...] = (
    Kind("empty question", _of(EmptyQuestionError), words.ASK_SOMETHING, is_expected=True),
    Kind("several servers", _of(SeveralSpacesError), words.ASK_ON_SERVER, is_expected=True),
    Kind("forgotten answer", _of(NoSuchInteractionError), words.FORGOTTEN, is_expected=True),
    Kind("forgotten flag", _of(NoSuchFlagError), words.FLAG_FORGOTTEN, is_expected=True),
    Kind("forgotten draft", _of(NoSuchDraftError), words.DRAFT_GONE, is_expected=True),
    Kind("not allowed", _of(app_commands.CheckFailure), words.STAFF_ONLY, is_expected=True),
    Kind("busy", _of(LaneBusyError), words.BUSY),
    Kind("nothing indexed", _of(NothingIndexedError), words.NOTHING_KNOWN),
    Kind("budget", _of(BudgetExhaustedError), words.BUDGET_EXHAUSTED),
    Kind("model", _of(EncoderUnavailableError, ApiKeyMissingError, ClientMissingError), words.MODEL_MISSING),
    Kind("service", _of(ApiUnavailableError, ApiRefusedError, EncoderBrokenError), words.SERVICE_DOWN),
    Kind("index", _of(FingerprintMismatchError, ChunkingMismatchError), words.INDEX_OUTDATED),
    Kind("database locked", _of(DatabaseLockedError), words.NOTES_BUSY),
    Kind("disk full", _of(DiskFullError), words.NO_ROOM),
    Kind("database newer", _of(DatabaseTooNewError), words.NOTES_NEWER),
    Kind("database", _of(DatabaseDamagedError, FolderUnusableError), words.NOTES_UNREADABLE),
    Kind("memory", _of(MemoryError, OutOfMemoryError), words.NO_MEMORY),
    Kind("expired", is_expired, words.EXPIRED),
    Kind("token", is_token_refused, words.FAILED),
    Kind("forbidden", _status(403), words.FORBIDDEN),
    Kind("not found", _status(404), words.NOT_FOUND),
    Kind("rate limit", _status(429), words.DISCORD_LIMITS),
    Kind("discord down", _status(500, 599), words.DISCORD_DOWN),
    Kind("refused", _of(discord.HTTPException), words.REFUSED),
    Kind(
        "command changed",
        _of(app_commands.CommandSignatureMismatch, app_commands.CommandNotFound),
        words.COMMAND_CHANGED,
    ),
    Kind("wrong value", _of(app_commands.TransformerError), words.WRONG_VALUE),
    Kind("timeout", _of(TimeoutError), words.TOOK_TOO_LONG),
    Kind("unknown", _of(BaseException), words.FAILED),
)
"""The first that matches counts; the last one matches everything."""


def kind_of(error: BaseException) -> Kind:
    """What kind of trouble an error is; what Discord's command tree wraps is unwrapped."""
    cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
    return next(kind for kind in KINDS if kind.matches(cause))
