"""Asked, but no document: what members wanted to know and nothing that was ingested is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from retrieval.embed import Purpose, text_hash
from retrieval.exploring.cluster import cluster
from retrieval.exploring.corpus import Corpus
from retrieval.exploring.topic_names import topic_names
from retrieval.query import prepare_query, query_terms
from retrieval.space import OpenSpace
from storage.asked import QuestionFilter
from storage.records import Interaction, Matrix
from storage.stores import Stores

MOST_QUESTIONS = 2000
"""The latest unanswered questions that are looked at."""

FAR = 0.5
"""The cosine below which a question is far from every passage, before there are answered ones to learn it from."""

_ANSWERED = 500
_ENOUGH_ANSWERED = 20
_FAR_QUANTILE = 0.1


@dataclass(frozen=True)
class Gap:
    """Questions that belong together, by number, most typical first; ``examples`` are some of them as they were asked.

    ``similarity`` is their mean cosine to the passage nearest to each, ``nearest`` the document nearest to most.
    Where even that is far, nothing was written on the subject: it is ``missing``. Otherwise something was written, and
    it did not pass for an answer.
    """

    name: str
    questions: tuple[int, ...]
    similarity: float
    nearest: str
    missing: bool
    examples: tuple[str, ...] = ()


def gaps_of(stores: Stores, space: OpenSpace, corpus: Corpus, since: float) -> list[Gap]:
    """The gaps of questions asked since then (seconds since the epoch): what is missing first, then the largest."""
    unanswered = _unanswered(stores, space, since)
    questions, vectors = question_vectors(space, unanswered)
    if not questions or not corpus.chunks:
        return []
    nearest, cosines = _nearest(corpus, vectors)
    far = _far(stores, space, corpus, since)
    clustering = cluster(vectors)
    names = topic_names([question.question for question in questions], clustering.labels.tolist())
    found = []
    for group, name in enumerate(names):
        members = clustering.members(group, vectors)
        similarity = float(cosines[members].mean())
        documents = [corpus.chunks[int(nearest[place])].document_location for place in members]
        numbers = tuple(questions[place].id for place in members)
        closest = max(sorted(set(documents)), key=documents.count)
        found.append(Gap(name, numbers, round(similarity, 4), closest, similarity < far))
    return sorted(found, key=lambda gap: (not gap.missing, -len(gap.questions), gap.name))


def question_vectors(
    space: OpenSpace, asked: Sequence[Interaction], encode: bool = True
) -> tuple[list[Interaction], Matrix]:
    """Questions with a word in them, and their unit vectors as they were searched for.

    Without ``encode``, and of an encoder behind an API, only those whose vectors are remembered.
    """
    encoder, embedder = space.embedder.encoder, space.embedder
    texts = [
        (each, prepare_query(each.question, encoder.tokenizer, encoder.max_tokens).text)
        for each in asked
        if query_terms(each.question)
    ]
    if embedder.is_paid or not encode:
        gone = embedder.missing([text for _, text in texts], "query")
        texts = [(each, text) for each, text in texts if text_hash(text) not in gone]
    purpose = Purpose("explore", space.generation.space, "query", keep="query")
    return [each for each, _ in texts], embedder.embed([text for _, text in texts], purpose)


def _unanswered(stores: Stores, space: OpenSpace, since: float) -> list[Interaction]:
    """Whoever asks the bot for what looks off topic wanted an answer, too."""
    unsure = _asked(stores, space, "unsure", since, MOST_QUESTIONS)
    off_topic = _asked(stores, space, "off_topic", since, MOST_QUESTIONS)
    return [*unsure, *(each for each in off_topic if each.addressed)]


def _asked(stores: Stores, space: OpenSpace, decision: str, since: float, most: int) -> list[Interaction]:
    """Of messages to nobody in particular only those that read like a question."""
    wanted = QuestionFilter(space.generation.space, decision, since=since)
    found = stores.asked.page(wanted, most)
    return [each for each in found if each.addressed or each.question.rstrip().endswith("?")]


def _far(stores: Stores, space: OpenSpace, corpus: Corpus, since: float) -> float:
    """Farther from every passage than nine in ten of the questions that were answered."""
    _, vectors = question_vectors(space, _asked(stores, space, "answer", since, _ANSWERED))
    if len(vectors) < _ENOUGH_ANSWERED:
        return FAR
    return float(np.quantile(_nearest(corpus, vectors)[1], _FAR_QUANTILE))


def _nearest(corpus: Corpus, vectors: Matrix) -> tuple[Matrix, Matrix]:
    """The place of the nearest passage to each vector, and its cosine."""
    similarities = vectors @ corpus.vectors.T
    return similarities.argmax(axis=1), similarities.max(axis=1)
