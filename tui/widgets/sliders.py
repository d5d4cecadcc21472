"""Three sliders: the thresholds as they are in force and as somebody would like them."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from retrieval.gate import GateThresholds
from retrieval.lab import ThresholdName
from tui.words import THRESHOLDS, plain

STEP, STRIDE = 0.01, 0.05
_NAMES: tuple[ThresholdName, ...] = ("answer", "unasked", "off_topic")
_CELLS, _FEW_CELLS = 41, 21
_WIDE = 94
"""Cells that a slider with its sentence needs."""


class Sliders(Widget, can_focus=True):
    """Up and down choose a threshold, left and right move it; nothing is applied here."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "choose(-1)", "Choose", key_display="↑↓", tooltip="Choose the one above"),
        Binding("down", "choose(1)", "Choose", show=False, tooltip="Choose the one below"),
        Binding("left", "move(-1)", "Move", key_display="←→", tooltip="Lower it by 0.01"),
        Binding("right", "move(1)", "Move", show=False, tooltip="Raise it by 0.01"),
        Binding("shift+left", "stride(-1)", "Move by 0.05", key_display="⇧←→", tooltip="Lower it by 0.05"),
        Binding("shift+right", "stride(1)", "Move by 0.05", show=False, tooltip="Raise it by 0.05"),
    ]
    in_force: reactive[GateThresholds] = reactive(GateThresholds)
    moved: reactive[GateThresholds | None] = reactive(None)
    chosen: reactive[ThresholdName] = reactive(_NAMES[0])

    class Moved(Message):
        """Another threshold was chosen, or one was moved."""

    def __init__(self) -> None:
        super().__init__(classes="panel")
        self.border_title = "Thresholds"

    @property
    def wanted(self) -> GateThresholds:
        """What the sliders say."""
        return self.moved or self.in_force

    @property
    def differs(self) -> bool:
        """True where that is not what is in force."""
        return self.wanted != self.in_force

    @property
    def value(self) -> float:
        """Where the chosen slider stands."""
        return _value(self.wanted, self.chosen)

    @property
    def value_in_force(self) -> float:
        """What is in force of the chosen threshold."""
        return _value(self.in_force, self.chosen)

    def discard(self) -> None:
        """Puts the sliders back to what is in force."""
        self.moved = None
        self.post_message(self.Moved())

    def action_choose(self, steps: int) -> None:
        """Chooses the next threshold, or the one before."""
        self.chosen = _NAMES[(_NAMES.index(self.chosen) + steps) % len(_NAMES)]
        self.post_message(self.Moved())

    def action_move(self, steps: int) -> None:
        """Moves the chosen threshold by a hundredth."""
        self._move(steps * STEP)

    def action_stride(self, steps: int) -> None:
        """Moves it by five."""
        self._move(steps * STRIDE)

    def render(self) -> Content:
        """The sliders, each with its meaning, or where there is little room with that of the chosen one."""
        self.border_subtitle = "● moved, not applied: Enter applies, Escape discards" if self.differs else ""
        if self.size.width >= _WIDE:
            return Content("\n").join(part for name in _NAMES for part in (self._track(name, _CELLS), _meaning(name)))
        tracks = [self._track(name, _FEW_CELLS) for name in _NAMES]
        return Content("\n").join([*tracks, _meaning(self.chosen)])

    def _move(self, by: float) -> None:
        value = round(min(max(self.value + by, 0.0), 1.0), 2)
        self.moved = replace(self.wanted, **{self.chosen: value})
        self.post_message(self.Moved())

    def _track(self, name: str, cells: int) -> Content:
        now, wanted = _value(self.in_force, name), _value(self.wanted, name)
        return Content.from_markup(
            "[b]$mark $name[/b]  $track  [b]$wanted[/b][$text-warning]$before[/]",
            mark="▸" if name == self.chosen else " ",
            name=f"{plain(name):<10}",
            track=_track(now, wanted, cells),
            wanted=f"{wanted:.2f}",
            before=f"   in force: {now:.2f}" if now != wanted else "",
        )


def _meaning(name: str) -> Content:
    return Content.from_markup("  [$secondary]$meaning[/]", meaning=THRESHOLDS[name])


def _value(thresholds: GateThresholds, name: str) -> float:
    return float(asdict(thresholds)[name])


def _track(now: float, wanted: float, length: int) -> Content:
    """A line from 0 to 1: ● where the slider is, │ where it would have to be to change nothing."""
    cells = ["─"] * length
    cells[round(now * (length - 1))] = "│"
    cells[round(wanted * (length - 1))] = "●"
    return Content(f"0 {''.join(cells)} 1")
