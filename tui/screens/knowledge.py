"""Knowledge: sources and documents with their states, one of them in full, and a search that explains itself."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widgets import ContentSwitcher

from tui.screens.knowledge_changes import KnowledgeChanges
from tui.widgets.entry_panel import EntryPanel
from tui.widgets.odd_side import OddSide
from tui.widgets.search_side import SearchSide
from tui.widgets.shelf_tree import ShelfTree
from tui.widgets.tree_table import TreeTable
from tui.widgets.work_line import WorkLine


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

    def body(self) -> ComposeResult:
        """Documents on the left, the chosen one or the search on the right, the work at hand below."""
        with Container(id="sides"):
            yield ShelfTree()
            with ContentSwitcher(initial="document", id="side"):
                yield EntryPanel(self.data.shelf)
                yield SearchSide(self.data.knowledge)
                yield OddSide(self.data.shelf)
        yield WorkLine(self.data.shelf)

    async def load(self) -> None:
        """See ConsoleScreen."""
        tree, work_line = self.query_one(ShelfTree), self.query_one(WorkLine)
        self.shelf = shelf = await self.data.shelf.view(tree.wanted, work_line.found)
        tree.show_shelf(shelf, work_line.found)
        work_line.show_jobs(shelf.jobs, shelf.now)
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
    @on(WorkLine.FilesSeen)
    def _read_more(self) -> None:
        self.reload()

    @on(ShelfTree.Chosen)
    def _show_chosen(self) -> None:
        entry = self.entry
        if entry is not None and self.shelf is not None:
            self.query_one(EntryPanel).show_entry(entry, self.shelf_of(entry), self.shelf.now)
