"""The line below: the keys of the screen, all in one widget.

Textual's Footer has a widget a key and makes all of them anew whenever the focus moves: half of what a screen's styles
cost when it opens.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from textual import events
from textual.app import App
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget


class ShownKey(NamedTuple):
    """A key with what it does; one that can do nothing just now is not ``enabled``."""

    key: str
    display: str
    words: str
    enabled: bool

    @property
    def text(self) -> Content:
        """As it stands in the line."""
        style = "b $footer-key-foreground on $footer-key-background" + ("" if self.enabled else " dim")
        words = "" if self.enabled else "dim"
        return Content.assemble((self.display, style), (f" {self.words}", words))


class KeyLine(Widget, can_focus=False):
    """The keys that do something here, the palette's at the right. A click on one presses it."""

    ALLOW_SELECT = False

    def __init__(self) -> None:
        super().__init__()
        self._keys: tuple[ShownKey, ...] = ()
        self._palette: ShownKey | None = None

    def on_mount(self) -> None:
        """Follows the focus: parts of a screen have keys of their own."""
        self.screen.bindings_updated_signal.subscribe(self, self._follow)

    def render(self) -> Content:
        """All of it; where there is little room the palette's key stays."""
        right = self._right()
        left = Content(" ").join(each.text for each in self._keys)
        return left.truncate(self.size.width - right.cell_length, pad=True) + right

    def on_click(self, event: events.Click) -> None:
        """Presses the key."""
        if (clicked := self._at(event.x)) is None:
            return
        if clicked.enabled:
            self.app.simulate_key(clicked.key)
        else:
            self.app.bell()

    def _follow(self, screen: Screen[object]) -> None:
        if not screen.app.app_focus:
            return
        shown = {each.key: each for each in _shown(screen)}
        palette = shown.pop(self.app.COMMAND_PALETTE_BINDING, None)
        if (tuple(shown.values()), palette) != (self._keys, self._palette):
            self._keys, self._palette = tuple(shown.values()), palette
            self.refresh()

    def _at(self, x: int) -> ShownKey | None:
        if x >= self.size.width - self._right().cell_length:
            return self._palette
        end = 0
        for each in self._keys:
            end += each.text.cell_length + 1
            if x < end:
                return each
        return None

    def _right(self) -> Content:
        edge = Content.styled("▏", "$foreground 20%")
        return edge + self._palette.text + " " if self._palette else Content("")


def _shown(screen: Screen[object]) -> Iterator[ShownKey]:
    """One key an action: the first."""
    app: App[object] = screen.app
    told = set[str]()
    for _, binding, enabled, _ in screen.active_bindings.values():
        is_palette = binding.key == app.COMMAND_PALETTE_BINDING
        if (binding.show or is_palette) and binding.action not in told:
            told.add(binding.action)
            yield ShownKey(binding.key, app.get_key_display(binding), binding.description, enabled)
