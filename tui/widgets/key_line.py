"""The line below: the keys of the screen, all in one widget.

Textual's Footer has a widget a key and makes all of them anew whenever the focus moves: half of what a screen's styles
cost when it opens.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from textual import events
from textual.app import App
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget

_HELP = "question_mark"


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
    """The keys that do something here; at the right those of help and palette, which always stay."""

    ALLOW_SELECT = False

    def __init__(self) -> None:
        super().__init__()
        self._keys: tuple[ShownKey, ...] = ()
        self._kept: tuple[ShownKey, ...] = ()

    def on_mount(self) -> None:
        """Follows the focus: parts of a screen have keys of their own."""
        self.screen.bindings_updated_signal.subscribe(self, self._follow)

    def render(self) -> Content:
        """All of it; where there is little room the right end stays."""
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
        kept = tuple(shown.pop(key) for key in (_HELP, self.app.COMMAND_PALETTE_BINDING) if key in shown)
        if (tuple(shown.values()), kept) != (self._keys, self._kept):
            self._keys, self._kept = tuple(shown.values()), kept
            self.refresh()

    def _at(self, x: int) -> ShownKey | None:
        right = self.size.width - self._right().cell_length
        if x >= right:
            return _nth(self._kept, x - right - 1)
        return _nth(self._keys, x)

    def _right(self) -> Content:
        edge = Content.styled("▏", "$foreground 20%")
        return edge + Content(" ").join(each.text for each in self._kept) + " " if self._kept else Content("")


def _nth(keys: Sequence[ShownKey], x: int) -> ShownKey | None:
    """The one at a place of a line in which they stand with a blank between them."""
    end = 0
    for each in keys:
        end += each.text.cell_length + 1
        if x < end:
            return each
    return None


def _shown(screen: Screen[object]) -> Iterator[ShownKey]:
    """One key an action: the first."""
    app: App[object] = screen.app
    told = set[str]()
    for _, binding, enabled, _ in screen.active_bindings.values():
        is_palette = binding.key == app.COMMAND_PALETTE_BINDING
        if (binding.show or is_palette) and binding.action not in told:
            told.add(binding.action)
            yield ShownKey(binding.key, app.get_key_display(binding), binding.description, enabled)
