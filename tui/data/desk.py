"""What every part of the console's data stands on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tui.data.threads import Threads

BY = "console"
"""Who decided, as it is kept with a threshold, a verdict or a job."""


@dataclass(frozen=True)
class Desk:
    """The threads to work in, the space that is looked at, and what the time is."""

    threads: Threads
    space: str
    clock: Callable[[], float]
