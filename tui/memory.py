"""When garbage is looked for: not while a screen opens."""

from __future__ import annotations

import gc

COLLECT_SECONDS = 60.0
"""How often all of the memory is looked through."""

_YOUNG, _MIDDLE, _NEVER = 2_000, 8, 100_000


def keep_still() -> None:
    """What there is now stays, and all of what comes later is looked through only when ``collect`` is called.

    By itself Python does so whenever a quarter more has come, which is just when a screen opens, and takes a tenth of
    a second for it.
    """
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _NEVER)


def collect() -> None:
    """Looks through all that has come since then."""
    gc.collect()
