"""Answer recall: past answers whose sources have changed or gone since, so that somebody can look at them again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from retrieval.embed import text_hash
from retrieval.texts.shingles import resemblance, shingles
from storage.records import Document, DocumentSummary, Interaction, StoredCitation
from storage.stores import Stores

MOST_RECALLED = 200
_LOOKED_AT = 5_000


@dataclass(frozen=True)
class Recalled:
    """A past answer that is not withdrawn. ``documents`` are its sources that have changed or gone.

    ``channel_id`` and ``reply_id`` say which message on Discord it is; None where it was given elsewhere.
    """

    interaction_id: int
    asked_at: float
    question: str
    documents: tuple[str, ...]
    channel_id: int | None
    reply_id: int | None

    def link(self, server_id: int | str = "@me") -> str:
        """The address of the answer on Discord; "" where it is not there."""
        if self.channel_id is None or self.reply_id is None:
            return ""
        return f"https://discord.com/channels/{server_id}/{self.channel_id}/{self.reply_id}"


@dataclass(frozen=True)
class Change:
    """A source that does not say any more what an answer took from it. ``version`` is the document's content hash.

    ``now`` is the passage that comes nearest to the quote today; both are "" where the document is gone.
    """

    document_location: str
    quote: str
    now: str
    version: str


def recalled_in(stores: Stores, space: str, limit: int = MOST_RECALLED) -> list[Recalled]:
    """The latest answers of ``space`` that cited a passage which is no longer there word for word, newest first.

    Answers that somebody found still right since are left out, until their documents change again.
    """
    documents = {document.location: document for document in stores.documents.list(space)}
    present = _Present(stores, stores.second_looks.still_right(space))
    found: list[Recalled] = []
    for given in stores.interactions.list(space, limit=_LOOKED_AT):
        changed = [s for s in _standing(given) if present.lacks(given, s, documents.get(s.document_location))]
        if changed:
            places = tuple(dict.fromkeys(source.document_location for source in changed))
            found.append(Recalled(given.id, given.asked_at, given.question, places, given.channel_id, given.reply_id))
    return found[:limit]


def changes_of(stores: Stores, given: Interaction) -> tuple[Change, ...]:
    """What ``recalled_in`` would name a past answer for, source by source; nothing where it would not."""
    present = _Present(stores, stores.second_looks.still_right(given.space))
    sources = [(source, stores.documents.get(given.space, source.document_location)) for source in _standing(given)]
    return tuple(
        Change(
            source.document_location,
            source.quote,
            _nearest(stores, document, source.quote) if document else "",
            document.content_hash if document else "",
        )
        for source, document in sources
        if present.lacks(given, source, document)
    )


class _Present:
    """What documents say now, read as far as it is asked for. ``still_right`` is as the store has it."""

    def __init__(self, stores: Stores, still_right: Mapping[tuple[int, str], str]) -> None:
        self._stores, self._still_right = stores, still_right
        self._passages: dict[int, set[str]] = {}

    def lacks(self, given: Interaction, source: StoredCitation, document: Document | DocumentSummary | None) -> bool:
        """True where the cited passage is not there word for word, and nobody said that this does no harm.

        A document that was not stored again since it was cited is as it was, however it is cut today.
        """
        version = document.content_hash if document else ""
        if self._still_right.get((given.id, source.document_location)) == version:
            return False
        if document is None or not source.text_hash:
            return True
        return document.stored_at > given.asked_at and source.text_hash not in self._texts(document.id)

    def _texts(self, document_id: int) -> set[str]:
        if document_id not in self._passages:
            texts = self._stores.chunks.texts_of(document_id)
            self._passages[document_id] = {text_hash(text) for text in texts}
        return self._passages[document_id]


def _standing(given: Interaction) -> tuple[StoredCitation, ...]:
    """The sources of what was posted as an answer, and is not taken back."""
    stands = given.decision == "answer" and given.withdrawn_at is None and not given.shadow
    return given.sources if stands else ()


def _nearest(stores: Stores, document: Document, quote: str) -> str:
    generation = stores.generations.active(document.space)
    chunks = stores.chunks.of_document(document.id, generation.chunking_id) if generation else []
    wanted = shingles(quote)
    return max((chunk.text for chunk in chunks), key=lambda text: resemblance(wanted, shingles(text)), default="")
