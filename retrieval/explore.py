"""Looking around in a space: what it is about, what is missing, double or strange in it, and how texts relate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from retrieval.costs.pricing import TokenUse
from retrieval.embed import Purpose, normalised
from retrieval.exploring.corpus import read_corpus
from retrieval.exploring.corpus_map import MapPoint
from retrieval.exploring.gaps import question_vectors
from retrieval.exploring.survey import OnProgress, Survey, make_survey
from retrieval.exploring.topic_names import content_words
from retrieval.planning.estimate import Estimate
from retrieval.query import EmptyQuestionError, prepare_query
from retrieval.space import Clock, NothingIndexedError, OpenSpace, Spaces
from storage.asked import QuestionFilter
from storage.errors import KnowbotError
from storage.records import Chunk, Matrix
from storage.stores import Stores

SMALL = 20_000
"""Passages that are looked at while somebody waits; more are for the worker."""

MOST_TERMS = 1000
"""Words, and as many headings, that an analogy may come out at."""

MOST_TEXTS = 30
"""Texts that are compared with each other."""

_EXAMPLES = 5
_TODAY = 86_400.0
_MOST_MAPPED = 500


class SurveyMissingError(KnowbotError):
    """A large space was not surveyed yet, and nobody wants to wait for it."""


class NothingToCompareError(KnowbotError):
    """One text cannot be compared with itself."""


@dataclass(frozen=True)
class SimilarityMatrix:
    """``cosines[i][j]`` of the texts that ``labels`` name, -1 to 1; documents stand for all of their passages."""

    labels: tuple[str, ...]
    cosines: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class MappedQuestion:
    """A recorded question where it lies among the documents."""

    id: int
    question: str
    decision: str
    x: float
    y: float


@dataclass(frozen=True)
class CorpusMap:
    """Documents and the latest day's questions; ``topics`` are the names by number, ``explained`` as in ``Axes``."""

    points: tuple[MapPoint, ...]
    topics: tuple[str, ...]
    questions: tuple[MappedQuestion, ...]
    explained: float


class Explorer:
    """Looks at whole spaces. ``survey`` is long work on large ones; ``kept`` is what the last one found."""

    def __init__(self, stores: Stores, spaces: Spaces, clock: Clock) -> None:
        self._stores, self._spaces, self._clock = stores, spaces, clock

    def survey(self, space: str, on_progress: OnProgress = lambda *_: None) -> Survey:
        """Looks at everything and keeps what it found; raises NothingIndexedError.

        Encodes the month's unanswered questions where they are not remembered, but never through an API.
        """
        opened = self._spaces.active(space)
        if not self._stores.generations.counts(opened.generation.id).passages:
            raise NothingIndexedError(space)
        found = make_survey(self._stores, opened, self._clock(), on_progress)
        self._stores.surveys.put(space, found.to_json(), found.made_at)
        return self._with_examples(found)

    def kept(self, space: str) -> Survey | None:
        """The last survey; None before the first, and after something was forgotten. Encodes nothing."""
        kept = self._stores.surveys.get(space)
        return self._with_examples(Survey.from_json(kept)) if kept else None

    def present(self, space: str) -> Survey:
        """A new survey of a small space, the last one of a large space; raises SurveyMissingError without one."""
        passages = self._stores.generations.counts(self._spaces.present(space).id).passages
        found = self.kept(space) if passages > SMALL else self.survey(space)
        if found is None:
            raise SurveyMissingError(
                f"space '{space}' holds {passages} passages, too many to look at while you wait: "
                f"run `knowbot jobs run survey --space {space}` first"
            )
        return found

    def map(self, space: str, survey: Survey | None = None) -> CorpusMap | None:
        """The map of the last survey with the questions of the latest day whose vectors are remembered still.

        ``survey`` is that last one, for whoever has read it already.
        """
        found = survey or self.kept(space)
        if found is None:
            return None
        opened = self._spaces.active(space)
        drawn = found.generation_id == opened.generation.id
        questions = self._todays(opened, found) if drawn else ()
        return CorpusMap(found.points, tuple(topic.name for topic in found.topics), questions, found.axes.explained)

    def similar(self, space: str, texts: Sequence[str]) -> SimilarityMatrix:
        """Each text against each; one that is a document's address stands for the document. At most MOST_TEXTS."""
        if not 2 <= len(texts) <= MOST_TEXTS:
            raise NothingToCompareError(f"two to {MOST_TEXTS} texts can be compared, not {len(texts)}: name as many")
        opened = self._spaces.active(space)
        rows = np.stack([self._document(opened, text) for text in texts])
        cosines = np.clip(rows @ rows.T, -1.0, 1.0)
        return SimilarityMatrix(tuple(texts), tuple(tuple(round(float(c), 4) for c in row) for row in cosines))

    def analogy(self, space: str, a: str, b: str, c: str, limit: int = 10) -> list[tuple[str, float]]:
        """Headings and words of the space nearest to a - b + c, with their cosines, best first; none of the three.

        3CosAdd of Mikolov et al. 2013, "Linguistic Regularities in Continuous Space Word Representations". The first
        call of a space encodes up to MOST_TERMS words and as many headings.
        """
        opened = self._spaces.active(space)
        terms = self._terms(opened, [a, b, c])
        vectors = opened.embedder.embed(terms, Purpose("explore", space, "query", keep="reference"))
        return nearest_terms(terms, vectors, _texts(opened, [a, b, c]), limit)

    def analogy_estimate(self, space: str, a: str, b: str, c: str) -> Estimate:
        """What ``analogy`` would have to encode, counted exactly; its time was not measured."""
        opened = self._spaces.active(space)
        embedder, offered = opened.embedder, [*self._terms(opened, [a, b, c]), *_prepared(opened, [a, b, c])]
        texts = [*embedder.missing(offered, "query").values()]
        tokens = embedder.tokens(texts, "query")
        price = self._spaces.meter.price(embedder.priced_as, TokenUse(tokens))
        known = len(offered) - len(texts)
        return Estimate(embedder.priced_as.name, len(texts), tokens, known, 0, price, None, "nothing")

    def _terms(self, opened: OpenSpace, given: Sequence[str]) -> list[str]:
        """What an analogy may come out at; raises NothingIndexedError."""
        taken = {text.casefold() for text in given}
        corpus = read_corpus(self._stores, opened.generation)
        terms = [term for term in _vocabulary(corpus.chunks) if term.casefold() not in taken]
        if not terms:
            raise NothingIndexedError(opened.generation.space)
        return terms

    def _document(self, opened: OpenSpace, text: str) -> Matrix:
        document = self._stores.documents.get(opened.generation.space, text)
        if document is None:
            return np.asarray(_texts(opened, [text])[0])
        chunks = self._stores.chunks.of_document(document.id, opened.generation.chunking_id)
        owners, vectors = self._stores.vectors.of_chunks(opened.generation.id, [chunk.id for chunk in chunks])
        passages = [place for place, (_, kind) in enumerate(owners) if kind == "passage"]
        if not passages:
            raise EmptyQuestionError(f"'{text}' has no passage that could be compared: refresh it, or name another")
        return np.asarray(normalised(vectors[passages].mean(axis=0, keepdims=True))[0])

    def _todays(self, opened: OpenSpace, found: Survey) -> tuple[MappedQuestion, ...]:
        wanted = QuestionFilter(opened.generation.space, since=self._clock() - _TODAY)
        asked = self._stores.asked.page(wanted, _MOST_MAPPED)
        questions, vectors = question_vectors(opened, asked, encode=False)
        places = found.axes.project(vectors)
        return tuple(
            MappedQuestion(each.id, each.question, each.decision, round(float(x), 4), round(float(y), 4))
            for each, (x, y) in zip(questions, places, strict=True)
        )

    def _with_examples(self, found: Survey) -> Survey:
        """Gaps with the words of questions that were not forgotten meanwhile; those without any are gone."""
        numbers = [number for gap in found.gaps for number in gap.questions]
        words = self._stores.surveys.questions(numbers)

        gaps = []
        for gap in found.gaps:
            left = tuple(number for number in gap.questions if words.get(number))
            if left:
                gaps.append(replace(gap, questions=left, examples=tuple(words[number] for number in left[:_EXAMPLES])))
        return replace(found, gaps=tuple(gaps))


def _prepared(opened: OpenSpace, texts: Sequence[str]) -> list[str]:
    encoder = opened.embedder.encoder
    return [prepare_query(text, encoder.tokenizer, encoder.max_tokens).text for text in texts]


def _texts(opened: OpenSpace, texts: Sequence[str]) -> Matrix:
    purpose = Purpose("explore", opened.generation.space, "query", keep="query")
    return opened.embedder.embed(_prepared(opened, texts), purpose)


def nearest_terms(terms: Sequence[str], vectors: Matrix, given: Matrix, limit: int) -> list[tuple[str, float]]:
    """The terms, by their unit ``vectors``, nearest to the first of three given ones less the second plus the third."""
    wanted = given[0] - given[1] + given[2]
    cosines = vectors @ (wanted / max(float(np.linalg.norm(wanted)), 1e-9))
    best = np.argsort(-cosines, kind="stable")[:limit]
    return [(terms[int(place)], round(float(cosines[place]), 4)) for place in best]


def _vocabulary(chunks: Sequence[Chunk]) -> list[str]:
    """The titles and last headings of the passages, and the words that most passages hold."""
    headings = Counter(
        heading for chunk in chunks if (heading := chunk.heading.rpartition(" > ")[2] or chunk.document_title)
    )
    words = Counter(word for chunk in chunks for word in set(content_words(chunk.text)))
    common = [word for word, number in words.most_common(MOST_TERMS) if number > 1]
    return list(
        {term.casefold(): term for term in [*common, *(h for h, _ in headings.most_common(MOST_TERMS))]}.values()
    )
