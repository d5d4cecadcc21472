"""What a verdict on a message changes: looked at on recorded messages, before or after it counts."""

from __future__ import annotations

from dataclasses import dataclass

from retrieval.fitting.fit import kept_fit
from retrieval.fitting.rates import kept_rates
from retrieval.gate import kept_thresholds
from retrieval.judge import Judge, opinions
from storage.records import Label
from storage.stores import Stores

MOST_RECENT = 200
"""The latest recorded messages that a verdict is tried out on."""


@dataclass(frozen=True)
class Lesson:
    """Of the latest ``messages``, the ones that a verdict has judged otherwise, newest first."""

    messages: int
    flagged: tuple[str, ...] = ()
    cleared: tuple[str, ...] = ()

    @property
    def changed(self) -> int:
        """How many are judged otherwise."""
        return len(self.flagged) + len(self.cleared)


class Teaching:
    """Tries verdicts out; changes nothing."""

    def __init__(self, stores: Stores, judge: Judge) -> None:
        self._stores, self._judge = stores, judge

    def lesson(self, space: str, text: str, label: Label | None) -> Lesson:
        """What it changes to teach ``text`` with ``label``, or with None to forget what was taught by it.

        Nothing is looked at where that would cost money.
        """
        recent = self._stores.recorded.texts(space, MOST_RECENT)
        opened, messages = self._judge.heard(space, [text] if self._judge.is_paid(space) else [text, *recent])
        taught = self._judge.taught(space, opened.embedder)
        fit, threshold = kept_fit(self._stores, opened.generation), kept_thresholds(self._stores, space).off_topic
        (example, *others) = messages
        then = taught.changed(text, example.vector, label, kept_rates(self._stores, space).flagged)
        flags = [[said.score >= threshold for said in opinions(others, known, fit)] for known in (taught, then)]
        changes = list(zip(recent, *flags, strict=False))
        return Lesson(
            messages=len(changes),
            flagged=tuple(said for said, before, after in changes if after and not before),
            cleared=tuple(said for said, before, after in changes if before and not after),
        )
