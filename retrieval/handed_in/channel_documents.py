"""Documents made of Discord messages: who may read the channel may read them, and they go as their messages go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from retrieval.ingest import IngestReport
from retrieval.library import Library
from retrieval.space import Clock
from retrieval.texts.plain_message import without_markup, without_politeness
from retrieval.types import Extracted
from storage.known_questions import PostedAnswer
from storage.message_documents import MessagePart
from storage.stores import Stores

FORMAT = "discord"

SOURCE = "discord:"
"""What the names of sources begin with that are channels."""


def source_name(channel_id: int) -> str:
    """What the source of a learnt channel is called."""
    return f"{SOURCE}{channel_id}"


@dataclass(frozen=True)
class MessageOfDocument:
    """A message by its number, that of its channel or thread, and that of its author."""

    message_id: int
    channel_id: int
    author_id: int


@dataclass(frozen=True)
class ChannelDocument:
    """A document made of messages; ``location`` is the address of the first, ``visibility`` ``channel:<id>``.

    ``question`` is what ``text`` answers, in the words of whoever asked: it is found by them, and never quoted.
    """

    location: str
    title: str
    text: str
    visibility: str
    messages: tuple[MessageOfDocument, ...] = ()
    modified_at: float | None = None
    expires_at: float | None = None
    question: str = ""

    def read(self) -> bytes:
        """Everything that makes it another document when it changes."""
        return f"{self._markdown}\n\n{self.visibility} {self.expires_at}".encode()

    def extract(self, content: bytes) -> Extracted:
        """Its text below its headings."""
        from retrieval.extractors.markdown import read_markdown  # noqa: PLC0415 - as in retrieval.extract

        extracted = read_markdown(f"{self._markdown}\n", self.location)
        return replace(extracted, title=self.title, format=FORMAT)

    @property
    def _markdown(self) -> str:
        """Title and question are headings of their own, so that a question gets a vector of its own."""
        asked = " ".join(without_politeness(without_markup(self.question)).split())
        return "\n\n".join([f"# {self.title}", *([f"## {asked}"] if asked else []), self.text])


class ChannelDocuments:
    """Takes in, follows and forgets what came from Discord."""

    def __init__(self, stores: Stores, library: Library, hashed: Callable[[int], str], clock: Clock) -> None:
        self._stores, self._library, self._hashed, self._clock = stores, library, hashed, clock

    def put(self, space: str, source: str, documents: Sequence[ChannelDocument]) -> IngestReport:
        """Stores documents beside those that the source ``source`` has already, or in the place of their former selves.

        Messages of members who opted out must not be among them: see ``may_learn_from``.
        """
        report = self._library.add_documents(space, source, documents)
        stored = self._stores.documents.hashes(space)
        self._stores.message_documents.link(
            MessagePart(each.message_id, space, document.location, each.channel_id, self._hashed(each.author_id))
            for document in documents
            if document.location in stored
            for each in document.messages
        )
        return report

    def may_learn_from(self, author_id: int) -> bool:
        """False for members who opted out."""
        return not self._stores.opt_outs.has(self._hashed(author_id))

    def visibilities(self, space: str) -> frozenset[str]:
        """``channel:<id>`` of every channel that documents of the space are bound to."""
        return self._stores.message_documents.visibilities(space)

    def with_message(self, message_id: int) -> list[MessagePart]:
        """The documents that a message is part of."""
        return self._stores.message_documents.of_message(message_id)

    def forget_message(self, message_id: int) -> list[PostedAnswer]:
        """Takes every document that the message is part of, and drafts made of it, out of all answers at once.

        Returns the posted answers that quote what is gone; they are marked as withdrawn.
        """
        parts = self._stores.message_documents.of_message(message_id)
        self._stores.answer_drafts.delete_of_message(message_id)
        return self._forget([(part.space, part.location) for part in parts])

    def forget_channel(self, channel_id: int) -> list[PostedAnswer]:
        """The same for everything made of messages in a channel or thread that is gone."""
        return self._forget(self._stores.message_documents.of_channel(channel_id))

    def forget(self, space: str, locations: Iterable[str]) -> list[PostedAnswer]:
        """The same for documents by their locations."""
        return self._forget([(space, location) for location in locations])

    def recall_changed(self, space: str, location: str) -> list[PostedAnswer]:
        """The posted answers that quote what a document no longer says; they are marked as withdrawn."""
        document = self._stores.documents.get(space, location)
        text = document.text if document else ""
        changed = [
            each
            for each in self._stores.known_questions.citing(space, location)
            if any(
                source.document_location == location and source.quote not in text
                for source in self._stores.interactions.get(each.interaction_id).sources
            )
        ]
        for each in changed:
            self._stores.interactions.withdraw(each.interaction_id, "source changed", self._clock())
        return changed

    def recall_closed(self, channel_id: int, rooms: Iterable[int]) -> list[PostedAnswer]:
        """The answers that quote a channel which is no longer open to all, posted elsewhere than in it and ``rooms``.

        They are marked as withdrawn. ``rooms`` are its threads, where nobody is who may not read it.
        """
        with self._stores.write():
            quoting = self._stores.known_questions.citing_from(f"channel:{channel_id}", [channel_id, *rooms])
            for each in quoting:
                self._stores.interactions.withdraw(each.interaction_id, "source closed", self._clock())
        return quoting

    def posted_from(self, author_id: int) -> list[PostedAnswer]:
        """The posted answers that quote documents which messages of a member are part of."""
        documents = self._stores.forgetting.documents_by(self._hashed(author_id))
        return [each for place in documents for each in self._stores.known_questions.citing(*place)]

    def _forget(self, documents: Sequence[tuple[str, str]]) -> list[PostedAnswer]:
        posted: list[PostedAnswer] = []
        with self._stores.write():
            for space, location in dict.fromkeys(documents):
                posted += self._stores.known_questions.citing(space, location)
                self._stores.documents.delete(space, location)
            for each in posted:
                self._stores.interactions.withdraw(each.interaction_id, "source gone", self._clock())
        return posted
