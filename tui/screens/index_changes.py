"""What changes the indexes from their screen: building, resting, switching, going back, deleting."""

from __future__ import annotations

from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType

from retrieval.indexes import IndexOverview
from storage.records import Generation
from tui.data.index import IndexView
from tui.dialogs.confirm import confirmed
from tui.dialogs.reindex import Reindex, ReindexDialog
from tui.screens.base import ConsoleScreen
from tui.widgets.index_text import state_words
from tui.widgets.job_text import job_name, turned
from tui.widgets.panel import TablePanel
from tui.words import count


class IndexChanges(ConsoleScreen):
    """Acts on the index under the cursor, and on the build at hand."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "reindex", "Build another"),
        Binding("p", "rest", "Pause / go on"),
        Binding("s", "switch", "Switch to it"),
        Binding("b", "rollback", "Go back"),
        Binding("delete", "drop", "Delete", key_display="del"),
    ]
    index_view: IndexView | None = None

    def chosen(self) -> IndexOverview | None:
        """The index under the cursor."""
        key = self.query_one("#indexes", TablePanel).table.current
        indexes = self.index_view.indexes if self.index_view else ()
        return next((each for each in indexes if str(each.generation.id) == key), None)

    @work
    async def action_reindex(self) -> None:
        """Asks for an encoder, says what it takes, and queues encoding everything anew."""
        active = self.index_view.active if self.index_view else None
        if active is None:
            self.notify("there is nothing to encode anew yet: add documents on screen 2", severity="warning")
            return
        wanted = await self.app.push_screen_wait(ReindexDialog(active.generation, self.data.index.plan))
        if isinstance(wanted, Reindex):
            with self.sentences():
                job = await self.data.index.reindex(wanted.encoder, wanted.dimensions)
                self.notify(f"queued: {job_name(job)}, job {job.id}", markup=False)
                self.reload()

    @work
    async def action_rest(self) -> None:
        """Has the build rest, or go on where it was."""
        job = self.index_view.job if self.index_view else None
        if job is None:
            self.notify("nothing is being built")
            return
        with self.sentences():
            self.notify(turned(job, await self.data.jobs.pause(job)), markup=False)
            self.reload()

    @work
    async def action_switch(self) -> None:
        """Asks, then lets the chosen index answer."""
        chosen = self.chosen()
        if chosen is None or chosen.generation.state == "active":
            self.notify("choose an index that does not answer already")
        elif chosen.counts.missing:
            self.notify(
                f"it still lacks {count(chosen.counts.missing, 'passage')}: x with its encoder goes on building it",
                severity="warning",
            )
        else:
            what = f"Generation {chosen.generation.id} answers from the next question on; the present one is kept."
            if await confirmed(self.app, "Switch to this index?", what, "Switch"):
                with self.sentences():
                    self._answers(await self.data.index.switch_to(chosen.generation.id))

    @work
    async def action_rollback(self) -> None:
        """Asks, then lets the index that answered before answer again."""
        what = "The index that answered before answers again from the next question on; the present one is kept."
        if await confirmed(self.app, "Go back to the former index?", what, "Go back"):
            with self.sentences():
                self._answers(await self.data.index.rollback())

    @work
    async def action_drop(self) -> None:
        """Asks, then deletes the chosen index for good."""
        chosen = self.chosen()
        if chosen is None or chosen.generation.state == "active":
            self.notify("the index that answers is not deleted: choose another one")
            return
        what = (
            f"{state_words(chosen)}, generation {chosen.generation.id}: {chosen.generation.encoder['name']}, "
            f"{chosen.generation.dimensions} dimensions.\n\n{count(chosen.counts.passages, 'vector')} of passages go "
            "with their file. To have them again everything has to be encoded again."
        )
        if await confirmed(self.app, "Delete this index?", what, "Delete it"):
            with self.sentences():
                await self.data.index.drop(chosen.generation.id)
                self.notify(f"deleted: generation {chosen.generation.id}")
                self.reload()

    def _answers(self, generation: Generation) -> None:
        self.notify(
            f"generation {generation.id} answers now: {generation.encoder['name']}, {generation.dimensions} dimensions",
            markup=False,
        )
        self.reload()
