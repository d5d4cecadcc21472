"""One quiet line of trouble: what could not be read, and from when what is shown is."""

from __future__ import annotations

from textual.widgets import Static


class Banner(Static):
    """Hidden while all is well."""

    def __init__(self) -> None:
        super().__init__("", markup=False)
        self.display = False

    def trouble(self, sentence: str) -> None:
        """Shows what is wrong."""
        self.update(f"! {sentence}")
        self.display = True

    def all_well(self) -> None:
        """Hides the line."""
        self.display = False
