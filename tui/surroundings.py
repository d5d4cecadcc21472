"""What the console is told of the program that it is part of, and cannot know by itself."""

from __future__ import annotations

import errno
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path


def _no_token() -> str | None:
    return None


def _no_invitation(token: str) -> str | None:
    return None


def _keep_nothing(token: str) -> Path:
    raise OSError(errno.ENOTSUP, "this console knows no place for it")


@dataclass(frozen=True)
class Surroundings:
    """``schedule``: seconds between two runs of each job. ``logs``: files of JSON lines, there or not yet.

    ``find_token`` returns the bot's token, if there is one; ``keep_token`` writes it where ``find_token`` looks and
    returns the file, or raises OSError; ``invitation`` returns the link that invites the bot of a token, None where it
    is no token. ``guides`` says whether an empty folder is begun with the first steps; ``theme`` names the theme to
    begin with, "" the console's own.
    """

    schedule: Mapping[str, float] = field(default_factory=dict)
    logs: tuple[Path, ...] = ()
    find_token: Callable[[], str | None] = _no_token
    keep_token: Callable[[str], Path] = _keep_nothing
    invitation: Callable[[str], str | None] = _no_invitation
    guides: bool = False
    theme: str = ""


ALONE = Surroundings()
"""Without a bot, a log or a token."""
