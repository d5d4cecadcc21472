"""Every error in what a member reads of it: one table for commands, buttons, forms, messages and events alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import discord
from discord import app_commands

from bot import words
from bot.community.servers import SeveralSpacesError
from bot.lane import LaneBusyError
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
    """A kind of trouble under a short ``name``; ``word`` is the name of what whoever ran into it reads.

    What is expected needs nobody's attention: it is neither logged as an error nor given an id.
    """

    name: str
    matches: Matches
    word: str
    is_expected: bool = False

    @property
    def sentence(self) -> str:
        """In the language that is spoken just now."""
        return str(getattr(words, self.word))


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
    Kind("empty question", _of(EmptyQuestionError), "ASK_SOMETHING", is_expected=True),
    Kind("several servers", _of(SeveralSpacesError), "ASK_ON_SERVER", is_expected=True),
    Kind("forgotten answer", _of(NoSuchInteractionError), "FORGOTTEN", is_expected=True),
    Kind("forgotten flag", _of(NoSuchFlagError), "FLAG_FORGOTTEN", is_expected=True),
    Kind("forgotten draft", _of(NoSuchDraftError), "DRAFT_GONE", is_expected=True),
    Kind("not allowed", _of(app_commands.CheckFailure), "STAFF_ONLY", is_expected=True),
    Kind("busy", _of(LaneBusyError), "BUSY"),
    Kind("nothing indexed", _of(NothingIndexedError), "NOTHING_KNOWN"),
    Kind("budget", _of(BudgetExhaustedError), "BUDGET_EXHAUSTED"),
    Kind("model", _of(EncoderUnavailableError, ApiKeyMissingError, ClientMissingError), "MODEL_MISSING"),
    Kind("service", _of(ApiUnavailableError, ApiRefusedError, EncoderBrokenError), "SERVICE_DOWN"),
    Kind("index", _of(FingerprintMismatchError, ChunkingMismatchError), "INDEX_OUTDATED"),
    Kind("database locked", _of(DatabaseLockedError), "NOTES_BUSY"),
    Kind("disk full", _of(DiskFullError), "NO_ROOM"),
    Kind("database newer", _of(DatabaseTooNewError), "NOTES_NEWER"),
    Kind("database", _of(DatabaseDamagedError, FolderUnusableError), "NOTES_UNREADABLE"),
    Kind("memory", _of(MemoryError, OutOfMemoryError), "NO_MEMORY"),
    Kind("expired", is_expired, "EXPIRED"),
    Kind("token", is_token_refused, "FAILED"),
    Kind("forbidden", _status(403), "FORBIDDEN"),
    Kind("not found", _status(404), "NOT_FOUND"),
    Kind("rate limit", _status(429), "DISCORD_LIMITS"),
    Kind("discord down", _status(500, 599), "DISCORD_DOWN"),
    Kind("refused", _of(discord.HTTPException), "REFUSED"),
    Kind(
        "command changed",
        _of(app_commands.CommandSignatureMismatch, app_commands.CommandNotFound),
        "COMMAND_CHANGED",
    ),
    Kind("wrong value", _of(app_commands.TransformerError), "WRONG_VALUE"),
    Kind("timeout", _of(TimeoutError), "TOOK_TOO_LONG"),
    Kind("unknown", _of(BaseException), "FAILED"),
)
"""The first that matches counts; the last one matches everything."""


def kind_of(error: BaseException) -> Kind:
    """What kind of trouble an error is; what Discord's command tree wraps is unwrapped."""
    cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
    return next(kind for kind in KINDS if kind.matches(cause))
