"""What is kept of a conversation: questions, answers, votes, flags, and what moderators made of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from retrieval.embed import text_hash
from retrieval.freshness.recall import Recalled, recalled_in
from retrieval.reviewing.review import MOST_RETRIEVED
from retrieval.space import Clock
from retrieval.types import Answer, Asked, Candidate, Citation
from storage.author_key import AuthorKey
from storage.flags import OFF_TOPIC, Flag, FlagDraft
from storage.records import InteractionDraft, Label, Retrieved, StoredCitation
from storage.stores import Stores

SUSPICIOUS = "suspicious"
"""The kind of a flag on a message that tries to talk the bot or its readers out of something."""


@dataclass(frozen=True)
class Concern:
    """Why a message is flagged: the ``kind`` of the flag, what it goes by, and how surely (0-1)."""

    kind: str
    reason: str
    score: float


class Conversations:
    """Keeps what members and moderators said. People are told apart by a keyed hash of their number, never by it."""

    def __init__(self, stores: Stores, clock: Clock) -> None:
        self._stores, self._clock = stores, clock
        self._key: AuthorKey | None = None

    def record(
        self, answer: Answer, asked: Asked, replaces: int | None = None, concern: Concern | None = None
    ) -> int | None:
        """Keeps a question with what became of it; returns its number, or None for a message recorded before.

        ``replaces`` is the number of the same message before it was edited, which is forgotten. For a ``concern`` it is
        flagged in the same transaction, so that a kill leaves no message that should have been. Of members who opted
        out neither their words nor who they are is kept, and so no flag.
        """
        draft = InteractionDraft(
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
            retrieved=tuple(_retrieved(candidate) for candidate in answer.candidates[:MOST_RETRIEVED]),
            signal=answer.off_topic_signal,
            shadow=asked.shadow,
        )
        with self._stores.write():
            if draft.author_hash and self._stores.opt_outs.has(draft.author_hash):
                draft, concern = replace(draft, question="", author_hash=None), None
            if replaces is not None:
                self._stores.known_questions.forget(replaces)
            _note_place(self._stores, asked)
            number = self._stores.interactions.record(draft)
            if number is not None and concern:
                self.flag(number, answer, asked, concern)
            return number

    def vote(self, interaction_id: int, voter_id: int, helpful: bool, reason: str = "") -> None:
        """Keeps what a member thought of an answer; the latest vote counts. Raises NoSuchInteractionError.

        The ``reason`` of a member who opted out is not kept.
        """
        voter = self.hashed(voter_id)
        kept = "" if reason and self._stores.opt_outs.has(voter) else reason
        self._stores.interactions.vote(interaction_id, voter, helpful, self._clock(), kept)

    def recalled(self, space: str) -> list[Recalled]:
        """Past answers whose sources have changed or gone since, newest first."""
        return recalled_in(self._stores, space)

    def withdraw(self, interaction_id: int, by: int) -> bool:
        """Marks an answer as taken back by the moderator ``by``; False where it was already."""
        return self._stores.interactions.withdraw(interaction_id, self.hashed(by), self._clock())

    def deleted(self, interaction_id: int) -> None:
        """Its author has deleted the message: what was posted is withdrawn, what was only heard is forgotten."""
        if self._stores.interactions.get(interaction_id).shadow:
            self._stores.known_questions.forget(interaction_id)
        else:
            self._stores.interactions.withdraw(interaction_id, "question deleted", self._clock())

    def flag(self, interaction_id: int, answer: Answer, asked: Asked, concern: Concern | None = None) -> Flag:
        """Raises a flag on a message that was recorded; without a ``concern`` for being as off topic as it was."""
        concern = concern or off_topic(answer)
        draft = FlagDraft(
            space=answer.question.space,
            kind=concern.kind,
            excerpt=answer.question.text,
            score=concern.score,
            reason=concern.reason,
            interaction_id=interaction_id,
            channel_id=asked.channel_id,
            message_id=asked.message_id,
            author_hash=self._hashed(asked.author_id),
            shadow=asked.shadow,
        )
        with self._stores.write():
            _note_place(self._stores, asked)
            return self._stores.flags.put(draft, self._clock())

    def decide(self, flag_id: int, verdict: Label, by: str) -> Flag:
        """Closes a flag; one of the judge's teaches its message, and the next one is judged by it.

        "in": on topic, or harmless after all; "out": off topic, or suspicious indeed.
        """
        now = self._clock()
        with self._stores.write():
            flag = self._stores.flags.decide(flag_id, verdict, by, now)
            if flag.kind == OFF_TOPIC:
                self._stores.taught.put_verdict(flag, verdict, now)
            return flag

    def reopen(self, flag_id: int) -> Flag:
        """Takes a verdict back, and what it taught."""
        with self._stores.write():
            self._stores.taught.take_back_verdict(flag_id)
            return self._stores.flags.decide(flag_id, None, None, self._clock())

    def sources(self, interaction_id: int, visible_to: frozenset[str]) -> list[StoredCitation]:
        """What an answer quotes, as far as it still stands in documents that ``visible_to`` allows by now.

        Raises NoSuchInteractionError.
        """
        asked, now = self._stores.interactions.get(interaction_id), self._clock()
        stands = partial(_still_stands, self._stores, asked.space, now, visible_to)
        return [source for source in asked.sources if stands(source)]

    def hashed(self, author_id: int) -> str:
        """The keyed hash that stands for a Discord user."""
        self._key = self._key or AuthorKey(self._stores.data_dir)
        return self._key.hash(author_id)

    def _hashed(self, author_id: int | None) -> str | None:
        return None if author_id is None else self.hashed(author_id)


def off_topic(answer: Answer) -> Concern:
    """What the judge said of a message."""
    return Concern(OFF_TOPIC, answer.off_topic_signal, answer.off_topic_score)


def _retrieved(candidate: Candidate) -> Retrieved:
    """Every score that a candidate has, whichever stages there are."""
    scores = {name: round(value, 3) for name, value in vars(candidate).items() if isinstance(value, float)}
    return Retrieved(candidate.chunk.location, scores)


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


def _still_stands(stores: Stores, space: str, now: float, visible_to: frozenset[str], source: StoredCitation) -> bool:
    document = stores.documents.get(space, source.document_location)
    if document is None or document.visibility not in visible_to:
        return False
    expired = document.expires_at is not None and document.expires_at <= now
    return not expired and source.quote in document.text


def _note_place(stores: Stores, asked: Asked) -> None:
    """Once a server is left, Discord no longer says which channels were its."""
    if asked.server_id is not None and asked.channel_id is not None:
        stores.servers.note_channels(asked.server_id, [asked.channel_id])
