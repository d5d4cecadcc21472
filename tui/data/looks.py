"""How the console looks, kept from one start to the next."""

from __future__ import annotations

from storage.stores import Stores
from tui.data.desk import BY, Desk

_THEME = "console.theme"
_ALL_SPACES = ""


def kept_theme(stores: Stores) -> str:
    """The name of the theme that was chosen last, on whatever console; "" before the first choice."""
    return stores.tunables.get(_ALL_SPACES, _THEME, "")


class LooksData:
    """Keeps what was chosen."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def keep_theme(self, name: str) -> None:
        """The console begins with it from now on."""
        now = self._desk.clock()
        await self._desk.threads.acting.run(
            lambda engine: engine.stores.tunables.set(_ALL_SPACES, _THEME, name, BY, now)
        )
