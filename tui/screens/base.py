"""What every screen of the console has: the tab line, a banner for trouble, and a refresh while it is shown."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Container
from textual.screen import Screen
from textual.widgets import Footer

from storage.errors import KnowbotError
from tui.admin_data import AdminData
from tui.widgets.banner import Banner
from tui.widgets.tab_line import TabLine

REFRESH_SECONDS = 2.0


class ConsoleScreen(Screen[None]):
    """Reads its data when it comes into view and every REFRESH_SECONDS while it stays there."""

    NAME: ClassVar[str]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-low"), (32, "-high")]  # noqa: RUF012

    def __init__(self, data: AdminData) -> None:
        super().__init__()
        self.data = data
        self._reading = False

    def compose(self) -> ComposeResult:
        """The frame around ``body``."""
        yield TabLine(self.NAME, self.data.space)
        yield Banner()
        with Container(id="body"):
            yield from self.body()
        yield Footer()

    def body(self) -> ComposeResult:
        """The screen's own widgets."""
        raise NotImplementedError

    async def load(self) -> None:
        """Reads the data and shows it; a KnowbotError becomes the banner, and what was shown stays."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Starts the refresh."""
        self.set_interval(REFRESH_SECONDS, self.reload)

    def on_screen_resume(self) -> None:
        """What is shown may be hours old."""
        self.reload()

    def reload(self) -> None:
        """Reads anew, unless that is under way or nobody looks."""
        if not self._reading and self in self.app.screen_stack:
            self._reading = True
            self.run_worker(self._reload(), group="reload")

    @contextmanager
    def sentences(self) -> Iterator[None]:
        """Whatever an action inside is refused becomes a notification, and the console goes on."""
        try:
            yield
        except KnowbotError as error:
            self.notify(str(error), title="Not done", severity="error", timeout=12, markup=False)

    async def _reload(self) -> None:
        banner = self.query_one(Banner)
        try:
            await self.load()
        except KnowbotError as error:
            banner.trouble(str(error))
        else:
            banner.all_well()
        finally:
            self._reading = False
