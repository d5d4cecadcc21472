"""What every screen of the console has: the tab line, a banner for trouble, and a refresh while it is shown."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.css.query import NoMatches
from textual.geometry import Size
from textual.widget import Widget

from storage.errors import KnowbotError
from tui.admin_data import AdminData
from tui.screens.table_actions import TableActions
from tui.widgets.banner import Banner
from tui.widgets.key_line import KeyLine
from tui.widgets.tab_line import TabLine

LOOK_SECONDS = 0.5
"""How often a screen asks whether anybody, in whatever process, has changed the database."""

REFRESH_SECONDS = 5.0
"""How often it is read anew all the same: what is said of times and of other processes ages."""


class ConsoleScreen(TableActions):
    """Reads its data when it comes into view, whenever the database changes, and now and then.

    A binding with words is in the palette and the help; those with ``show`` are in the footer, too.
    """

    NAME: ClassVar[str]
    PURPOSE: ClassVar[str] = ""
    """What the screen is for, in a sentence or two, for its help."""
    PARTS: ClassVar[tuple[type[Widget], ...]] = ()
    """Widgets of the screen with keys of their own, for its help."""
    BINDINGS: ClassVar[list[BindingType]] = []
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-low"), (32, "-high")]  # noqa: RUF012

    def __init__(self, data: AdminData) -> None:
        super().__init__()
        self.data = data
        self._reading = self._read_again = False
        self._version: tuple[int, int] | None = None
        self._read_at = 0.0
        # As its first resizing would find, which would style every part once more.
        self.add_class(*_sizes(self.app.size))
        # What is new has today's styles. Else Textual, once the theme was chosen, applies them to all of it, twice.
        self._css_update_count = self.app._css_update_count

    def compose(self) -> ComposeResult:
        """The frame around ``body``."""
        yield TabLine(self.NAME, self.data.space)
        yield Banner()
        with Container(id="body"):
            yield from self.body()
        yield KeyLine()

    def body(self) -> ComposeResult:
        """The screen's own widgets."""
        raise NotImplementedError

    async def load(self) -> None:
        """Reads the data and shows it; a KnowbotError becomes the banner, and what was shown stays."""
        raise NotImplementedError

    def arrive(self, what: str) -> None:
        """Somebody comes from another screen for ``what``; a screen that has nothing like that shows all it has."""

    def on_mount(self) -> None:
        """Starts looking for changes."""
        self.set_interval(LOOK_SECONDS, partial(self._start, always=False))

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """What is shown may be hours old. A screen that opens is told so twice, and has its styles already."""
        event.refresh_styles = self.has_read
        self._start(always=True)

    def reload(self) -> None:
        """Reads anew, once more where that is under way, unless nobody looks."""
        self._read_again = self._reading
        self._start(always=True)

    @property
    def has_read(self) -> bool:
        """True once what was read is shown."""
        return self._version is not None

    @contextmanager
    def sentences(self) -> Iterator[None]:
        """Whatever an action inside is refused becomes a notification; what is shown may be out of date then."""
        try:
            yield
        except KnowbotError as error:
            self.notify(str(error), title="Not done", severity="error", timeout=12, markup=False)
            self.reload()

    def _start(self, always: bool) -> None:
        if not self._reading and self in self.app.screen_stack:
            self._reading = True
            self.run_worker(self._read(always), group="reload")

    async def _read(self, always: bool) -> None:
        banner = self.query_one(Banner)
        try:
            version = await self.data.version()
            if always or version != self._version or time.monotonic() - self._read_at > REFRESH_SECONDS:
                await self.load()
                self._version, self._read_at = version, time.monotonic()
        except KnowbotError as error:
            banner.trouble(str(error))
        except NoMatches:
            # Whoever leaves the console takes the parts of a screen away while it reads.
            if not self.app._exit:
                raise
        else:
            banner.all_well()
        finally:
            self._reading = False
            if self._read_again:
                self.reload()


def _sizes(size: Size) -> Iterator[str]:
    """The classes that a screen of this size has."""
    both = ((size.width, ConsoleScreen.HORIZONTAL_BREAKPOINTS), (size.height, ConsoleScreen.VERTICAL_BREAKPOINTS))
    for length, breakpoints in both:
        yield from [name for least, name in breakpoints if length >= least][-1:]
