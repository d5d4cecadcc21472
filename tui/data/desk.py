"""What every part of the console's data stands on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from storage.errors import KnowbotError
from tui.data.threads import Threads

BY = "console"
"""Who decided, as it is kept with a threshold, a verdict or a job."""


class DecidedMeanwhileError(KnowbotError):
    """Somebody else was quicker, and whoever decides has not seen it yet."""


@dataclass(frozen=True)
class Desk:
    """The threads to work in, the space that is looked at, and what the time is."""

    threads: Threads
    space: str
    clock: Callable[[], float]
