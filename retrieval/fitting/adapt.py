"""What a query adapter is fitted to: the corpus's own headings and sentences, each with the passage it stands in."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np

from retrieval.embed import Purpose
from retrieval.fitting.pseudo_questions import PseudoQuestion, whole_questions
from retrieval.fitting.query_adapter import (
    FEWEST_QUESTIONS,
    MOST_DIMENSIONS,
    MOST_PASSAGES,
    Examples,
    QueryAdapter,
    fit_adapter,
)
from retrieval.space import OpenSpace
from storage.records import Chunk, Matrix
from storage.stores import Stores


def adapter_for(stores: Stores, space: OpenSpace, chunks: Sequence[Chunk]) -> QueryAdapter | None:
    """The adapter for a generation with these passages; None where it would not help.

    Its turn is taken by the share of questions in passages, so that little of a large corpus moves the whole of it
    little. Up to 2,000 short texts are encoded, so that there is none for an encoder that is paid by the text.
    """
    asked = whole_questions(chunks)
    if len(asked) < FEWEST_QUESTIONS or space.embedder.is_paid or space.embedder.dimensions > MOST_DIMENSIONS:
        return None
    rows, passages = _passages(stores, space, _drawn(asked, chunks))
    asked = [question for question in asked if question.passage_id in rows]
    texts = [question.text for question in asked]
    owners = {chunk.id: chunk.document_id for chunk in chunks}
    adapter = fit_adapter(
        Examples(
            questions=space.embedder.embed(texts, Purpose("fit", space.generation.space, "query")),
            own=np.array([rows[question.passage_id] for question in asked], dtype=np.int64),
            passages=passages,
            documents=np.array([owners[passage] for passage in rows], dtype=np.int64),
        )
    )
    # Where there is one question to five passages, it knows how a fifth of the corpus is worded.
    return adapter.by(min(len(asked) / len(chunks), 1.0)) if adapter else None


def _drawn(asked: Sequence[PseudoQuestion], chunks: Sequence[Chunk]) -> list[int]:
    """The ids of the passages of all questions, and of others up to the limit."""
    own = dict.fromkeys(question.passage_id for question in asked)
    others = [chunk.id for chunk in chunks if chunk.id not in own]
    room = min(max(MOST_PASSAGES - len(own), 0), len(others))
    return [*own, *random.Random(0).sample(others, room)]


def _passages(stores: Stores, space: OpenSpace, ids: Sequence[int]) -> tuple[dict[int, int], Matrix]:
    """The row of each passage by its id, and the rows; one that has lost its vector meanwhile lacks."""
    owned, vectors = stores.vectors.of_chunks(space.generation.id, ids)
    kept = [place for place, (_, kind) in enumerate(owned) if kind == "passage"]
    return {owned[place][0]: row for row, place in enumerate(kept)}, vectors[kept]
