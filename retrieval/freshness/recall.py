"""Answer recall: past answers whose sources have changed or gone since, so that somebody can look at them again."""

from __future__ import annotations

from dataclasses import dataclass

from retrieval.embed import text_hash
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


def recalled_in(stores: Stores, space: str, limit: int = MOST_RECALLED) -> list[Recalled]:
    """The latest answers of ``space`` that cited a passage which is no longer there word for word, newest first.

    A document that was not stored again since it was cited is as it was, however it is cut today.
    """
    documents = {document.location: document for document in stores.documents.list(space)}
    passages: dict[str, set[str]] = {}

    def has_changed(location: str, digest: str, asked_at: float) -> bool:
        document = documents.get(location)
        if document is None or not digest:
            return True
        if document.stored_at <= asked_at:
            return False
        if location not in passages:
            passages[location] = {text_hash(text) for text in stores.chunks.texts_of(document.id)}
        return digest not in passages[location]

    found: list[Recalled] = []
    for given in stores.interactions.list(space, limit=_LOOKED_AT):
        if given.decision == "answer" and given.withdrawn_at is None:
            sources = [s for s in given.sources if has_changed(s.document_location, s.text_hash, given.asked_at)]
            if sources:
                changed = tuple(dict.fromkeys(source.document_location for source in sources))
                where = (given.channel_id, given.reply_id)
                found.append(Recalled(given.id, given.asked_at, given.question, changed, *where))
    return found[:limit]
