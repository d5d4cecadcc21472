"""What a table is narrowed down by: a line of choices with the keys that change them, to be clicked as well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.widgets import Static


@dataclass(frozen=True)
class Choice:
    """One of them: ``action`` of the screen takes the next value; ``given`` where it narrows anything down."""

    key: str
    value: str
    action: str
    given: bool


class FilterLine(Static):
    """Choices that narrow something down stand out."""

    def __init__(self) -> None:
        super().__init__("", classes="filter-line")

    def show(self, choices: Sequence[Choice]) -> None:
        """Shows the choices as they are."""
        self.update(Content("  ").join(_chip(choice) for choice in choices))


def _chip(choice: Choice) -> Content:
    style = "b $accent" if choice.given else "$secondary"
    return Content.from_markup(
        f"[@click=screen.{choice.action}][b]$key[/b] [{style}]$value[/][/]", key=choice.key, value=choice.value
    )
