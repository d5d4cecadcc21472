"""What one space's judge was taught, as vectors: read once, and anew when anybody taught another message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from retrieval.anomaly import Boundary, Similarities, nearest_mean
from retrieval.off_topic.message_references import MessageReferences
from retrieval.query import query_terms
from storage.records import Label, Matrix

TAUGHT_NEARNESS = 0.5
"""What a cosine to the nearest taught message counts beside the similarity to documents."""

_FEW_TAUGHT = 5
"""Messages of each kind from which on which kind is nearer counts as much as how far it is nearer than documents."""


@dataclass(frozen=True)
class TaughtMessages:
    """``texts`` are the messages as they were taught, first those on topic, in the order of the references' rows."""

    texts: tuple[str, ...]
    references: MessageReferences
    boundary: Boundary | None

    @staticmethod
    def of(on_topic: Sequence[str], off_topic: Sequence[str], vectors: Matrix, false_flags: float) -> TaughtMessages:
        """``vectors`` are those of both, in this order; ``false_flags`` is the share of a boundary's (see there)."""
        known, strange = vectors[: len(on_topic)], vectors[len(on_topic) :]
        references = MessageReferences.of(known, strange, [query_terms(text) for text in on_topic])
        return TaughtMessages((*on_topic, *off_topic), references, references.boundary(false_flags))

    def after(
        self, on_topic: Sequence[str], off_topic: Sequence[str], vectors: Matrix, false_flags: float
    ) -> TaughtMessages:
        """What ``of`` gives, in a fraction of a second for 15,000 messages most of which were there before."""
        kept: list[int] = []
        for row, text in enumerate(self.examples("in")[0]):
            if len(kept) < len(on_topic) and on_topic[len(kept)] == text:
                kept.append(row)
        split = len(on_topic)
        terms = [query_terms(text) for text in on_topic]
        rows = np.array(kept, dtype=np.int64)
        references = self.references.after(rows, vectors[len(kept) : split], vectors[split:], terms)
        return TaughtMessages((*on_topic, *off_topic), references, references.boundary(false_flags))

    def nearest(self, vector: Matrix, label: Label) -> tuple[float, str]:
        """The nearest message of that label with its cosine; (-1.0, "") where there is none."""
        known = self.references
        vectors, first = (known.on_topic, 0) if label == "in" else (known.off_topic, len(known.on_topic))
        if not len(vectors):
            return -1.0, ""
        cosines = vectors @ vector
        best = int(cosines.argmax())
        return float(cosines[best]), self.texts[first + best]

    def beside_documents(self, similarities: Similarities, vectors: Matrix) -> Similarities:
        """The similarities of messages to documents, raised or lowered by the taught message that each is most like.

        So the first verdict counts, long before there are messages enough for a boundary of their own. It counts as far
        as it is nearer than the documents: of few messages some one is always the nearest. The more were taught of
        both kinds, the more counts which of them is nearer, wherever the documents are.
        """
        known = self.references
        if not len(known.on_topic) and not len(known.off_topic):
            return similarities
        on_topic, off_topic = (
            nearest_mean(vectors, side, 1) if len(side) else np.full_like(similarities, -1.0)
            for side in (known.on_topic, known.off_topic)
        )
        fewer = min(len(known.on_topic), len(known.off_topic))
        trust = fewer / (fewer + _FEW_TAUGHT)
        beyond = np.maximum(on_topic, similarities) - np.maximum(off_topic, similarities)
        lead = trust * (on_topic - off_topic) + (1 - trust) * beyond
        return np.asarray(similarities + TAUGHT_NEARNESS * lead, dtype=np.float32)

    def examples(self, label: Label) -> tuple[tuple[str, ...], Matrix]:
        """The texts of that label with their vectors."""
        split = len(self.references.on_topic)
        if label == "in":
            return self.texts[:split], self.references.on_topic
        return self.texts[split:], self.references.off_topic

    def vectors(self) -> dict[str, Matrix]:
        """The vector of each message by its text."""
        return dict(zip(self.texts, (*self.references.on_topic, *self.references.off_topic), strict=True))

    def changed(self, text: str, vector: Matrix, label: Label | None, false_flags: float) -> TaughtMessages:
        """What it would be if ``text`` had been taught with ``label``, or with None had not been taught."""
        sides: dict[Label, list[str]] = {"in": [], "out": []}
        for side, texts in sides.items():
            texts += [known for known in self.examples(side)[0] if known != text]
            if label == side:
                texts.append(text)
        of = {**self.vectors(), text: vector}
        rows = [of[each] for each in (*sides["in"], *sides["out"])]
        vectors = np.stack(rows) if rows else np.zeros((0, len(vector)), np.float32)
        return self.after(sides["in"], sides["out"], vectors, false_flags)
