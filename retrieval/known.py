"""Questions whose answer is known: suggested while somebody types, found again, and not answered twice."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.embed import Purpose
from retrieval.query import EmptyQuestionError, prepare_query, query_terms
from retrieval.space import Clock, OpenSpace, Spaces
from retrieval.types import Answer, Question
from storage.errors import KnowbotError
from storage.known_questions import AnsweredQuestion
from storage.records import Matrix
from storage.stores import Stores

_DAY = 86_400.0

SAME_WITHIN = _DAY
"""Seconds for which the same question in the same place is pointed to its first answer."""

SAME_COSINE = 0.9
"""Two questions are one from here on, where both are answered by the same sentences."""

SIMILAR_COSINE = 0.45
"""A less similar question is not worth a look."""

_MOST_READ = 2000
_MOST_ANSWERED = 200
_LONGEST_LOOK = 90 * _DAY
_NOT_A_WORD = re.compile(r"[^\w]+")


@dataclass(frozen=True)
class SimilarQuestion:
    """A question with an answer: a posted one has channel and messages, one that is written down a location."""

    question: str
    similarity: float
    location: str = ""
    channel_id: int | None = None
    reply_id: int | None = None


class KnownQuestions:
    """Looks among recorded questions, question-like headings and golden questions, as far as somebody may see them."""

    def __init__(self, stores: Stores, spaces: Spaces, clock: Clock) -> None:
        self._stores, self._spaces, self._clock = stores, spaces, clock

    def suggestions(self, space: str, visible_to: frozenset[str], typed: str, limit: int = 25) -> list[str]:
        """Known questions that hold every word typed so far, those that begin with it first; encodes nothing."""
        wanted = normalised(typed).split()
        found = [
            question
            for question in dict.fromkeys(question for question, _ in self._written(space, visible_to))
            if all(word in normalised(question) for word in wanted)
        ]
        start = " ".join(wanted)
        return sorted(found, key=lambda question: (not normalised(question).startswith(start), len(question)))[:limit]

    def similar(self, question: Question, limit: int = 5) -> list[SimilarQuestion]:
        """Answered and written questions nearest to ``question``, best first, as far as its readers may see them.

        Raises EmptyQuestionError, NothingIndexedError, and what encoding raises.
        """
        opened = self._spaces.active(question.space)
        since = self._clock() - _LONGEST_LOOK
        answered = self._stores.known_questions.answered(question.space, question.visible_to, since, _MOST_ANSWERED)
        posted = [SimilarQuestion(each.question, 0.0, "", each.channel_id, each.reply_id) for each in answered]
        written = [
            SimilarQuestion(text, 0.0, place) for text, place in self._written(question.space, question.visible_to)
        ]
        candidates = list({normalised(each.question): each for each in [*written, *reversed(posted)]}.values())
        texts = [_prepared(opened, each.question) for each in candidates]
        own = _prepared(opened, question.text)
        if not own:
            raise EmptyQuestionError("there is no question in that message: write it in words")
        scored = zip(candidates, self._cosines(opened, own, texts), strict=True)
        near = [_with(each, cosine) for each, cosine in scored if cosine >= SIMILAR_COSINE]
        return sorted(near, key=lambda each: -each.similarity)[:limit]

    def first(self, answer: Answer, channel_id: int) -> AnsweredQuestion | None:
        """The first time within a day that this question got this answer in this channel, if there was one.

        Both are compared with what was quoted, so whoever is pointed there reads what holds now.
        """
        if answer.decision != "answer" or not answer.sources:
            return None
        quote = answer.sources[0].quote
        since = self._clock() - SAME_WITHIN
        here = frozenset({f"channel:{channel_id}"})
        asked = self._stores.known_questions.answered(answer.question.space, here, since, _MOST_ANSWERED)
        same = [each for each in asked if each.quote == quote]
        return self._earliest_alike(answer.question, same)

    def _earliest_alike(self, question: Question, asked: Sequence[AnsweredQuestion]) -> AnsweredQuestion | None:
        plain = normalised(question.text)
        if not asked:
            return None
        cosines = self._known_cosines(question, [each.question for each in asked])
        alike = [
            each
            for each, cosine in zip(asked, cosines, strict=True)
            if normalised(each.question) == plain or cosine >= SAME_COSINE
        ]
        return min(alike, key=lambda each: each.id, default=None)

    def _known_cosines(self, question: Question, texts: Sequence[str]) -> list[float]:
        """By the vectors that were made when each was asked; 0 for one that is known no more, since none is encoded."""
        opened = self._spaces.active(question.space)
        own, others = _prepared(opened, question.text), [_prepared(opened, text) for text in texts]
        gone = set(opened.embedder.missing([own, *others], "query").values())
        if own in gone:
            return [0.0] * len(texts)
        known = [text if text not in gone else "" for text in others]
        return self._cosines(opened, own, known)

    def _cosines(self, opened: OpenSpace, own: str, texts: Sequence[str]) -> list[float]:
        """0 for an empty text."""
        filled = [text for text in texts if text]
        purpose = Purpose("similar", opened.generation.space, "query", keep="query")
        vectors: Matrix = opened.embedder.embed([own, *filled], purpose)
        cosines = iter((vectors[1:] @ vectors[0]).tolist())
        return [next(cosines) if text else 0.0 for text in texts]

    def _written(self, space: str, visible_to: frozenset[str]) -> list[tuple[str, str]]:
        generation = self._stores.generations.active(space)
        if generation is None:
            return []
        now = self._clock()
        known = self._stores.known_questions
        return [
            *known.golden(space, visible_to, now, _MOST_READ),
            *known.titles(generation, visible_to, now, _MOST_READ),
        ]


def normalised(text: str) -> str:
    """``text`` in small letters with one blank between words and nothing else."""
    return _NOT_A_WORD.sub(" ", text.lower()).strip()


def _prepared(opened: OpenSpace, text: str) -> str:
    encoder = opened.embedder.encoder
    try:
        return prepare_query(text, encoder.tokenizer, encoder.max_tokens).text if query_terms(text) else ""
    except KnowbotError:
        return ""


def _with(each: SimilarQuestion, cosine: float) -> SimilarQuestion:
    return SimilarQuestion(each.question, round(cosine, 4), each.location, each.channel_id, each.reply_id)
