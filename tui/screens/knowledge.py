"""Knowledge: the documents, a search that shows how an answer comes about, and the work that changes them."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.widgets import Input, Static

from storage.errors import KnowbotError
from tui.admin_data import AdminData
from tui.data.knowledge import Knowledge
from tui.dialogs.folder import FolderDialog
from tui.dialogs.reindex import Reindex, ReindexDialog
from tui.screens.base import ConsoleScreen
from tui.widgets.document_list import DocumentList
from tui.widgets.job_text import current_job, job_name
from tui.widgets.search_result import SearchResult


class KnowledgeScreen(ConsoleScreen):
    """Lists, searches, and queues work."""

    NAME = "knowledge"
    PURPOSE = "What the bot answers from, and how it comes to an answer."
    AUTO_FOCUS = "LiveTable"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", "Search", key_display="/"),
        Binding("f", "filter", "Filter"),
        Binding("r", "refresh_sources", "Refresh now"),
        Binding("x", "reindex", "Re-index"),
        Binding("a", "add_folder", "Add a folder"),
        Binding("escape", "leave_input", "Back to the documents"),
    ]

    def __init__(self, data: AdminData) -> None:
        super().__init__(data)
        self._view: Knowledge | None = None

    def body(self) -> ComposeResult:
        """Documents on the left, the search on the right, the work at hand below."""
        with Container(id="sides"):
            yield DocumentList()
            with Vertical(id="searching", classes="panel") as panel:
                panel.border_title = "Search as a member would"
                yield Input(placeholder="/ and a question, then Enter", id="question", compact=True)
                yield SearchResult()
        yield Static("", id="work", markup=False)

    async def load(self) -> None:
        """See ConsoleScreen."""
        self._view = view = await self.data.knowledge.view()
        self.query_one(DocumentList).show_documents(view)
        self.query_one("#work", Static).update(current_job(view.jobs, view.now), layout=False)

    def action_search(self) -> None:
        """Puts the cursor into the search box."""
        self.query_one("#question", Input).focus()

    def action_filter(self) -> None:
        """Puts the cursor into the box that narrows the documents down."""
        self.query_one(DocumentList).start_filter()

    def action_leave_input(self) -> None:
        """Back to the documents."""
        self.query_one(DocumentList).table.focus()

    @on(Input.Submitted, "#question")
    def _ask(self, submitted: Input.Submitted) -> None:
        self._search(submitted.value)

    @work(group="search", exclusive=True)
    async def _search(self, text: str) -> None:
        result = self.query_one(SearchResult)
        result.wait(text)
        try:
            result.show(await self.data.knowledge.search(text))
        except KnowbotError as error:
            result.refuse(str(error))

    @work
    async def action_refresh_sources(self) -> None:
        """Queues a look at every source."""
        with self.sentences():
            job = await self.data.knowledge.refresh()
            self.notify(f"queued: {job_name(job)}, job {job.id}", markup=False)
            self.reload()

    @work
    async def action_reindex(self) -> None:
        """Asks for an encoder and queues encoding everything anew."""
        if self._view is None or self._view.generation is None:
            self.notify("there is nothing to encode anew yet: press a to add a folder", severity="warning")
            return
        wanted = await self.app.push_screen_wait(ReindexDialog(self._view.generation, self._view.passages))
        if isinstance(wanted, Reindex):
            with self.sentences():
                job = await self.data.knowledge.reindex(wanted.encoder, wanted.dimensions)
                self.notify(f"queued: {job_name(job)}, job {job.id}", markup=False)
                self.reload()

    @work
    async def action_add_folder(self) -> None:
        """Asks for a folder and queues taking it in."""
        path = await self.app.push_screen_wait(FolderDialog(self.data.knowledge.count_files))
        if path is not None:
            with self.sentences():
                job = await self.data.knowledge.add_folder(path)
                self.notify(f"queued: {job_name(job)}, job {job.id}", markup=False)
                self.reload()
