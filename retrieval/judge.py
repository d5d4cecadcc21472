"""The off-topic judge of every space: what it was taught, and what it says of a message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from retrieval.anomaly import NEAREST, Boundary, Signal, Similarities, Verdict, judge
from retrieval.embed import Embedder, Purpose
from retrieval.fitting.fit import Fit, document_similarity, kept_fit
from retrieval.fitting.rates import kept_rates
from retrieval.off_topic.taught_messages import TaughtMessages
from retrieval.query import PreparedQuery, prepare_query, query_terms
from retrieval.search import Found
from retrieval.space import Clock, OpenSpace, Spaces
from storage.records import Label, Matrix
from storage.stores import Stores


@dataclass(frozen=True)
class Heard:
    """A message as the judge sees it: its words, its unit vector, and the cosines of what documents have nearest."""

    terms: tuple[str, ...]
    vector: Matrix
    nearest: tuple[float, ...]


def opinions(messages: Sequence[Heard], taught: TaughtMessages, fit: Fit) -> list[Verdict]:
    """What is to be said of each message by what was taught and fitted."""
    if not messages:
        return []
    vectors = np.stack([message.vector for message in messages])
    near = np.array([document_similarity(Found((), message.nearest)) for message in messages], dtype=np.float32)
    similarities: dict[Signal, Similarities] = {"documents": taught.beside_documents(near, vectors)}
    boundaries: dict[Signal, Boundary] = {}
    if fit.documents:
        boundaries["documents"] = fit.documents
    if taught.boundary:
        boundaries["messages"] = taught.boundary
        similarities["messages"] = taught.references.similarities(vectors, [message.terms for message in messages])
    return [
        judge({signal: float(each[row]) for signal, each in similarities.items()}, boundaries)
        for row in range(len(messages))
    ]


class Judge:
    """Knows each space's taught messages; asks the fit where the documents' topic ends."""

    def __init__(self, stores: Stores, spaces: Spaces, clock: Clock) -> None:
        self._stores, self._spaces, self._clock = stores, spaces, clock
        self._taught: dict[tuple[str, str], tuple[tuple[float, ...], TaughtMessages]] = {}

    def teach(self, space: str, examples: Sequence[tuple[str, Label]], origin: str) -> None:
        """Remembers messages whose verdict is known; the next message is judged by them."""
        self._stores.taught.put_many(space, examples, origin, self._clock())

    def verdicts(self, space: str, texts: Sequence[str]) -> list[Verdict]:
        """The opinions of many messages at once, as if each had been posted alone."""
        opened, messages = self.heard(space, texts)
        taught, fit = self.taught(space, opened.embedder), kept_fit(self._stores, opened.generation)
        return opinions(messages, taught, fit)

    def why(self, space: str, text: str, visible_to: frozenset[str] | None = None) -> Verdict:
        """The opinion of one message with the nearest text that is on topic and the nearest that was called off topic.

        The former is a taught message or a passage, whichever is nearer. ``visible_to`` is what those who are told may
        read; None is for people who may see everything.
        """
        opened, (message,) = self.heard(space, [text])
        taught = self.taught(space, opened.embedder)
        (verdict,) = opinions([message], taught, kept_fit(self._stores, opened.generation))
        on_topic = max(taught.nearest(message.vector, "in"), self._nearest_passage(opened, message.vector, visible_to))
        off_topic = taught.nearest(message.vector, "out")
        return replace(verdict, nearest_on_topic=on_topic[1], nearest_off_topic=off_topic[1])

    def nearest(self, space: str, texts: Sequence[str]) -> list[float]:
        """The highest cosine of each text to any reference, taught or document: the textbooks' measure."""
        opened, messages = self.heard(space, texts)
        taught = self.taught(space, opened.embedder)
        return [max(taught.nearest(each.vector, "in")[0], max(each.nearest, default=-1.0)) for each in messages]

    def verdict(
        self, space: str, embedder: Embedder, query: PreparedQuery, vector: Matrix, found: Found, fit: Fit
    ) -> Verdict:
        """The opinion of one message, given as it was searched for and what the search found for it."""
        return opinions([Heard(query.terms, vector, found.nearest)], self.taught(space, embedder), fit)[0]

    def heard(self, space: str, texts: Sequence[str]) -> tuple[OpenSpace, list[Heard]]:
        """The messages as they would have been asked, and the space in which they are looked for."""
        opened = self._spaces.active_or_new(space)
        encoder = opened.embedder.encoder
        queries = [prepare_query(text, encoder.tokenizer, encoder.max_tokens) for text in texts]
        purpose = Purpose("judge", space, "query", keep="query")
        vectors = opened.embedder.embed([query.text for query in queries], purpose)
        hits = opened.index.search(vectors, NEAREST) if len(vectors) else []
        return opened, [
            Heard(query.terms, vector, tuple(hit.similarity for hit in near))
            for query, vector, near in zip(queries, vectors, hits, strict=True)
        ]

    def is_paid(self, space: str) -> bool:
        """True where encoding costs money."""
        return self._spaces.is_paid(space)

    def taught(self, space: str, embedder: Embedder) -> TaughtMessages:
        """The taught messages as vectors, read anew when anybody taught another one or wants another rate."""
        key = (space, embedder.fingerprint.digest)
        rate = kept_rates(self._stores, space).flagged
        revision = (*self._stores.taught.revision(space), rate)
        known = self._taught.get(key)
        if known is None or known[0] != revision:
            on_topic, off_topic = self._examples(space, "in"), self._examples(space, "out")
            former = known[1] if known else None
            vectors = _vectors(space, embedder, [*on_topic, *off_topic], former)
            learn = former.after if former else TaughtMessages.of
            known = (revision, learn(on_topic, off_topic, vectors, rate))
            self._taught[key] = known
        return known[1]

    def _nearest_passage(
        self, opened: OpenSpace, vector: Matrix, visible_to: frozenset[str] | None
    ) -> tuple[float, str]:
        allowed = None
        if visible_to is not None:
            allowed = self._stores.chunks.visible_vectors(opened.generation, visible_to, self._clock())
        for hit in opened.index.search(vector[None, :], 1, allowed)[0]:
            owners = self._stores.vectors.chunks_of([hit.vector_id])
            for chunk in self._stores.chunks.get(owners.values()).values():
                return hit.similarity, chunk.text
        return -1.0, ""

    def _examples(self, space: str, label: Label) -> list[str]:
        """A message without a word teaches nothing, it is small talk anyway."""
        examples = self._stores.taught.list(space, label)
        return [example.text for example in examples if query_terms(example.text)]


def _vectors(space: str, embedder: Embedder, examples: Sequence[str], former: TaughtMessages | None) -> Matrix:
    """Each message as it would have been asked."""
    known = former.vectors() if former else {}
    new = [example for example in examples if example not in known]
    texts = [_prepared(example, embedder) for example in new]
    encoded = embedder.embed(texts, Purpose("judge", space, "query", keep="reference"))
    of = {**known, **dict(zip(new, encoded, strict=True))}
    return np.stack([of[example] for example in examples]) if examples else encoded


def _prepared(text: str, embedder: Embedder) -> str:
    return prepare_query(text, embedder.encoder.tokenizer, embedder.encoder.max_tokens).text
