"""What one space's judge was taught, as vectors: read once, and anew when anybody taught another message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from retrieval.anomaly import Boundary
from retrieval.message_references import MessageReferences
from retrieval.query import query_terms
from storage.records import Label, Matrix

TAUGHT_NEARNESS = 0.5
"""What a cosine to the nearest taught message counts beside the similarity to documents."""


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

    def nearest(self, vector: Matrix, label: Label) -> tuple[float, str]:
        """The nearest message of that label with its cosine; (-1.0, "") where there is none."""
        known = self.references
        vectors, first = (known.on_topic, 0) if label == "in" else (known.off_topic, len(known.on_topic))
        if not len(vectors):
            return -1.0, ""
        cosines = vectors @ vector
        best = int(cosines.argmax())
        return float(cosines[best]), self.texts[first + best]

    def beside_documents(self, similarity: float, vector: Matrix) -> float:
        """The similarity of a message to documents, raised or lowered by the taught message that it resembles most.

        So the first verdict counts, long before there are messages enough for a boundary of their own. Where only one
        kind was taught, it counts as far as it is nearer than the documents.
        """
        on_topic, off_topic = self.nearest(vector, "in")[0], self.nearest(vector, "out")[0]
        if not len(self.references.off_topic):
            lead = max(on_topic - similarity, 0.0)
        elif not len(self.references.on_topic):
            lead = min(similarity - off_topic, 0.0)
        else:
            lead = on_topic - off_topic
        return similarity + TAUGHT_NEARNESS * lead

    def examples(self, label: Label) -> tuple[tuple[str, ...], Matrix]:
        """The texts of that label with their vectors."""
        split = len(self.references.on_topic)
        if label == "in":
            return self.texts[:split], self.references.on_topic
        return self.texts[split:], self.references.off_topic

    def changed(self, text: str, vector: Matrix, label: Label | None, false_flags: float) -> TaughtMessages:
        """What it would be if ``text`` had been taught with ``label``, or with None had not been taught."""
        kept: dict[Label, tuple[list[str], list[Matrix]]] = {"in": ([], []), "out": ([], [])}
        for kind, (texts, rows) in kept.items():
            for known, row in zip(*self.examples(kind), strict=True):
                if known != text:
                    texts.append(known)
                    rows.append(row)
            if label == kind:
                texts.append(text)
                rows.append(vector)
        (on_topic, inside), (off_topic, outside) = kept["in"], kept["out"]
        rows = [*inside, *outside]
        vectors = np.stack(rows) if rows else np.zeros((0, len(vector)), np.float32)
        return TaughtMessages.of(on_topic, off_topic, vectors, false_flags)
