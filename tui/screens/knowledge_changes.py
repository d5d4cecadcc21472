"""What changes the documents from the screen of documents: adding, editing, forgetting, looking again."""

from __future__ import annotations

from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType

from retrieval.forget import Forgotten
from storage.jobs import Job
from tui.data.shelf import Shelf, SourceShelf
from tui.dialogs.add import AddDialog
from tui.dialogs.confirm import confirmed
from tui.dialogs.edit import EditDialog, Edited
from tui.screens.base import ConsoleScreen
from tui.widgets.job_text import job_name
from tui.widgets.shelf_rows import Entry
from tui.widgets.shelf_tree import ShelfTree
from tui.words import count

_NOT_A_DOCUMENT = "choose a document first: → opens a source, ↑ ↓ choose"


class KnowledgeChanges(ConsoleScreen):
    """Acts on the line under the cursor; whatever goes for good is named and asked about."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "add", "Add"),
        Binding("e", "edit", "Edit"),
        Binding("delete", "forget", "Forget", key_display="del"),
        Binding("u", "let_in", "Let a forgotten one in again", show=False),
        Binding("r", "refresh_sources", "Refresh all"),
        Binding("R", "refresh_source", "Refresh this source", key_display="R", show=False),
    ]
    shelf: Shelf | None = None

    @property
    def entry(self) -> Entry | None:
        """What the cursor stands on."""
        return self.query_one(ShelfTree).entry

    def shelf_of(self, entry: Entry) -> SourceShelf | None:
        """The source that a line is, or hangs on."""
        shelves = self.shelf.sources if self.shelf else ()
        return next((each for each in shelves if (each.source.id if each.source else None) == entry.source_id), None)

    @work
    async def action_add(self) -> None:
        """Asks for a folder, a file or an address and queues taking it in."""
        location = await self.app.push_screen_wait(AddDialog(self.data.knowledge.count_offered))
        if location is not None:
            with self.sentences():
                self._queued(await self.data.knowledge.add(location))

    @work
    async def action_edit(self) -> None:
        """Opens a document that was handed in or written on Discord, and takes the new text in at once."""
        entry = self.entry
        if entry is None or entry.what != "document":
            self.notify(_NOT_A_DOCUMENT)
            return
        with self.sentences():
            opened = await self.data.knowledge.open(entry.location)
            edited = await self.app.push_screen_wait(EditDialog(opened))
            if isinstance(edited, Edited):
                self.notify("saving … the first time loads the model")
                await self.data.knowledge.save(opened, edited.title, edited.text)
                self.notify(f"saved: {entry.location} answers with its new text", markup=False)
                self.reload()

    @work
    async def action_forget(self) -> None:
        """Asks, then forgets a document for good, or a source with its documents."""
        entry = self.entry
        if entry is None or entry.what not in ("document", "source"):
            self.notify(_NOT_A_DOCUMENT)
        elif entry.what == "source":
            await self._forget_source(entry)
        else:
            await self._forget_document(entry)

    @work
    async def action_let_in(self) -> None:
        """Has a document that was forgotten on purpose taken in again."""
        entry = self.entry
        if entry is None or entry.what != "excluded":
            self.notify("this is for a document that was forgotten on purpose (⊘)")
            return
        with self.sentences():
            self._queued(await self.data.knowledge.let_in_again(entry.location))

    @work
    async def action_refresh_sources(self) -> None:
        """Queues a look at every source."""
        with self.sentences():
            self._queued(await self.data.knowledge.refresh())

    @work
    async def action_refresh_source(self) -> None:
        """Queues a look at the source of the chosen line."""
        entry = self.entry
        if entry is None or entry.source_id is None:
            self.notify("choose a source first, or a document of one")
            return
        with self.sentences():
            self._queued(await self.data.knowledge.refresh(entry.source_id))

    async def _forget_document(self, entry: Entry) -> None:
        with self.sentences():
            preview = await self.data.shelf.preview(entry.location)
            if preview is None:
                self.notify(f"{entry.location} is gone already", markup=False)
                self.reload()
                return
            quoted = sum(preview.quoted.by_passage.values())
            what = (
                f"{preview.document.title}\n{entry.location}\n\n{count(len(preview.passages), 'passage')} with "
                f"their vectors, and what {count(quoted, 'past quote')} of it say, go out of every file for good. "
                "Its file or page stays where it is; no refresh takes it in again unless you let it in."
            )
            if await confirmed(self.app, "Forget this document?", what, "Forget it"):
                self.notify("forgetting … every file is written anew")
                self.notify(_forgotten(await self.data.knowledge.forget(entry.location)), markup=False, timeout=12)
                self.reload()

    async def _forget_source(self, entry: Entry) -> None:
        shelf = self.shelf_of(entry)
        if shelf is None or shelf.source is None:
            self.notify("these documents have no source: forget them one by one")
            return
        with self.sentences():
            what = (
                f"{shelf.source.location}\n\n{count(shelf.counts.documents, 'document')} with their passages and "
                "vectors go, and no refresh looks there again. The files or pages themselves stay where they are."
            )
            if await confirmed(self.app, "Forget this source?", what, "Forget it"):
                gone = await self.data.knowledge.drop_source(shelf.source)
                self.notify(f"forgotten: {shelf.source.location} with {count(gone, 'document')}", markup=False)
                self.reload()

    def _queued(self, job: Job) -> None:
        self.notify(f"queued: {job_name(job)}, job {job.id}", markup=False)
        self.reload()


def _forgotten(done: Forgotten) -> str:
    """Where it was, and what still holds it."""
    places = ", ".join(f"{place.found:,} {place.name}" for place in done.places if place.found)
    copies = f"; still in {count(len(done.copies), 'backup')}: {done.copies[0].path.name}" if done.copies else ""
    posted = f"; {count(len(done.posted), 'posted answer')} on Discord still quote it" if done.posted else ""
    return f"forgotten: {places}{copies}{posted}"
