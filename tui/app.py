"""The admin console: its screens over one data folder."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from functools import partial
from importlib import import_module
from typing import ClassVar

from textual import on
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from retrieval.engine import Engine
from storage.errors import KnowbotError
from tui.admin_data import AdminData
from tui.data.looks import kept_theme
from tui.memory import COLLECT_SECONDS, collect, keep_still
from tui.palette import SCREENS, Action, actions, everywhere, help_screen
from tui.screens.base import ConsoleScreen
from tui.styles import KeptStylesheet
from tui.surroundings import ALONE, Surroundings
from tui.widgets.colours import DAYLIGHT, LANTERN
from tui.widgets.needs import Needs
from tui.widgets.plot_panel import PLOTS
from tui.widgets.tab_line import TABS, TITLES

__all__ = ["KnowbotConsole", "Surroundings", "kept_theme", "make_console", "run_console"]

WAKE_SECONDS = 1.0
"""How often the queue is looked at for work that nobody does."""

IMPORT_SECONDS = 0.5
"""After the start: when what only other screens need is imported."""

StartWorker = Callable[[], None]


class KnowbotConsole(App[None]):
    """Shows a screen at a time, and calls the worker while there is work for it."""

    TITLE = "knowbot"
    CSS_PATH = "app.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(tab.key, f"switch_mode('{tab.name}')", show=False) for tab in TABS),
        Binding("question_mark", "help", "Help", key_display="?"),
        Binding("ctrl+t", "toggle_light", "Dark or light", show=False),
        Binding("q", "quit", "Quit"),
    ]

    def __init__(self, data: AdminData, start_worker: StartWorker, first: str) -> None:
        super().__init__()
        # Before the styles are parsed, which is done once then.
        self.register_theme(LANTERN)
        self.register_theme(DAYLIGHT)
        self._kept_theme: str | None = None
        wanted = data.surroundings.theme
        self.theme = self._kept_theme = wanted if wanted in self.available_themes else LANTERN.name
        self.stylesheet = KeptStylesheet(variables=self.get_css_variables())
        self.data = data
        self._first = first
        self._start_worker = start_worker
        self._waking = False
        for name, screen in SCREENS.items():
            self.add_mode(name, partial(screen, data))

    async def on_mount(self) -> None:
        """Opens the first screen."""
        await self.switch_mode(self._first)
        self.set_interval(WAKE_SECONDS, self._wake)
        self.set_interval(COLLECT_SECONDS, collect)
        self.set_timer(IMPORT_SECONDS, lambda: self.run_worker(asyncio.to_thread(import_module, PLOTS)))

    async def on_unmount(self) -> None:
        """Closes the data folder."""
        await self.data.close()

    def watch_theme(self, name: str) -> None:
        """Whatever was chosen, by key or in the palette, is what the console begins with the next time."""
        if self._kept_theme not in (None, name):
            self._kept_theme = name
            self.run_worker(self._keep_theme(name), group="theme")

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Every screen and every action, and what Textual offers itself."""
        for tab in TABS:
            yield SystemCommand(tab.title, f"The screen, key {tab.key}", partial(self.switch_mode, tab.name))
        for action in actions():
            title = f"{TITLES[action.screen]}: {action.words}"
            yield SystemCommand(title, f"The key {action.key} on that screen", partial(self._perform, action))
        for action in everywhere():
            yield SystemCommand(action.words, f"The key {action.key}", partial(screen.run_action, action.name))
        yield SystemCommand("Help", "This screen's keys, and what the words mean", self.action_help)
        yield SystemCommand("Dark or light", "The key ctrl+t", self.action_toggle_light)
        yield from super().get_system_commands(screen)

    def action_help(self) -> None:
        """What this screen is for, its keys, and what the words mean."""
        if isinstance(self.screen, ConsoleScreen):
            self.push_screen(help_screen(self.screen.NAME, self.BINDINGS))

    def action_toggle_light(self) -> None:
        """Dark letters on light ground, or back."""
        self.theme = LANTERN.name if self.theme == DAYLIGHT.name else DAYLIGHT.name

    async def _perform(self, action: Action) -> None:
        await self.switch_mode(action.screen)
        does = self.screen.query_one(action.part) if action.part else self.screen
        await does.run_action(action.name)

    @on(Needs.Chosen)
    async def _see_to(self, chosen: Needs.Chosen) -> None:
        await self.switch_mode(chosen.need.screen)
        if isinstance(self.screen, ConsoleScreen):
            self.screen.arrive(chosen.need.what)

    async def _keep_theme(self, name: str) -> None:
        try:
            await self.data.looks.keep_theme(name)
        except KnowbotError as error:
            self.notify(f"this is for now, not for the next start: {error}", severity="warning", markup=False)

    def _wake(self) -> None:
        if not self._waking:
            self._waking = True
            self.run_worker(self._start_worker_if_needed(), group="wake")

    async def _start_worker_if_needed(self) -> None:
        try:
            if await self.data.jobs.is_work_waiting():
                await asyncio.to_thread(self._start_worker)
        except KnowbotError as error:
            # The screen's banner tells of a folder that cannot be read; a job that waits is seen to wait.
            self.log.warning(str(error))
        finally:
            self._waking = False


def make_console(
    open_engine: Callable[[], Engine],
    space: str,
    start_worker: StartWorker,
    clock: Callable[[], float] = time.time,
    first: str = "overview",
    surroundings: Surroundings = ALONE,
) -> KnowbotConsole:
    """The console, for users and tests alike.

    ``open_engine`` is called in a thread when something is first read, and once more for each kind of work.
    ``start_worker`` is called in a thread about once a second while work waits and nobody does it; where a worker
    runs already it has to do nothing. ``first`` is the screen that it opens with.
    """
    return KnowbotConsole(AdminData(open_engine, space, clock, surroundings), start_worker, first)


def run_console(
    open_engine: Callable[[], Engine], space: str, start_worker: StartWorker, surroundings: Surroundings
) -> None:
    """Opens the console and returns when it was left."""
    keep_still()
    make_console(open_engine, space, start_worker, surroundings=surroundings).run()
