"""The search as a member would: the box for the question, and what came of it."""

from __future__ import annotations

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input

from storage.errors import KnowbotError
from tui.data.knowledge import KnowledgeData
from tui.widgets.search_result import SearchResult


class SearchSide(Vertical):
    """Asks ``data`` and shows the answer; nothing of it is recorded."""

    def __init__(self, data: KnowledgeData) -> None:
        super().__init__(id="searching", classes="panel")
        self.border_title = "Search as a member would"
        self._data = data

    def compose(self) -> ComposeResult:
        """The box and the result."""
        yield Input(placeholder="a question, then Enter", id="question", compact=True)
        yield SearchResult()

    @property
    def has_answer(self) -> bool:
        """True once something was found that documents can be compared with."""
        return self.query_one(SearchResult).answer is not None

    def start(self) -> None:
        """Puts the cursor into the box."""
        self.query_one(Input).focus()

    @work(group="explain", exclusive=True)
    async def explain(self, location: str) -> None:
        """Shows why a document was not the first."""
        result = self.query_one(SearchResult)
        if result.answer is not None:
            try:
                result.explain(await self._data.why_not(result.answer, location))
            except KnowbotError as error:
                self.notify(str(error), title="Not explained", severity="error", timeout=12, markup=False)

    @on(Input.Submitted)
    def _ask(self, submitted: Input.Submitted) -> None:
        self._search(submitted.value)

    @work(group="search", exclusive=True)
    async def _search(self, text: str) -> None:
        result = self.query_one(SearchResult)
        result.wait(text)
        try:
            result.show(await self._data.search(text))
            if self.query_one(Input).has_focus:
                result.start()
        except KnowbotError as error:
            result.refuse(str(error))

    @on(SearchResult.Chosen)
    def _explain_chosen(self, chosen: SearchResult.Chosen) -> None:
        self.explain(chosen.location)
