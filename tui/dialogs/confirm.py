"""Whether something that cannot be taken back is to be done."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Button, Static

from tui.dialogs.base import Dialog


class ConfirmDialog(Dialog[bool]):
    """True only where the second button was chosen: the first one, which has the focus, leaves all as it is."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,up", "app.focus_previous", "Other button", show=False),
        Binding("right,down", "app.focus_next", "Other button", show=False),
    ]

    def __init__(self, title: str, what: str, verb: str) -> None:
        """``what`` names in plain text what goes or changes; ``verb`` is written on the button that does it."""
        super().__init__()
        self._title, self._what, self._verb = title, what, verb

    def compose(self) -> ComposeResult:
        """What it is about, and the two ways on."""
        with self.frame(self._title) as box:
            box.border_subtitle = "← → choose   Enter: take it   Escape: leave"
            yield Static(self._what, markup=False)
            with Horizontal(classes="buttons"):
                yield Button("Leave it as it is", id="leave", compact=True)
                yield Button(self._verb, id="do", variant="error", compact=True)

    @on(Button.Pressed)
    def _pressed(self, pressed: Button.Pressed) -> None:
        self.dismiss(pressed.button.id == "do" or None)


async def confirmed(app: App[object], title: str, what: str, verb: str) -> bool:
    """Asks before something goes for good, or costs: see ConfirmDialog. To be called in a worker."""
    answer: bool | None = await app.push_screen_wait(ConfirmDialog(title, what, verb))
    return bool(answer)
