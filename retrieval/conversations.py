"""What is kept of a conversation: questions, answers, votes, flags, and what moderators made of them."""

from __future__ import annotations

from retrieval.embed import text_hash
from retrieval.space import Clock
from retrieval.types import Answer, Asked, Citation
from storage.author_key import AuthorKey
from storage.flags import Flag, FlagDraft
from storage.records import InteractionDraft, Label, StoredCitation
from storage.stores import Stores

OFF_TOPIC = "off_topic"
"""The kind of a flag that the judge raised."""


class Conversations:
    """Keeps what members and moderators said. People are told apart by a keyed hash of their number, never by it."""

    def __init__(self, stores: Stores, clock: Clock) -> None:
        self._stores, self._clock = stores, clock
        self._key: AuthorKey | None = None

    def record(self, answer: Answer, asked: Asked) -> int | None:
        """Keeps a question with what became of it; returns its number, or None for a message recorded before."""
        return self._stores.interactions.record(
            InteractionDraft(
                space=answer.question.space,
                asked_at=self._clock(),
                origin=asked.origin,
                question=answer.question.text,
                decision=answer.decision,
                answer=answer.text,
                confidence=answer.confidence,
                off_topic_score=answer.off_topic_score,
                addressed=answer.question.addressed,
                visible_to=answer.question.visible_to,
                sources=tuple(_stored(source) for source in answer.sources),
                milliseconds=answer.milliseconds,
                author_hash=self._hashed(asked.author_id),
                channel_id=asked.channel_id,
                message_id=asked.message_id,
            )
        )

    def vote(self, interaction_id: int, voter_id: int, helpful: bool) -> None:
        """Keeps what a member thought of an answer; the latest vote counts. Raises NoSuchInteractionError."""
        self._stores.interactions.vote(interaction_id, self.hashed(voter_id), helpful, self._clock())

    def withdraw(self, interaction_id: int, by: int) -> bool:
        """Marks an answer as taken back by the moderator ``by``; False where it was already."""
        return self._stores.interactions.withdraw(interaction_id, self.hashed(by), self._clock())

    def flag(self, interaction_id: int, answer: Answer, asked: Asked) -> Flag:
        """Raises a flag on a message that looked off topic."""
        draft = FlagDraft(
            space=answer.question.space,
            kind=OFF_TOPIC,
            excerpt=answer.question.text,
            score=answer.off_topic_score,
            reason=answer.off_topic_signal,
            interaction_id=interaction_id,
            channel_id=asked.channel_id,
            message_id=asked.message_id,
            author_hash=self._hashed(asked.author_id),
        )
        return self._stores.flags.put(draft, self._clock())

    def decide(self, flag_id: int, verdict: Label, by: str) -> Flag:
        """Closes a flag and teaches its message: "in" is on topic, "out" is not. The next message is judged by it."""
        now = self._clock()
        with self._stores.write():
            flag = self._stores.flags.decide(flag_id, verdict, by, now)
            self._stores.taught.put_verdict(flag, verdict, now)
            return flag

    def reopen(self, flag_id: int) -> Flag:
        """Takes a verdict back, and what it taught."""
        with self._stores.write():
            self._stores.taught.take_back_verdict(flag_id)
            return self._stores.flags.decide(flag_id, None, None, self._clock())

    def hashed(self, author_id: int) -> str:
        """The keyed hash that stands for a Discord user."""
        self._key = self._key or AuthorKey(self._stores.data_dir)
        return self._key.hash(author_id)

    def _hashed(self, author_id: int | None) -> str | None:
        return None if author_id is None else self.hashed(author_id)


def _stored(source: Citation) -> StoredCitation:
    return StoredCitation(
        number=source.number,
        document_location=source.chunk.document_location,
        location=source.location,
        title=source.title,
        quote=source.quote,
        text_hash=text_hash(source.chunk.text),
        score=source.score,
    )
