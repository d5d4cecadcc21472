"""What knowbot owes to members and moderators: opt-outs, what is kept and for how long, and who changed what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from retrieval.space import Clock
from storage.audit import Action, AuditLine
from storage.stores import Stores


@dataclass(frozen=True)
class Forgotten:
    """How much was too old to be kept."""

    questions: int
    audit_lines: int
    drafts: int


class Members:
    """Members are named by their Discord number here and by its keyed hash in the database."""

    def __init__(self, stores: Stores, hashed: Callable[[int], str], clock: Clock) -> None:
        self._stores, self._hashed, self._clock = stores, hashed, clock

    def opt_out(self, member_id: int) -> None:
        """From now on nothing that this member writes is recorded or learnt from."""
        self._stores.opt_outs.put(self._hashed(member_id), self._clock())

    def opt_in(self, member_id: int) -> None:
        """Takes an opt-out back."""
        self._stores.opt_outs.take_back(self._hashed(member_id))

    def is_opted_out(self, member_id: int) -> bool:
        """True where that member opted out."""
        return self._stores.opt_outs.has(self._hashed(member_id))

    def audit(self, server: str, by: int, action: Action, subject: str = "") -> None:
        """Notes that the moderator ``by`` did something on a server."""
        self._stores.audit.note(server, AuditLine(self._clock(), self._hashed(by), action, subject))

    def forget_older(self, seconds: float) -> Forgotten:
        """Deletes questions with their votes and flags, audit lines and unapproved drafts that are older than that.

        What moderators taught stays, without its flag, until they take it back or its author asks to be forgotten.
        """
        before = self._clock() - seconds
        with self._stores.write():
            self._stores.taught.keep_verdicts_of(before)
            self._stores.handovers.forget_before(before)
            return Forgotten(
                self._stores.known_questions.forget_before(before),
                self._stores.audit.forget_before(before),
                self._stores.answer_drafts.forget_before(before),
            )
