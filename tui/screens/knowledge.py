"""Knowledge: sources and documents with their states, one of them in full, and a search that explains itself."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widgets import ContentSwitcher, Static

from storage.errors import KnowbotError
from tui.admin_data import AdminData
from tui.data.shelf import Looked
from tui.screens.knowledge_changes import KnowledgeChanges
from tui.widgets.document_text import document_text, entry_text
from tui.widgets.job_text import current_job
from tui.widgets.odd_side import OddSide
from tui.widgets.panel import TextPanel
from tui.widgets.search_side import SearchSide
from tui.widgets.shelf_tree import ShelfTree, TreeTable

LOOK_AGAIN_SECONDS = 600.0
"""How often the files of all folders are looked at while the screen is open."""

_BORDER = 4
_LEAST_WIDTH = 20


class KnowledgeScreen(KnowledgeChanges):
    """The tree on the left; on the right the chosen document, or a search."""

    NAME = "knowledge"
    PURPOSE = (
        "What the bot answers from: sources, their documents, and what is wrong with them. A search shows how an "
        "answer comes about, and why a document was not the first."
    )
    PARTS = (TreeTable,)
    AUTO_FOCUS = "TreeTable"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", "Search", key_display="/"),
        Binding("w", "why_not", "Why not this one?"),
        Binding("p", "turn", "Text / search"),
        Binding("d", "oddities", "Doubles"),
        Binding("f", "filter", "Filter"),
        *KnowledgeChanges.BINDINGS,
        Binding("escape", "leave_input", "Back to the documents", show=False),
    ]

    def __init__(self, data: AdminData) -> None:
        super().__init__(data)
        self._looked: Looked | None = None
        self._ended: float | None = None

    def body(self) -> ComposeResult:
        """Documents on the left, the chosen one or the search on the right, the work at hand below."""
        with Container(id="sides"):
            yield ShelfTree()
            with ContentSwitcher(initial="document", id="side"):
                yield TextPanel("The document", id="document")
                yield SearchSide(self.data.knowledge)
                yield OddSide(self.data.shelf)
        yield Static("", id="work", markup=False)

    def on_mount(self) -> None:
        """Has the files looked at now and then; the first time is once the documents are on the screen."""
        super().on_mount()
        self.set_interval(LOOK_AGAIN_SECONDS, self._look_at_files)

    async def load(self) -> None:
        """See ConsoleScreen."""
        tree = self.query_one(ShelfTree)
        self.shelf = shelf = await self.data.shelf.view(tree.wanted, self._looked)
        tree.show_shelf(shelf, self._looked)
        self.query_one("#work", Static).update(current_job(shelf.jobs, shelf.now), layout=False)
        ended = max((job.ended_at for job in shelf.jobs if job.ended_at), default=0.0)
        if self._ended != ended:
            self._look_at_files()
        self._ended = ended
        self._show_chosen()

    def action_search(self) -> None:
        """Puts the cursor into the search box."""
        self.query_one("#side", ContentSwitcher).current = "searching"
        self.query_one(SearchSide).start()

    def action_turn(self) -> None:
        """The document instead of the search, or the other way round."""
        side = self.query_one("#side", ContentSwitcher)
        side.current = "document" if side.current == "searching" else "searching"
        if self.focused is None or not self.focused.display:
            self.action_leave_input()

    def action_oddities(self) -> None:
        """What says the same twice and what is unlike all else; pressed there once more, it is looked for again."""
        side = self.query_one("#side", ContentSwitcher)
        self.query_one(OddSide).look(afresh=side.current == "oddities")
        side.current = "oddities"
        self.query_one(OddSide).table.focus()

    @on(OddSide.Chosen)
    def _find(self, chosen: OddSide.Chosen) -> None:
        self.query_one("#side", ContentSwitcher).current = "document"
        self.query_one(ShelfTree).find(chosen.location)

    def action_filter(self) -> None:
        """Puts the cursor into the box that narrows the documents down."""
        self.query_one(ShelfTree).start_filter()

    def action_leave_input(self) -> None:
        """Back to the documents."""
        self.query_one(ShelfTree).table.focus()

    def action_why_not(self) -> None:
        """Why the chosen document was not the first of the last search."""
        entry, search = self.entry, self.query_one(SearchSide)
        if not search.has_answer:
            self.notify("search for something first: press /")
        elif entry is None or entry.what != "document":
            self.notify("choose a document on the left first")
        else:
            self.query_one("#side", ContentSwitcher).current = "searching"
            search.explain(entry.location)

    @on(ShelfTree.WantedChanged)
    def _read_more(self) -> None:
        self.reload()

    @on(ShelfTree.Chosen)
    def _show_chosen(self) -> None:
        self._show_entry()

    @work(group="document", exclusive=True)
    async def _show_entry(self) -> None:
        entry, panel = self.entry, self.query_one("#document", TextPanel)
        if entry is None or self.shelf is None:
            return
        if entry.what == "document":
            with self.sentences():
                preview = await self.data.shelf.preview(entry.location)
                if preview is not None:
                    width = max(panel.size.width - _BORDER, _LEAST_WIDTH)
                    panel.show(document_text(preview, entry.state, width))
        elif entry.what != "more":
            panel.show(entry_text(entry, self.shelf_of(entry), self.shelf.now))

    @work(group="look", exclusive=True)
    async def _look_at_files(self) -> None:
        try:
            self._looked = await self.data.shelf.look()
        except KnowbotError as error:
            self.notify(str(error), title="Not looked at", severity="warning", timeout=12, markup=False)
        self.reload()
