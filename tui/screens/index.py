"""Index: the generations of vectors, building another, pausing, switching and going back; storage against quality."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widgets import Static

from retrieval.planning.dimensions import SizeReport
from tui.admin_data import AdminData
from tui.screens.index_changes import IndexChanges
from tui.widgets.index_text import INDEX_COLUMNS, SIZE_COLUMNS, index_rows, index_text, size_rows
from tui.widgets.job_text import current_job
from tui.widgets.live_table import LiveTable
from tui.widgets.panel import TablePanel, TextPanel
from tui.words import count

_NONE = "There is no index yet: press 2 for Knowledge, then a to add documents."
_NOT_MEASURED = (
    "Press m to see what smaller vectors would take and find. The index is asked its documents' own questions; "
    "nothing is changed."
)


class IndexScreen(IndexChanges):
    """The generations above; below them the chosen one, and what smaller vectors would do."""

    NAME = "index"
    PURPOSE = (
        "The vectors that the bot searches. A new index is built beside the one that answers, and takes over when it "
        "is complete; the former one is kept to go back to."
    )
    AUTO_FOCUS = "#indexes LiveTable"
    BINDINGS: ClassVar[list[BindingType]] = [
        *IndexChanges.BINDINGS,
        Binding("m", "measure", "Sizes"),
        Binding("l", "recall", "Recall"),
    ]

    def __init__(self, data: AdminData) -> None:
        super().__init__(data)
        self._recalls: dict[int, float] = {}

    def body(self) -> ComposeResult:
        """Three panels and the work at hand."""
        yield TablePanel("Indexes", INDEX_COLUMNS, id="indexes")
        with Container(id="index-bottom"):
            yield TextPanel("The chosen index", id="index-detail")
            yield TablePanel("Storage against quality", SIZE_COLUMNS, id="sizes")
        yield Static("", id="work", markup=False)

    def on_mount(self) -> None:
        """Says how sizes are measured."""
        super().on_mount()
        self.query_one("#sizes", TablePanel).show([], _NOT_MEASURED)

    async def load(self) -> None:
        """See ConsoleScreen."""
        self.index_view = view = await self.data.index.view()
        panel = self.query_one("#indexes", TablePanel)
        panel.border_title = count(len(view.indexes), "index", "indexes")
        panel.show(index_rows(view, self._recalls), _NONE)
        jobs = (view.job, *view.jobs) if view.job else view.jobs
        self.query_one("#work", Static).update(current_job(jobs, view.now), layout=False)
        self._show_chosen()

    @work(exclusive=True, group="measure")
    async def action_measure(self) -> None:
        """Measures what smaller vectors would take and find."""
        panel = self.query_one("#sizes", TablePanel)
        panel.show([], "asking the index its documents' own questions: the first time loads the model …")
        reports: list[SizeReport] = []
        with self.sentences():
            reports = await self.data.index.sizes()
        panel.show(size_rows(reports), _NOT_MEASURED)

    @work(exclusive=True, group="recall")
    async def action_recall(self) -> None:
        """Measures how many of the nearest vectors the chosen index finds."""
        chosen = self.chosen()
        if chosen is None:
            return
        with self.sentences():
            self.notify("measuring: every vector is read …", timeout=2)
            self._recalls[chosen.generation.id] = await self.data.index.recall(chosen.generation.id)
            self.reload()

    @on(LiveTable.RowHighlighted, "#indexes LiveTable")
    def _show_chosen(self) -> None:
        chosen, detail = self.chosen(), self.query_one("#index-detail", TextPanel)
        detail.display = chosen is not None
        if chosen and self.index_view:
            detail.show(index_text(chosen, self._recalls.get(chosen.generation.id), self.index_view.now))
