"""The off-topic judge of every space: what it was taught, what it says of a message, and what is mere small talk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from retrieval.anomaly import (
    NEAREST,
    Boundary,
    Signal,
    Verdict,
    judge,
    nearest_mean,
)
from retrieval.banks import small_talk_lines
from retrieval.embed import Embedder, Purpose
from retrieval.fit import Fit, document_similarity, kept_fit
from retrieval.message_references import MessageReferences
from retrieval.query import PreparedQuery, prepare_query, query_terms
from retrieval.search import Found
from retrieval.space import Clock, OpenSpace, Spaces
from storage.records import Label, Matrix
from storage.stores import Stores

MOST_SMALL_TALK_WORDS = 9
SMALL_TALK_SIMILARITY = 0.62
SMALL_TALK_LEAD = 0.1
"""How much nearer to small talk than to any passage a message must be."""


@dataclass(frozen=True)
class _Taught:
    """``texts`` are the messages as they were taught, first those on topic, in the order of the references' rows."""

    revision: tuple[int, int]
    texts: tuple[str, ...]
    references: MessageReferences
    boundary: Boundary | None

    def nearest(self, vector: Matrix, label: Label) -> tuple[float, str]:
        """The nearest message of that label with its cosine; (-1.0, "") where there is none."""
        known = self.references
        vectors, first = (known.on_topic, 0) if label == "in" else (known.off_topic, len(known.on_topic))
        if not len(vectors):
            return -1.0, ""
        cosines = vectors @ vector
        best = int(cosines.argmax())
        return float(cosines[best]), self.texts[first + best]


class Judge:
    """Knows each space's taught messages; asks the fit where the documents' topic ends."""

    def __init__(self, stores: Stores, spaces: Spaces, clock: Clock) -> None:
        self._stores, self._spaces, self._clock = stores, spaces, clock
        self._taught: dict[tuple[str, str], _Taught] = {}
        self._small_talk: dict[str, Matrix] = {}

    def teach(self, space: str, examples: Sequence[tuple[str, Label]], origin: str) -> None:
        """Remembers messages whose verdict is known; the next message is judged by them."""
        self._stores.taught.put_many(space, examples, origin, self._clock())

    def verdicts(self, space: str, texts: Sequence[str]) -> list[Verdict]:
        """The opinions of many messages at once, as if each had been posted alone."""
        opened, vectors = self._encoded(space, texts)
        fit = kept_fit(self._stores, opened.generation)
        return [self.verdict(space, opened.embedder, vector, self._nearby(opened, vector), fit) for vector in vectors]

    def why(self, space: str, text: str) -> Verdict:
        """The opinion of one message with the nearest text that is on topic and the nearest that was called off topic.

        The former is a taught message or a passage, whichever is nearer; both are for people who may see everything.
        """
        opened, vectors = self._encoded(space, [text])
        vector, taught = vectors[0], self._known(space, opened.embedder)
        found = self._nearby(opened, vector)
        verdict = self.verdict(space, opened.embedder, vector, found, kept_fit(self._stores, opened.generation))
        on_topic = max(taught.nearest(vector, "in"), _nearest_passage(self._stores, opened, vector))
        off_topic = taught.nearest(vector, "out")
        return replace(verdict, nearest_on_topic=on_topic[1], nearest_off_topic=off_topic[1])

    def nearest(self, space: str, texts: Sequence[str]) -> list[float]:
        """The highest cosine of each text to any reference, taught or document: the textbooks' measure."""
        opened, vectors = self._encoded(space, texts)
        on_topic = self._known(space, opened.embedder).references.on_topic
        taught = nearest_mean(vectors, on_topic, nearest=1)
        documents = [max(self._nearby(opened, vector).nearest, default=-1.0) for vector in vectors]
        return [max(pair) for pair in zip(taught.tolist(), documents, strict=True)]

    def verdict(self, space: str, embedder: Embedder, vector: Matrix, found: Found, fit: Fit) -> Verdict:
        """The opinion of one message, given as its unit vector and what the search found for it."""
        taught = self._known(space, embedder)
        similarities: dict[Signal, float] = {"documents": document_similarity(found)}
        boundaries: dict[Signal, Boundary] = {}
        if fit.documents:
            boundaries["documents"] = fit.documents
        if taught.boundary:
            boundaries["messages"] = taught.boundary
            similarities["messages"] = float(taught.references.similarities(vector[None, :])[0])
        return judge(similarities, boundaries)

    def is_small_talk(self, space: str, embedder: Embedder, query: PreparedQuery, vector: Matrix, found: Found) -> bool:
        """True for a message without a word, and for a short one that is nearer to small talk than to any passage."""
        if not query.terms:
            return True
        if len(query.text.split()) > MOST_SMALL_TALK_WORDS:
            return False
        similarity = float((self._small_talk_bank(space, embedder) @ vector).max())
        nearest = max(found.nearest, default=0.0)
        return similarity >= SMALL_TALK_SIMILARITY and similarity >= nearest + SMALL_TALK_LEAD

    def _encoded(self, space: str, texts: Sequence[str]) -> tuple[OpenSpace, Matrix]:
        opened = self._spaces.active_or_new(space)
        queries = [_prepared(text, opened.embedder) for text in texts]
        return opened, opened.embedder.embed(queries, Purpose("judge", space, "query", keep="query"))

    def _nearby(self, opened: OpenSpace, vector: Matrix) -> Found:
        hits = opened.index.search(vector[None, :], NEAREST)[0]
        return Found((), tuple(hit.similarity for hit in hits))

    def _small_talk_bank(self, space: str, embedder: Embedder) -> Matrix:
        digest = embedder.fingerprint.digest
        if digest not in self._small_talk:
            purpose = Purpose("judge", space, "query", keep="reference")
            self._small_talk[digest] = embedder.embed(small_talk_lines(), purpose)
        return self._small_talk[digest]

    def _known(self, space: str, embedder: Embedder) -> _Taught:
        """The taught messages as vectors, read anew when anybody taught another one."""
        key = (space, embedder.fingerprint.digest)
        revision = self._stores.taught.revision(space)
        known = self._taught.get(key)
        if known is None or known.revision != revision:
            on_topic, off_topic = self._examples(space, "in"), self._examples(space, "out")
            references = MessageReferences.of(_vectors(space, embedder, on_topic), _vectors(space, embedder, off_topic))
            known = _Taught(revision, (*on_topic, *off_topic), references, references.boundary())
            self._taught[key] = known
        return known

    def _examples(self, space: str, label: Label) -> list[str]:
        """A message without a word teaches nothing, it is small talk anyway."""
        examples = self._stores.taught.list(space, label)
        return [example.text for example in examples if query_terms(example.text)]


def _vectors(space: str, embedder: Embedder, examples: Sequence[str]) -> Matrix:
    """Each message as it would have been asked."""
    texts = [_prepared(example, embedder) for example in examples]
    return embedder.embed(texts, Purpose("judge", space, "query", keep="reference"))


def _nearest_passage(stores: Stores, opened: OpenSpace, vector: Matrix) -> tuple[float, str]:
    for hit in opened.index.search(vector[None, :], 1)[0]:
        owners = stores.vectors.chunks_of([hit.vector_id])
        for chunk in stores.chunks.get(owners.values()).values():
            return hit.similarity, chunk.text
    return -1.0, ""


def _prepared(text: str, embedder: Embedder) -> str:
    return prepare_query(text, embedder.encoder.tokenizer, embedder.encoder.max_tokens).text
