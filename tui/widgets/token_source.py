"""The text whose tokens are counted: typed, pasted or opened; a web page in three readings."""

from __future__ import annotations

from textual.widgets import TextArea

from retrieval.token_costs.countable import Countable

_READINGS = ("the page as it is", "without its tags", "cleaned for a model")


class TokenSource(TextArea):
    """Says in its frame where the text is from and how it is read."""

    def __init__(self) -> None:
        super().__init__(
            id="text", soft_wrap=True, tab_behavior="focus", placeholder="Paste a text, or press t and type."
        )
        self.border_title = "Text"
        self.add_class("panel")
        self._readings: tuple[str, ...] = ()
        self._shown = 0

    def show_file(self, name: str, text: str) -> None:
        """Shows the text of a file."""
        self.border_title = name
        self._readings = ()
        self.load_text(text)

    def know(self, given: Countable) -> None:
        """Takes note of what the text was found to be: of a page there are other readings."""
        if given.page:
            page = given.page
            self._readings, self._shown = (page.raw, page.stripped, page.cleaned), 0
            self.border_subtitle = _READINGS[0]
        elif self.text not in self._readings:
            self._readings = ()
            self.border_subtitle = ""

    def next_reading(self) -> bool:
        """Shows the page as it is, its text without tags, or cleaned; False where it is no page."""
        if not self._readings:
            return False
        self._shown = (self._shown + 1) % len(self._readings)
        self.border_subtitle = _READINGS[self._shown]
        self.load_text(self._readings[self._shown])
        return True
