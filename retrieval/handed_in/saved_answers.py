"""Answers that helpers wrote and moderators approved: drafts until then, documents from then on."""

from __future__ import annotations

from retrieval.handed_in.channel_documents import ChannelDocument
from retrieval.library import Library
from retrieval.space import Clock
from storage.message_documents import AnswerDraft, MessagePart
from storage.records import PUBLIC
from storage.stores import Stores

SAVED = "saved answers"
"""The source of what moderators approved, one answer at a time."""


class SavedAnswers:
    """Keeps drafts until somebody approves them; nothing is indexed before that."""

    def __init__(self, stores: Stores, library: Library, clock: Clock) -> None:
        self._stores, self._library, self._clock = stores, library, clock

    def draft(self, draft: AnswerDraft) -> int:
        """Keeps an answer that somebody wants to be known, until it is approved or discarded; returns its number."""
        return self._stores.answer_drafts.put(draft)

    def was_approved(self, part: MessagePart) -> bool:
        """True for the document of an approved draft, whose words a person has seen."""
        return self._stores.message_documents.source_of(part.space, part.location) == SAVED

    def write(self, space: str, location: str, question: str, answer: str) -> None:
        """Makes an answer a document that every member may read, at once."""
        document = ChannelDocument(location, question, answer, PUBLIC, (), self._clock())
        self._library.add_documents(space, SAVED, [document])

    def publish(self, number: int) -> AnswerDraft:
        """Makes an approved draft a document, at once; raises NoSuchDraftError."""
        draft = self._stores.answer_drafts.get(number)
        document = ChannelDocument(
            draft.location, draft.question, draft.answer, draft.visibility, (), self._clock(), draft.expires_at
        )
        self._library.add_documents(draft.space, SAVED, [document])
        part = MessagePart(draft.message_id, draft.space, draft.location, draft.channel_id, draft.author_hash)
        self._stores.message_documents.link([part])
        self._stores.answer_drafts.delete(number)
        return draft

    def discard(self, number: int) -> None:
        """Forgets a draft."""
        self._stores.answer_drafts.delete(number)
